import type { RunEntry, TracedJob, TracedStep, TraceEntry, TraceTimes } from '../domain/trace-entry.ts';
import type { Span } from '../otlp/trace-data.ts';
import { type Result, statusOf } from './result.ts';
import { resourceWords, type WordOptions, type Words } from './semconv.ts';

/** In what the kinds of spans differ that can be asked for. */
export interface SpanStyle {
  resource(entry: TraceEntry, options: WordOptions): Words;
  runName(entry: RunEntry): string;
  queueName(job: TracedJob): string;
  /** In addition to the words of every style. */
  queueWords(times: TraceTimes): Words;
  stepWords(step: TracedStep): Words;
  /** `detail`: the step that failed. */
  status(conclusion: string | null, result: Result, detail: string | null): Span['status'];
  /** Whether a link to an earlier attempt names its root, and not only its trace. */
  readonly linksToRoot: boolean;
}

/** OpenTelemetry's conventions. */
export const SEMCONV: SpanStyle = {
  resource: ({ origin }, options) => resourceWords(origin, options),
  runName: ({ origin }) => `RUN ${origin.workflow}`,
  queueName: () => 'queue',
  queueWords: () => [],
  stepWords: () => [],
  status: (_, result, detail) => statusOf(result, detail),
  linksToRoot: true,
};

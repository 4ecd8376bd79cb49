import type {
  JobEntry,
  RunEntry,
  TracedJob,
  TracedStep,
  TraceEntry,
  TraceOrigin,
  TraceTimes,
} from '../domain/trace-entry.ts';
import type { TraceOptions } from '../otlp/otlp-options.ts';
import { type Link, type ResourceSpans, SPAN_KIND, type Span } from '../otlp/trace-data.ts';
import { GITHUB_RECEIVER } from './receiver-style.ts';
import { resultOf } from './result.ts';
import {
  attributesOf,
  jobWords,
  runWords,
  SCHEMA_URL,
  stepWords,
  type WordOptions,
  type Words,
  waitWords,
} from './semconv.ts';
import { SPAN_IDS, type SpanIds } from './span-ids.ts';
import { SEMCONV, type SpanStyle } from './style.ts';

/* From entries to spans: run → job → approval, queue and steps. Nothing is known here but what an entry says. */

export interface SpanOptions extends WordOptions, Pick<TraceOptions, 'ids' | 'style'> {
  /** ant-watcher's. */
  readonly version: string;
}

const SCOPE_NAME = 'ant-watcher';
const STYLES: Readonly<Record<TraceOptions['style'], SpanStyle>> = {
  semconv: SEMCONV,
  githubreceiver: GITHUB_RECEIVER,
};

/** The spans of the entries, by what they are about. */
export function resourceSpansOf(entries: readonly TraceEntry[], options: SpanOptions): ResourceSpans[] {
  const writer = new SpanWriter(options);
  const style = STYLES[options.style];
  const found = new Map<string, ResourceSpans & { readonly spans: Span[] }>();
  for (const entry of entries) {
    const resource = attributesOf(style.resource(entry, options));
    const key = JSON.stringify(resource);
    const known = found.get(key);
    const spans = known?.spans ?? [];
    spans.push(...writer.spansOf(entry));
    const scope = { name: SCOPE_NAME, version: options.version };
    if (known === undefined) found.set(key, { resource, schemaUrl: SCHEMA_URL, scope, spans });
  }
  return [...found.values()];
}

class SpanWriter {
  readonly #options: SpanOptions;
  readonly #ids: SpanIds;
  readonly #style: SpanStyle;

  constructor(options: SpanOptions) {
    this.#options = options;
    this.#ids = SPAN_IDS[options.ids];
    this.#style = STYLES[options.style];
  }

  spansOf(entry: TraceEntry): Span[] {
    if (entry.kind === 'run') return [this.#run(entry)];
    if (entry.kind === 'wait') return this.#waits(entry);
    return [this.#job(entry), ...this.#waits(entry), ...entry.steps.map((step) => this.#step(entry, step))];
  }

  #run(entry: RunEntry): Span {
    const { origin, conclusion } = entry;
    return {
      ...this.#span(origin, entry, runWords(entry, this.#options)),
      spanId: this.#ids.run(origin),
      parentSpanId: null,
      name: this.#style.runName(entry),
      kind: SPAN_KIND.server,
      status: this.#style.status(conclusion, resultOf(conclusion), null),
      links: this.#links(origin),
    };
  }

  #job(entry: JobEntry): Span {
    const { origin, conclusion, failureCause, failedStep } = entry;
    return {
      ...this.#span(origin, entry, jobWords(entry, this.#options)),
      spanId: this.#ids.job(entry),
      parentSpanId: this.#ids.run(origin),
      name: entry.name,
      status: this.#style.status(conclusion, resultOf(conclusion, failureCause), failedStep),
    };
  }

  #waits(job: TracedJob): Span[] {
    const { approval, queue } = job;
    const queueWords = queue === null ? [] : this.#style.queueWords(queue);
    return [
      ...this.#wait(job, 'approval', approval, { name: 'approval', words: [] }),
      ...this.#wait(job, 'queue', queue, { name: this.#style.queueName(job), words: queueWords }),
    ];
  }

  #wait(
    job: TracedJob,
    kind: 'approval' | 'queue',
    times: TraceTimes | null,
    { name, words }: { readonly name: string; readonly words: Words },
  ): Span[] {
    if (times === null) return [];
    const spanId = this.#ids[kind](job);
    const span = this.#span(job.origin, times, [...waitWords(kind, times), ...words]);
    return [{ ...span, spanId, parentSpanId: this.#ids.job(job), name }];
  }

  #step(job: JobEntry, step: TracedStep): Span {
    const { conclusion, name } = step;
    const words = [...stepWords(job, step, this.#options), ...this.#style.stepWords(step)];
    return {
      ...this.#span(job.origin, step, words),
      spanId: this.#ids.step(job, step),
      parentSpanId: this.#ids.job(job),
      name,
      status: this.#style.status(conclusion, resultOf(conclusion), null),
    };
  }

  #span(origin: TraceOrigin, { startMs, endMs }: TraceTimes, words: Words) {
    const traceId = this.#ids.trace(origin);
    const attributes = attributesOf(words);
    return { traceId, kind: SPAN_KIND.internal, startMs, endMs, attributes, status: null, links: [] };
  }

  #links(origin: TraceOrigin): Link[] {
    if (origin.runAttempt < 2) return [];
    const previous = { ...origin, runAttempt: origin.runAttempt - 1 };
    const spanId = this.#style.linksToRoot ? this.#ids.run(previous) : null;
    return [
      { traceId: this.#ids.trace(previous), spanId, attributes: [['github.link', 'previous_attempt']] },
    ];
  }
}

import { hash } from 'node:crypto';
import type { TracedJob, TracedStep, TraceOrigin } from '../domain/trace-entry.ts';
import { traceId } from '../domain/trace-id.ts';
import type { TraceOptions } from '../otlp/otlp-options.ts';

/*
 * Ids that whoever knows the run and the job can compute, as receivers of the OpenTelemetry Collector do:
 * `check-run` is that of githubreceiver since v0.151.0, `legacy` its own before that, `grafana` that of Grafana's fork.
 * An approval, and a second step of one name, have no id there. Ours have a NUL, which is in no name that GitHub shows.
 */

export interface SpanIds {
  trace(origin: TraceOrigin): string;
  run(origin: TraceOrigin): string;
  job(job: TracedJob): string;
  queue(job: TracedJob): string;
  approval(job: TracedJob): string;
  step(job: TracedJob, step: TracedStep): string;
}

const OF_RUN: Pick<SpanIds, 'trace' | 'run'> = {
  trace: ({ runId, runAttempt }) => traceId(runId, runAttempt),
  run: ({ runId, runAttempt }) => spanId(`${runId}${runAttempt}s`),
};

const CHECK_RUN: SpanIds = {
  ...OF_RUN,
  job: ({ jobId }) => spanId(`${jobId}-j`),
  queue: ({ jobId }) => spanId(`${jobId}-q`),
  approval: ({ jobId }) => spanId(`${jobId}-w`),
  step: ({ jobId }, { name, number, isRepeat }) =>
    spanId(isRepeat ? `${jobId}-${name}\0${number}-s` : `${jobId}-${name}-s`),
};

/** Jobs of one name in one attempt have the same ids. */
const LEGACY: SpanIds = {
  ...OF_RUN,
  job: (job) => spanId(namedJob(job)),
  queue: (job) => spanId(`${namedJob(job)}queue-${job.name}1`),
  approval: (job) => spanId(`${namedJob(job)}\0approval`),
  step: (job, { name, number }) => spanId(`${namedJob(job)}${name}${number}`),
};

const GRAFANA: SpanIds = {
  ...LEGACY,
  step: (job, { number }) => spanId(`${namedJob(job)}${number}`),
};

export const SPAN_IDS: Readonly<Record<TraceOptions['ids'], SpanIds>> = {
  'check-run': CHECK_RUN,
  legacy: LEGACY,
  grafana: GRAFANA,
};

function namedJob({ origin: { runId, runAttempt }, name }: TracedJob): string {
  return `${runId}${runAttempt}${name}`;
}

function spanId(text: string): string {
  return hash('sha256', text, 'hex').slice(16, 32);
}

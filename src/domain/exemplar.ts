import { traceId } from './trace-id.ts';

/** One of the runs or jobs that a bucket of a histogram has counted: what a click on the bucket leads to. */
export interface Exemplar {
  readonly runId: number;
  readonly runAttempt: number;
  /** Null: it is the run itself. */
  readonly jobId: number | null;
  /** What was counted. */
  readonly ms: number;
  /** When it happened at GitHub. Of one bucket, the latest is shown. */
  readonly atMs: number;
}

/** The most characters that the names and values of an exemplar's labels may have in OpenMetrics. */
export const MAX_EXEMPLAR_LENGTH = 128;

/** The exemplar of one observation. GitHub's times are whole seconds; the id makes a different time of each. */
export function exemplarOf(
  ids: Pick<Exemplar, 'runId' | 'runAttempt' | 'jobId'>,
  ms: number,
  wholeSecondsMs: number,
): Exemplar {
  const { runId, runAttempt, jobId } = ids;
  return { runId, runAttempt, jobId, ms, atMs: wholeSecondsMs + ((jobId ?? runId) % 1000) };
}

/** As OpenMetrics has it behind the line of a bucket. Ids have 16 digits at most: all labels fit. */
export function exemplarText({ runId, runAttempt, jobId, ms, atMs }: Exemplar): string {
  const job = jobId === null ? '' : `job_id="${jobId}",`;
  const labels = ['run_id="', runId, '",', job, 'trace_id="', traceId(runId, runAttempt), '"'];
  // Joined, because it is kept: a concatenation would keep all of its parts.
  return [' # {', ...labels, '} ', ms / 1000, ' ', atMs / 1000].join('');
}

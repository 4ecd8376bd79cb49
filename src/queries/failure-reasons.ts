import type { HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';

/** What the annotations of a job say. */
export interface JobReason {
  /** Its number, as in text columns; 0: they were not read. */
  readonly reason: number;
  /** NaN: there is none. */
  readonly exitCode: number;
}

export const NO_REASON: JobReason = { reason: 0, exitCode: Number.NaN };

/** Of the jobs that ended in a window and whose annotations were read, by their ids. */
export async function reasonsOf(
  reader: HistoryReader,
  window: Window,
  filters: HistoryFilters,
): Promise<ReadonlyMap<number, JobReason>> {
  const reasons = new Map<number, JobReason>();
  for await (const batch of reader.explainedJobs(window, filters, ['jobId', 'reason', 'exitCode']))
    for (let row = 0; row < batch.size; row += 1)
      reasons.set(batch.jobId[row] ?? 0, {
        reason: batch.reason[row] ?? 0,
        exitCode: batch.exitCode[row] ?? Number.NaN,
      });
  return reasons;
}

import type { Jobs } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { headOf } from './answer.ts';
import { type JobOfFact, jobsBehind } from './jobs-behind.ts';
import { cursorOf } from './paging.ts';

export interface QueueJobsQuery {
  /** When they started. */
  readonly window: Window;
  readonly filters: HistoryFilters;
  readonly offset: number;
  readonly limit: number;
  readonly webUrl: string;
}

/** The order of the rows, for the cursor. */
export const LONGEST_WAIT_FIRST = '-queue_seconds';

interface Start extends JobOfFact {
  readonly queueMs: number;
}

/** The jobs behind a queue time, the longest wait first. */
export async function queueJobs(reader: HistoryReader, query: QueueJobsQuery): Promise<Jobs> {
  const { window, offset, limit, webUrl } = query;
  const found = await readLongest(reader, query);
  return {
    ...headOf(reader, window, null),
    jobs: await jobsBehind(reader, found.slice(offset, offset + limit), webUrl),
    cursor: found.length > offset + limit ? cursorOf(LONGEST_WAIT_FIRST, offset + limit) : null,
  };
}

/** Those that come before the end of the page, and the next one. */
async function readLongest(
  reader: HistoryReader,
  { window, filters, offset, limit }: QueueJobsQuery,
): Promise<readonly Start[]> {
  const wanted = offset + limit + 1;
  let found: Start[] = [];
  for await (const batch of reader.startedJobs(window, filters, ['jobId', 'runId', 'queueMs'])) {
    for (let row = 0; row < batch.size; row += 1)
      found.push({
        jobId: batch.jobId[row] ?? 0,
        runId: batch.runId[row] ?? 0,
        queueMs: batch.queueMs[row] ?? 0,
      });
    // However many there are, not all of them are in memory.
    if (found.length > 2 * wanted) found = longest(found, wanted);
  }
  return longest(found, wanted);
}

function longest(starts: Start[], count: number): Start[] {
  return starts.sort((a, b) => b.queueMs - a.queueMs || a.jobId - b.jobId).slice(0, count);
}

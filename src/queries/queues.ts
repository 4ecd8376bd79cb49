import type { Dated, HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { nearestRank } from './nearest-rank.ts';

export interface QueuesQuery {
  readonly window: Window;
  readonly filters: HistoryFilters;
}

export interface QueuesAnswer extends Dated {
  readonly summary: readonly QueueSummary[];
}

/** How long the jobs with these labels waited for a runner. */
export interface QueueSummary {
  readonly runsOn: string;
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  readonly totalMs: number;
}

/** How long jobs waited for a runner, of those that started in the window. */
export async function answerQueues(
  reader: HistoryReader,
  { window, filters }: QueuesQuery,
): Promise<QueuesAnswer> {
  const byLabels = new Map<number, number[]>();
  for await (const { size, runsOn, queueMs } of reader.startedJobs(window, filters, ['runsOn', 'queueMs'])) {
    for (let row = 0; row < size; row += 1) {
      const id = runsOn[row] ?? 0;
      const values = byLabels.get(id) ?? [];
      if (values.length === 0) byLabels.set(id, values);
      values.push(queueMs[row] ?? 0);
    }
  }
  const names = await reader.texts(byLabels.keys());
  const summary = Array.from(byLabels, ([id, values]) => summaryOf(names.get(id) ?? '', values));
  return {
    asOfMs: reader.asOfMs,
    nowMs: reader.nowMs,
    summary: summary.sort((a, b) => b.p95Ms - a.p95Ms || a.runsOn.localeCompare(b.runsOn)),
  };
}

function summaryOf(runsOn: string, values: readonly number[]): QueueSummary {
  const ascending = Float64Array.from(values).sort();
  return {
    runsOn,
    count: ascending.length,
    p50Ms: nearestRank(ascending, 0.5),
    p95Ms: nearestRank(ascending, 0.95),
    maxMs: nearestRank(ascending, 1),
    totalMs: ascending.reduce((sum, each) => sum + each, 0),
  };
}

import { isoTime } from '../domain/iso-time.ts';
import { nearestRank } from '../domain/nearest-rank.ts';
import type { WorkflowTrend } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { type Step, stepStart } from '../domain/steps.ts';
import { headOf, secondsOf } from './answer.ts';
import { getOrCreate } from './get-or-create.ts';
import { outcomesOf, passRate } from './outcomes.ts';

export interface WorkflowTrendQuery {
  readonly window: Window;
  readonly filters: HistoryFilters;
  readonly step: Step;
}

interface Point {
  runs: number;
  passed: number;
  failed: number;
  /** Of runs that passed. */
  readonly durationsMs: number[];
}

/** How the runs that fit did over time, all together. */
export async function workflowTrend(
  reader: HistoryReader,
  { window, filters, step }: WorkflowTrendQuery,
): Promise<WorkflowTrend> {
  const { passed, failed } = outcomesOf(reader.wordId);
  const found = new Map<number, Point>();
  const columns = ['endedAtMs', 'conclusion', 'durationMs'] as const;
  for await (const { size, endedAtMs, conclusion, durationMs } of reader.finishedRuns(
    window,
    filters,
    columns,
  )) {
    for (let row = 0; row < size; row += 1) {
      const point = getOrCreate(found, stepStart(endedAtMs[row] ?? 0, step), noRuns);
      point.runs += 1;
      if (failed.has(conclusion[row] ?? 0)) point.failed += 1;
      if (conclusion[row] !== passed) continue;
      point.passed += 1;
      if (!Number.isNaN(durationMs[row])) point.durationsMs.push(durationMs[row] ?? 0);
    }
  }
  const inOrder = [...found].sort(([a], [b]) => a - b);
  return {
    ...headOf(reader, window, step),
    points: inOrder.map(([startMs, point]) => pointOf(startMs, point)),
  };
}

function noRuns(): Point {
  return { runs: 0, passed: 0, failed: 0, durationsMs: [] };
}

function pointOf(
  startMs: number,
  { runs, passed, failed, durationsMs }: Point,
): WorkflowTrend['points'][number] {
  const ascending = Float64Array.from(durationsMs).sort();
  const [p50, p95] = [0.5, 0.95].map((p) => secondsOf(nearestRank(ascending, p)));
  return [isoTime(startMs), runs, passRate(passed, failed), p50 ?? null, p95 ?? null];
}

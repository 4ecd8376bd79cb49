import { rankOf } from '../domain/now-diff.ts';
import type { Load } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, OpenJob, Window } from '../domain/queries.ts';
import type { Busy } from './busy.ts';
import { GroupRows } from './group-rows.ts';
import { Intervals, piecesBack } from './intervals.ts';
import { NumberList } from './number-list.ts';

export interface LoadGrouping {
  readonly by: Load['by'];
  readonly window: Window;
  readonly filters: HistoryFilters;
}

const COLUMNS = { runs_on: 'runsOn', repository: 'repository' } as const;

/** What waited and what ran in one part of the window. */
export interface StepLoad {
  /** From 0 on. */
  readonly part: number;
  readonly waitedMs: number;
  readonly mostWaited: number;
  readonly ranMs: number;
  readonly mostRan: number;
}

/** Collects the parts in which something waited or ran. */
class StepLoads {
  readonly #numbers = new NumberList();

  add(part: number, at: number, waited: Busy, ran: Busy): void {
    const numbers = [part, waited.busyMs[at], waited.peaks[at], ran.busyMs[at], ran.peaks[at]];
    if ((numbers[2] as number) + (numbers[4] as number) > 0)
      for (const number of numbers) this.#numbers.add(number as number);
  }

  /** In order. */
  steps(): StepLoad[] {
    const { numbers } = this.#numbers;
    const steps = Array.from({ length: numbers.length / 5 }, (_, at) => {
      const [part = 0, waitedMs = 0, mostWaited = 0, ranMs = 0, mostRan = 0] = numbers.subarray(5 * at);
      return { part, waitedMs, mostWaited, ranMs, mostRan };
    });
    return steps.sort((a, b) => a.part - b.part);
  }
}

interface GroupLoad {
  readonly name: string;
  /** How long its jobs waited and ran in the window, all together. */
  readonly sumMs: number;
  readonly load: StepLoads;
}

interface Reading {
  /** When jobs waited, and when they ran. */
  readonly queued: Intervals;
  readonly running: Intervals;
  readonly rows: GroupRows;
  /** Of each group of the rows. */
  readonly sumsMs: number[];
}

/** What waited and ran in each part of the window, from one of the edges until before the next. */
export async function readLoad(
  reader: HistoryReader,
  grouping: LoadGrouping,
  edges: Float64Array,
): Promise<{ readonly groups: GroupLoad[]; readonly total: StepLoads }> {
  const { window } = grouping;
  const [queued, running, rows] = [new Intervals(window), new Intervals(window), new GroupRows()];
  const reading: Reading = { queued, running, rows, sumsMs: [] };
  const [total, loads]: [StepLoads, StepLoads[]] = [new StepLoads(), []];
  addOpen(reading, await reader.openJobs(grouping.filters), { by: grouping.by, nowMs: reader.nowMs });
  for (const { first, edges: own, facts } of piecesBack(edges, window)) {
    await addFacts(reading, reader, { ...grouping, window: facts });
    await rows.readNames(reader);
    const [waited, ran] = [queued.countBack(own, rows), running.countBack(own, rows)];
    while (loads.length < rows.count) loads.push(new StepLoads());
    const ofRow = [...loads, total];
    for (let at = 0; at < waited.peaks.length; at += 1)
      ofRow[at % waited.rows]?.add(first + Math.floor(at / waited.rows), at, waited, ran);
  }
  const sumsMs = loads.map(() => 0);
  for (const [group, row] of rows.ofGroup.entries())
    sumsMs[row] = (sumsMs[row] ?? 0) + (reading.sumsMs[group] ?? 0);
  const groups = rows.names.map((name, row) => ({
    name,
    sumMs: sumsMs[row] ?? 0,
    load: loads[row] ?? total,
  }));
  return { groups, total };
}

function addOpen(
  { queued, running, rows, sumsMs }: Reading,
  jobs: readonly OpenJob[],
  { by, nowMs }: Pick<LoadGrouping, 'by'> & { readonly nowMs: number },
): void {
  for (const { status, beganAtMs, isStale, ...job } of jobs) {
    const intervals = status === 'in_progress' ? running : rankOf(status) === 0 ? queued : null;
    if (isStale || intervals === null) continue;
    const group = rows.groupOfName(job[COLUMNS[by]]);
    sumsMs[group] = (sumsMs[group] ?? 0) + intervals.add(beganAtMs, nowMs, group);
  }
}

async function addFacts(reading: Reading, reader: HistoryReader, grouping: LoadGrouping): Promise<void> {
  const { queued, running, rows, sumsMs } = reading;
  const { window, filters } = grouping;
  const column = COLUMNS[grouping.by];
  for await (const batch of reader.startedJobs(window, filters, ['startedAtMs', 'queueMs', column])) {
    const { size, startedAtMs, queueMs, [column]: ids } = batch;
    for (let row = 0; row < size; row += 1) {
      const startMs = startedAtMs[row] as number;
      const group = rows.groupOfId(ids[row] as number);
      const waitedMs = queued.add(startMs - (queueMs[row] as number), startMs, group);
      sumsMs[group] = (sumsMs[group] ?? 0) + waitedMs;
    }
  }
  const ends = ['endedAtMs', 'durationMs', 'queuedAtMs', column] as const;
  for await (const batch of reader.finishedJobs(window, filters, ends)) {
    const { size, endedAtMs, durationMs, queuedAtMs, [column]: ids } = batch;
    for (let row = 0; row < size; row += 1) {
      const endMs = endedAtMs[row] as number;
      const group = rows.groupOfId(ids[row] as number);
      const ranMs = running.add(endMs - (durationMs[row] as number), endMs, group);
      const waitedMs = queued.add(queuedAtMs[row] as number, endMs, group);
      sumsMs[group] = (sumsMs[group] ?? 0) + ranMs + waitedMs;
    }
  }
}

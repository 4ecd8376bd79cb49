import type { QueueGroup, Queues } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { STEP_MS, type Step, stepStart } from '../domain/steps.ts';
import { GroupNumbers } from './group-numbers.ts';
import { GroupedValues } from './grouped-values.ts';
import type { LabelValues } from './label-values.ts';
import type { TupleIds } from './tuple-ids.ts';

/*
 * Queue times by group and step.
 */

export type GroupNames = Pick<QueueGroup, Queues['by']>;

/** The queue times of a window. Groups have their number in `TupleIds`. */
export interface Waits {
  readonly valuesMs: GroupedValues;
  /** By group. */
  readonly counts: GroupNumbers;
  readonly totalsMs: GroupNumbers;
  /** Those that have any. */
  readonly steps: readonly StepStart[];
}

interface StepStart {
  readonly startMs: number;
  /** Of `valuesMs`: where the step begins. */
  readonly part: number;
}

const COLUMNS = {
  runs_on: 'runsOn',
  runner_group: 'runnerGroup',
  repository: 'repository',
  workflow: 'workflow',
  repository_label: 'repository',
} as const satisfies Record<Queues['by'], string>;

export interface Grouping {
  readonly by: Queues['by'];
  readonly step: Step;
  readonly filters: HistoryFilters;
  /** With `by: 'repository_label'`. */
  readonly labels: LabelValues | null;
}

/** Groups that are new get a number in `ids`: by their name, and of workflows by their repository. */
export async function readWaits(
  reader: HistoryReader,
  window: Window,
  { by, step, filters, labels }: Grouping,
  ids: TupleIds,
): Promise<Waits> {
  const [valuesMs, counts, totalsMs] = [new GroupedValues(), new GroupNumbers(), new GroupNumbers()];
  const steps: StepStart[] = [];
  // Workflows of two repositories may have the same name.
  const place = by === 'workflow' ? (['workflow', 'repository'] as const) : ([COLUMNS[by]] as const);
  for await (const batch of reader.startedJobs(window, filters, ['startedAtMs', 'queueMs', ...place])) {
    const { size, startedAtMs, queueMs } = batch;
    const first = batch[place[0]];
    const names = labels === null ? first : await labels.of(size, first);
    const groups = ids.idsOf(size, names, place[1] && batch[place[1]]);
    for (let row = 0; row < size; row += 1) {
      counts.add(groups[row] ?? 0, 1);
      totalsMs.add(groups[row] ?? 0, queueMs[row] ?? 0);
    }
    for (let from = 0, to = 0; from < size; from = to) {
      const startMs = stepStart(startedAtMs[from] ?? 0, step);
      while (to < size && (startedAtMs[to] ?? 0) < startMs + STEP_MS[step]) to += 1;
      if (steps.at(-1)?.startMs !== startMs) steps.push({ startMs, part: valuesMs.parts });
      valuesMs.add(groups.subarray(from, to), queueMs.slice(from, to));
    }
  }
  return { valuesMs, counts, totalsMs, steps };
}

/** What each group is called. */
export async function readGroupNames(
  reader: HistoryReader,
  { by, labels }: Pick<Grouping, 'by' | 'labels'>,
  ids: TupleIds,
): Promise<readonly GroupNames[]> {
  if (labels !== null)
    return Array.from({ length: ids.size }, (_, group) => ({ [by]: labels.textOf(ids.tupleOf(group)[0]) }));
  const texts = await reader.texts(ids.numbers());
  return Array.from({ length: ids.size }, (_, group) => {
    const [ofName, ofRepository] = ids.tupleOf(group);
    const name = texts.get(ofName) ?? '';
    return by === 'workflow' ? { repository: texts.get(ofRepository) ?? '', workflow: name } : { [by]: name };
  });
}

import type { QueueGroup, Queues } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { type Step, stepStart } from '../domain/steps.ts';

/*
 * Queue times by group and step.
 */

export type GroupNames = Pick<QueueGroup, 'runs_on' | 'runner_group' | 'repository' | 'workflow'>;

/** The queue times of one group, in the order in which its jobs started. */
export interface WaitGroup {
  readonly waitsMs: number[];
  /** Where in it each step begins that has any. */
  readonly steps: { readonly startMs: number; readonly index: number }[];
}

/** By the number of its name. */
export type WaitGroups = ReadonlyMap<number, WaitGroup>;

const COLUMNS = {
  runs_on: 'runsOn',
  runner_group: 'runnerGroup',
  repository: 'repository',
  workflow: 'workflow',
} as const satisfies Record<Queues['by'], string>;

/** Workflows of two repositories may have the same name: their number is that of both. */
const NAMES = 2 ** 26;

export interface Grouping {
  readonly by: Queues['by'];
  readonly step: Step;
  readonly filters: HistoryFilters;
}

export async function readWaitGroups(
  reader: HistoryReader,
  window: Window,
  { by, step, filters }: Grouping,
): Promise<WaitGroups> {
  const groups = new Map<number, WaitGroup>();
  const column = COLUMNS[by];
  const batches = reader.startedJobs(window, filters, ['startedAtMs', 'queueMs', 'repository', column]);
  for await (const batch of batches) {
    const { size, startedAtMs, queueMs, repository } = batch;
    const names = batch[column];
    for (let row = 0; row < size; row += 1) {
      const prefix = by === 'workflow' ? (repository[row] ?? 0) * NAMES : 0;
      const key = prefix + (names[row] ?? 0);
      const group = groups.get(key) ?? { waitsMs: [], steps: [] };
      if (group.waitsMs.length === 0) groups.set(key, group);
      const startMs = stepStart(startedAtMs[row] ?? 0, step);
      if (group.steps.at(-1)?.startMs !== startMs) group.steps.push({ startMs, index: group.waitsMs.length });
      group.waitsMs.push(queueMs[row] ?? 0);
    }
  }
  return groups;
}

/** What each group is called. */
export async function readGroupNames(
  reader: HistoryReader,
  by: Queues['by'],
  keys: Iterable<number>,
): Promise<ReadonlyMap<number, GroupNames>> {
  const all = [...keys];
  const texts = await reader.texts(all.flatMap((key) => [Math.floor(key / NAMES), key % NAMES]));
  return new Map(
    all.map((key) => {
      const repository = texts.get(Math.floor(key / NAMES)) ?? '';
      const name = texts.get(key % NAMES) ?? '';
      return [key, by === 'workflow' ? { repository, workflow: name } : { [by]: name }];
    }),
  );
}

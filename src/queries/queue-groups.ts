import type { QueueGroup, Queues } from '../domain/openapi-types.ts';
import type { HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { type Step, stepStart } from '../domain/steps.ts';
import { GroupedValues } from './grouped-values.ts';
import { TupleIds } from './tuple-ids.ts';

/*
 * Queue times by group and step.
 */

export type GroupNames = Pick<QueueGroup, 'runs_on' | 'runner_group' | 'repository' | 'workflow'>;

/** The queue times of one group, in the order in which its jobs started. */
export interface WaitGroup {
  readonly names: readonly [repository: number, name: number];
  readonly waitsMs: Float64Array;
  /** Where in it each step begins that has any. */
  readonly steps: readonly StepStart[];
}

interface StepStart {
  readonly startMs: number;
  readonly index: number;
}

const COLUMNS = {
  runs_on: 'runsOn',
  runner_group: 'runnerGroup',
  repository: 'repository',
  workflow: 'workflow',
} as const satisfies Record<Queues['by'], string>;

export interface Grouping {
  readonly by: Queues['by'];
  readonly step: Step;
  readonly filters: HistoryFilters;
}

/** By the number of the repository (of a workflow; else 0), and that of the name. */
export async function readWaitGroups(
  reader: HistoryReader,
  window: Window,
  { by, step, filters }: Grouping,
): Promise<readonly WaitGroup[]> {
  const ids = new TupleIds();
  const waits = new GroupedValues();
  const steps: StepStart[][] = [];
  const counts: number[] = [];
  const column = COLUMNS[by];
  const batches = reader.startedJobs(window, filters, ['startedAtMs', 'queueMs', 'repository', column]);
  for await (const batch of batches) {
    const { size, startedAtMs, queueMs, repository } = batch;
    const names = batch[column];
    for (let row = 0; row < size; row += 1) {
      // Workflows of two repositories may have the same name.
      const id = ids.idOf(by === 'workflow' ? (repository[row] ?? 0) : 0, names[row] ?? 0);
      const startMs = stepStart(startedAtMs[row] ?? 0, step);
      const index = counts[id] ?? 0;
      if (index === 0) steps[id] = [];
      if (steps[id]?.at(-1)?.startMs !== startMs) steps[id]?.push({ startMs, index });
      waits.add(id, queueMs[row] ?? 0);
      counts[id] = index + 1;
    }
  }
  return steps.map((each, id) => {
    const [repository, name] = ids.tupleOf(id);
    return { names: [repository, name], waitsMs: waits.of(id), steps: each };
  });
}

/** What each group is called. */
export async function readGroupNames(
  reader: HistoryReader,
  by: Queues['by'],
  groups: readonly WaitGroup[],
): Promise<readonly GroupNames[]> {
  const texts = await reader.texts(groups.flatMap(({ names }) => names));
  return groups.map(({ names: [ofRepository, ofName] }) => {
    const name = texts.get(ofName) ?? '';
    return by === 'workflow' ? { repository: texts.get(ofRepository) ?? '', workflow: name } : { [by]: name };
  });
}

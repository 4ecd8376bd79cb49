import type { Batch, FinishedRunColumns, HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { GroupNumbers } from './group-numbers.ts';
import { GroupedValues } from './grouped-values.ts';
import { MeasuredGroups } from './measured-groups.ts';

const PLACE = ['repository', 'workflow'] as const;

/** What is known of each workflow from the facts of a window. By repository and workflow. */
export class WorkflowGroups extends MeasuredGroups {
  readonly reruns = new GroupNumbers();
  readonly microDollars = new GroupNumbers();
  /** Of those with a run that ended. */
  readonly last = {
    runId: new GroupNumbers(),
    endedAtMs: new GroupNumbers(),
    /** As in text columns. */
    conclusion: new GroupNumbers(),
  };
}

/** The sums of all workflows with a run or a job in the window. */
export async function workflowSums(
  reader: HistoryReader,
  window: Window,
  filters: HistoryFilters,
): Promise<WorkflowGroups> {
  const groups = new WorkflowGroups(reader.wordId);
  for await (const batch of reader.finishedRuns(window, filters, RUN_COLUMNS)) addRuns(groups, batch);
  for await (const batch of reader.startedJobs(window, filters, [...PLACE, 'queueMs']))
    groups.queuesMs.add(groups.of(batch), batch.queueMs.slice());
  const columns = [...PLACE, 'durationMs', 'microDollars'] as const;
  for await (const batch of reader.finishedJobs(window, filters, columns)) {
    const ofBatch = groups.of(batch);
    groups.addTimes(ofBatch, batch.durationMs);
    for (let row = 0; row < batch.size; row += 1)
      groups.microDollars.add(ofBatch[row] ?? 0, batch.microDollars[row] ?? 0);
  }
  return groups;
}

const RUN_COLUMNS = [...PLACE, 'conclusion', 'durationMs', 'runAttempt', 'runId', 'endedAtMs'] as const;

function addRuns(
  groups: WorkflowGroups,
  batch: Batch<FinishedRunColumns, (typeof RUN_COLUMNS)[number]>,
): void {
  const { size, conclusion, runAttempt, runId, endedAtMs } = batch;
  const { held } = groups.outcomes;
  const ofBatch = groups.of(batch);
  groups.addEnds(ofBatch, batch);
  for (let row = 0; row < size; row += 1) {
    const group = ofBatch[row] ?? 0;
    if ((runAttempt[row] ?? 1) > 1 && conclusion[row] !== held) groups.reruns.add(group, 1);
    // Facts come in the order of their ends.
    groups.last.runId.set(group, runId[row] ?? 0);
    groups.last.endedAtMs.set(group, endedAtMs[row] ?? 0);
    groups.last.conclusion.set(group, conclusion[row] ?? 0);
  }
}

/** How long runs of those groups took that passed in another window. */
export async function passedRunDurations(
  groups: WorkflowGroups,
  reader: HistoryReader,
  window: Window,
  filters: HistoryFilters,
): Promise<GroupedValues> {
  const durationsMs = new GroupedValues();
  for await (const batch of reader.finishedRuns(window, filters, [...PLACE, 'conclusion', 'durationMs']))
    groups.addPassed(durationsMs, groups.of(batch), batch);
  return durationsMs;
}

import type { Batch, FinishedRunColumns, HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { GroupNumbers } from './group-numbers.ts';
import { GroupedValues } from './grouped-values.ts';
import type { LabelValues } from './label-values.ts';
import { MeasuredGroups, type Places } from './measured-groups.ts';

const PLACE = ['repository', 'workflow'] as const;

/**
 * What is known of each workflow from the facts of a window: by repository and workflow or, with `labels`, by the label
 * of the repository.
 */
export class WorkflowGroups extends MeasuredGroups {
  readonly #labels: LabelValues | null;
  readonly reruns = new GroupNumbers();
  readonly microDollars = new GroupNumbers();
  /** Of those with a run that ended. */
  readonly last = {
    runId: new GroupNumbers(),
    endedAtMs: new GroupNumbers(),
    /** As in text columns. */
    conclusion: new GroupNumbers(),
  };

  constructor(wordId: (word: string) => number, labels: LabelValues | null) {
    super(wordId);
    this.#labels = labels;
  }

  /** The group of each row. */
  async among(places: Places): Promise<Int32Array> {
    if (this.#labels === null) return this.of(places);
    return this.ids.idsOf(places.size, await this.#labels.of(places.size, places.repository));
  }
}

/** The sums of all groups with a run or a job in the window. */
export async function workflowSums(
  reader: HistoryReader,
  window: Window,
  filters: HistoryFilters,
  labels: LabelValues | null,
): Promise<WorkflowGroups> {
  const groups = new WorkflowGroups(reader.wordId, labels);
  for await (const batch of reader.finishedRuns(window, filters, RUN_COLUMNS))
    addRuns(groups, await groups.among(batch), batch);
  for await (const batch of reader.startedJobs(window, filters, [...PLACE, 'queueMs']))
    groups.queuesMs.add(await groups.among(batch), batch.queueMs.slice());
  const columns = [...PLACE, 'durationMs', 'microDollars'] as const;
  for await (const batch of reader.finishedJobs(window, filters, columns)) {
    const ofBatch = await groups.among(batch);
    groups.addTimes(ofBatch, batch.durationMs);
    for (let row = 0; row < batch.size; row += 1)
      groups.microDollars.add(ofBatch[row] ?? 0, batch.microDollars[row] ?? 0);
  }
  return groups;
}

const RUN_COLUMNS = [...PLACE, 'conclusion', 'durationMs', 'runAttempt', 'runId', 'endedAtMs'] as const;

function addRuns(
  groups: WorkflowGroups,
  ofBatch: Int32Array,
  batch: Batch<FinishedRunColumns, (typeof RUN_COLUMNS)[number]>,
): void {
  const { size, conclusion, runAttempt, runId, endedAtMs } = batch;
  const { held } = groups.outcomes;
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
    groups.addPassed(durationsMs, await groups.among(batch), batch);
  return durationsMs;
}

import type { Batch, FinishedRunColumns, HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { GroupedValues } from './grouped-values.ts';
import { type Outcomes, outcomesOf } from './outcomes.ts';
import { TupleIds } from './tuple-ids.ts';

/** What is known of one workflow from the facts of a window. */
export interface WorkflowSums {
  /** In `WorkflowGroups`. */
  readonly id: number;
  /** As in text columns. */
  readonly repository: number;
  readonly workflow: number;
  runs: number;
  passed: number;
  failed: number;
  reruns: number;
  jobsMs: number;
  microDollars: number;
  last: { readonly conclusion: number; readonly endedAtMs: number; readonly runId: number } | null;
}

/** By repository and workflow. */
export class WorkflowGroups {
  /** By the groups' ids: how long runs took that passed. */
  readonly durationsMs = new GroupedValues();
  readonly queuesMs = new GroupedValues();
  readonly #ids = new TupleIds();
  readonly #sums: WorkflowSums[] = [];

  of(repository: number, workflow: number): WorkflowSums {
    const id = this.#ids.idOf(repository, workflow);
    this.#sums[id] ??= nothingOf(id, repository, workflow);
    return this.#sums[id];
  }

  all(): readonly WorkflowSums[] {
    return this.#sums;
  }
}

function nothingOf(id: number, repository: number, workflow: number): WorkflowSums {
  const counts = { runs: 0, passed: 0, failed: 0, reruns: 0, jobsMs: 0, microDollars: 0 };
  return { id, repository, workflow, ...counts, last: null };
}

/** The sums of all workflows with a run or a job in the window. */
export async function workflowSums(
  reader: HistoryReader,
  window: Window,
  filters: HistoryFilters,
): Promise<WorkflowGroups> {
  const groups = await runsByWorkflow(reader, window, filters);
  for await (const batch of reader.startedJobs(window, filters, ['repository', 'workflow', 'queueMs'])) {
    const { size, repository, workflow, queueMs } = batch;
    for (let row = 0; row < size; row += 1)
      groups.queuesMs.add(groups.of(repository[row] ?? 0, workflow[row] ?? 0).id, queueMs[row] ?? 0);
  }
  const columns = ['repository', 'workflow', 'durationMs', 'microDollars'] as const;
  for await (const batch of reader.finishedJobs(window, filters, columns)) {
    for (let row = 0; row < batch.size; row += 1) {
      const sums = groups.of(batch.repository[row] ?? 0, batch.workflow[row] ?? 0);
      // NaN: no runner took it.
      sums.jobsMs += batch.durationMs[row] || 0;
      sums.microDollars += batch.microDollars[row] ?? 0;
    }
  }
  return groups;
}

const RUN_COLUMNS = [
  'repository',
  'workflow',
  'conclusion',
  'durationMs',
  'runAttempt',
  'runId',
  'endedAtMs',
] as const;

/** What is known of the runs of a window, by workflow. */
export async function runsByWorkflow(
  reader: HistoryReader,
  window: Window,
  filters: HistoryFilters,
): Promise<WorkflowGroups> {
  const groups = new WorkflowGroups();
  const outcomes = outcomesOf(reader.wordId);
  for await (const batch of reader.finishedRuns(window, filters, RUN_COLUMNS)) {
    for (let row = 0; row < batch.size; row += 1) {
      const sums = groups.of(batch.repository[row] ?? 0, batch.workflow[row] ?? 0);
      if (addRun(sums, batch, row, outcomes)) groups.durationsMs.add(sums.id, batch.durationMs[row] ?? 0);
    }
  }
  return groups;
}

/** Answers whether it passed, and how long it took is known. */
function addRun(
  sums: WorkflowSums,
  batch: Batch<FinishedRunColumns, (typeof RUN_COLUMNS)[number]>,
  row: number,
  { passed, failed, held }: Outcomes,
): boolean {
  const conclusion = batch.conclusion[row] ?? 0;
  const durationMs = batch.durationMs[row] ?? Number.NaN;
  sums.runs += 1;
  if ((batch.runAttempt[row] ?? 1) > 1 && conclusion !== held) sums.reruns += 1;
  if (failed.has(conclusion)) sums.failed += 1;
  if (conclusion === passed) sums.passed += 1;
  const endedAtMs = batch.endedAtMs[row] ?? 0;
  if (sums.last === null || endedAtMs >= sums.last.endedAtMs)
    sums.last = { conclusion, endedAtMs, runId: batch.runId[row] ?? 0 };
  return conclusion === passed && !Number.isNaN(durationMs);
}

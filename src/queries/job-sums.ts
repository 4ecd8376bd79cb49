import type { Batch, FinishedJobColumns, HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { GroupedValues } from './grouped-values.ts';
import { type FoundJob, keepLatest, LINK_COLUMNS } from './job-link.ts';
import { type FailedJob, LastAttempts } from './last-attempts.ts';
import { type Outcomes, outcomesOf } from './outcomes.ts';
import { TupleIds } from './tuple-ids.ts';

/** What is known of the jobs of one name from the facts of a window. */
export interface JobSums {
  /** In `JobGroups`. */
  readonly id: number;
  /** As in text columns. */
  readonly repository: number;
  readonly workflow: number;
  readonly jobName: number;
  runs: number;
  passed: number;
  failed: number;
  durationMs: number;
  readonly causes: Map<number, number>;
  flaky: number;
  /** From old to new. */
  readonly flakyJobs: FoundJob[];
  wastedMs: number;
}

type Placed = Batch<FinishedJobColumns, 'repository' | 'workflow' | 'jobName'>;
const PLACE = ['repository', 'workflow', 'jobName'] as const;

/** By repository, workflow and name. */
export class JobGroups {
  /** By the groups' ids: how long jobs ran that passed. */
  readonly durationsMs = new GroupedValues();
  readonly queuesMs = new GroupedValues();
  readonly #ids = new TupleIds();
  readonly #sums: JobSums[] = [];

  of(repository: number, workflow: number, jobName: number): JobSums {
    const id = this.#ids.idOf(repository, workflow, jobName);
    this.#sums[id] ??= nothingOf(id, { repository, workflow, jobName });
    return this.#sums[id];
  }

  at({ repository, workflow, jobName }: Placed, row: number): JobSums {
    return this.of(repository[row] ?? 0, workflow[row] ?? 0, jobName[row] ?? 0);
  }

  all(): readonly JobSums[] {
    return this.#sums;
  }
}

function nothingOf(id: number, place: Pick<JobSums, 'repository' | 'workflow' | 'jobName'>): JobSums {
  const counts = { runs: 0, passed: 0, failed: 0, durationMs: 0, flaky: 0, wastedMs: 0 };
  return { id, ...place, ...counts, causes: new Map<number, number>(), flakyJobs: [] };
}

/** The sums of all jobs that started, ended, failed or were flaky in the window. */
export async function jobSums(
  reader: HistoryReader,
  window: Window,
  filters: HistoryFilters,
): Promise<JobGroups> {
  const groups = await endedJobs(reader, window, filters);
  for await (const batch of reader.startedJobs(window, filters, [...PLACE, 'queueMs']))
    for (let row = 0; row < batch.size; row += 1)
      groups.queuesMs.add(groups.at(batch, row).id, batch.queueMs[row] ?? 0);
  for await (const batch of reader.failedJobs(window, filters, [...PLACE, 'cause'])) {
    for (let row = 0; row < batch.size; row += 1) {
      const { causes } = groups.at(batch, row);
      const cause = batch.cause[row] ?? 0;
      causes.set(cause, (causes.get(cause) ?? 0) + 1);
    }
  }
  for await (const batch of reader.flakyJobs(window, filters, [...PLACE, 'times', ...LINK_COLUMNS])) {
    for (let row = 0; row < batch.size; row += 1) {
      const sums = groups.at(batch, row);
      sums.flaky += batch.times[row] ?? 0;
      keepLatest(sums.flakyJobs, batch, row);
    }
  }
  return groups;
}

const END_COLUMNS = [...PLACE, 'runId', 'runAttempt', 'conclusion', 'durationMs'] as const;
type Ends = Batch<FinishedJobColumns, (typeof END_COLUMNS)[number]>;

interface FailedEnd extends FailedJob {
  readonly sums: JobSums;
  readonly durationMs: number;
}

/** The sums of the jobs that ended, with what was wasted. */
async function endedJobs(reader: HistoryReader, window: Window, filters: HistoryFilters): Promise<JobGroups> {
  const groups = new JobGroups();
  const outcomes = outcomesOf(reader.wordId);
  const attempts = new LastAttempts();
  const failed: FailedEnd[] = [];
  for await (const batch of reader.finishedJobs(window, filters, END_COLUMNS)) {
    for (let row = 0; row < batch.size; row += 1) {
      attempts.add(batch, row);
      const sums = groups.at(batch, row);
      // Not known: no runner took it.
      const durationMs = batch.durationMs[row] || 0;
      if (addEnd(sums, batch, row, outcomes)) groups.durationsMs.add(sums.id, batch.durationMs[row] ?? 0);
      if (durationMs > 0 && outcomes.failed.has(batch.conclusion[row] ?? 0))
        failed.push({ sums, durationMs, ...failedJobAt(batch, row) });
    }
  }
  if (failed.length > 0) await attempts.addTheRest(reader, window, filters);
  for (const each of failed) if (attempts.wasRunAgain(each)) each.sums.wastedMs += each.durationMs;
  return groups;
}

function failedJobAt({ runId, jobName, runAttempt }: Ends, row: number): FailedJob {
  return { runId: runId[row] ?? 0, jobName: jobName[row] ?? 0, runAttempt: runAttempt[row] ?? 1 };
}

/** Answers whether it passed, and how long it ran is known. */
function addEnd(sums: JobSums, batch: Ends, row: number, { passed, failed }: Outcomes): boolean {
  const conclusion = batch.conclusion[row] ?? 0;
  const durationMs = batch.durationMs[row] ?? Number.NaN;
  const hasDuration = !Number.isNaN(durationMs);
  sums.runs += 1;
  if (hasDuration) sums.durationMs += durationMs;
  if (failed.has(conclusion)) sums.failed += 1;
  if (conclusion !== passed) return false;
  sums.passed += 1;
  return hasDuration;
}

/** How long the jobs of a window ran that passed. */
export async function passedJobDurations(
  reader: HistoryReader,
  window: Window,
  filters: HistoryFilters,
): Promise<JobGroups> {
  const groups = new JobGroups();
  const passed = { ...filters, conclusion: ['success'] };
  for await (const batch of reader.finishedJobs(window, passed, [...PLACE, 'durationMs'])) {
    for (let row = 0; row < batch.size; row += 1) {
      const durationMs = batch.durationMs[row] ?? Number.NaN;
      if (!Number.isNaN(durationMs)) groups.durationsMs.add(groups.at(batch, row).id, durationMs);
    }
  }
  return groups;
}

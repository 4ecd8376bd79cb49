import type { Batch, FinishedJobColumns, HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { getOrCreate } from './get-or-create.ts';
import { type FoundJob, keepLatest, LINK_COLUMNS } from './job-link.ts';
import { type FailedJob, LastAttempts } from './last-attempts.ts';
import { type Outcomes, outcomesOf } from './outcomes.ts';

/** What is known of the jobs of one name from the facts of a window. */
export interface JobSums {
  /** As in text columns. */
  readonly repository: number;
  readonly workflow: number;
  readonly jobName: number;
  runs: number;
  passed: number;
  failed: number;
  /** Of jobs that passed. */
  readonly durationsMs: number[];
  readonly queuesMs: number[];
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
  readonly #groups = new Map<number, Map<number, Map<number, JobSums>>>();

  of(repository: number, workflow: number, jobName: number): JobSums {
    const ofRepository = getOrCreate(this.#groups, repository, () => new Map<number, Map<number, JobSums>>());
    const ofWorkflow = getOrCreate(ofRepository, workflow, () => new Map<number, JobSums>());
    return getOrCreate(ofWorkflow, jobName, () => nothingOf(repository, workflow, jobName));
  }

  at({ repository, workflow, jobName }: Placed, row: number): JobSums {
    return this.of(repository[row] ?? 0, workflow[row] ?? 0, jobName[row] ?? 0);
  }

  all(): JobSums[] {
    return [...this.#groups.values()].flatMap((ofRepository) =>
      [...ofRepository.values()].flatMap((ofWorkflow) => [...ofWorkflow.values()]),
    );
  }
}

function nothingOf(repository: number, workflow: number, jobName: number): JobSums {
  const counts = { runs: 0, passed: 0, failed: 0, durationMs: 0, flaky: 0, wastedMs: 0 };
  const lists = { durationsMs: [], queuesMs: [], causes: new Map<number, number>(), flakyJobs: [] };
  return { repository, workflow, jobName, ...counts, ...lists };
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
      groups.at(batch, row).queuesMs.push(batch.queueMs[row] ?? 0);
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
      addEnd(sums, batch, row, outcomes);
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

function addEnd(sums: JobSums, batch: Ends, row: number, { passed, failed }: Outcomes): void {
  const conclusion = batch.conclusion[row] ?? 0;
  const durationMs = batch.durationMs[row] ?? Number.NaN;
  const hasDuration = !Number.isNaN(durationMs);
  sums.runs += 1;
  if (hasDuration) sums.durationMs += durationMs;
  if (failed.has(conclusion)) sums.failed += 1;
  if (conclusion !== passed) return;
  sums.passed += 1;
  if (hasDuration) sums.durationsMs.push(durationMs);
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
      if (!Number.isNaN(durationMs)) groups.at(batch, row).durationsMs.push(durationMs);
    }
  }
  return groups;
}

import { AntError } from '../domain/errors.ts';
import { isoTime } from '../domain/iso-time.ts';
import type { StepRow, WorkflowSteps } from '../domain/openapi-types.ts';
import type { Batch, FinishedJobColumns, HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { stepSpan } from '../domain/step-span.ts';
import { headOf, secondsOf } from './answer.ts';
import { CountedValues } from './counted-values.ts';
import { fewValues } from './few-values.ts';
import { getOrCreate } from './get-or-create.ts';
import { type FoundJob, jobLinks, LINK_COLUMNS } from './job-link.ts';
import { type Paging, pageOf } from './paging.ts';

export interface WorkflowStepsQuery extends Paging {
  readonly window: Window;
  readonly filters: HistoryFilters;
  /** The repository of the jobs that the filters select. */
  readonly repository: string;
  /** The base URL of GitHub's pages, without a slash at the end. */
  readonly webUrl: string;
}

/** The steps of so many jobs are in memory at once. */
const JOBS_AT_ONCE = 256;
/**
 * Names of steps may be made for one run, so there can be any number. One of them takes as much memory as some
 * ten values; more than these would be too much for the thread that reads.
 */
const MOST_VALUES = 400_000;
const VALUES_OF_A_NAME = 10;

type Jobs = Batch<FinishedJobColumns, (typeof LINK_COLUMNS)[number] | 'jobName'>;

interface StepSums {
  readonly jobName: number;
  readonly step: string;
  /** Where it succeeded. */
  readonly durationsMs: CountedValues;
  count: number;
  totalMs: number;
  slowestMs: number;
  slowest: FoundJob;
}

/** How long each step of the jobs that fit took, by the name of the job and its own. */
export async function workflowSteps(
  reader: HistoryReader,
  query: WorkflowStepsQuery,
): Promise<WorkflowSteps> {
  const { window, filters, repository, webUrl } = query;
  const sums = new Sums();
  for await (const batch of reader.finishedJobs(window, filters, [...LINK_COLUMNS, 'jobName']))
    for (let from = 0; from < batch.size; from += JOBS_AT_ONCE)
      await sums.addJobs(batch, from, Math.min(batch.size, from + JOBS_AT_ONCE), reader);
  const groups = sums.all();
  const texts = await reader.texts(groups.map(({ jobName }) => jobName));
  const { rows, cursor } = pageOf(
    groups,
    query,
    (each, field) => sortKeyOf(each, field as SortField),
    ({ jobName, step }) => JSON.stringify([texts.get(jobName), step]),
  );
  return {
    ...headOf(reader, window, null),
    steps_from: isoTime(await reader.stepsBeginAtMs()),
    jobs: sums.jobs,
    rows: rows.map((each) => rowOf(each, texts.get(each.jobName) ?? '', { webUrl, repository })),
    groups: groups.length,
    cursor,
  };
}

class Sums {
  /** Whose steps are known. */
  jobs = 0;
  readonly #byJob = new Map<number, Map<string, StepSums>>();
  #values = 0;

  async addJobs(batch: Jobs, from: number, to: number, reader: HistoryReader): Promise<void> {
    const known = await reader.steps(Array.from(batch.jobId.subarray(from, to)));
    for (let row = from; row < to; row += 1) {
      const steps = known.get(batch.jobId[row] ?? 0);
      if (steps === undefined) continue;
      this.jobs += 1;
      const job = foundJob(batch, row);
      for (const step of steps) {
        const span = stepSpan(step, job.atMs);
        if (span === null) continue;
        const sums = this.#of(batch.jobName[row] ?? 0, step.name, job);
        this.#add(sums, span.toMs - span.fromMs, step.conclusion === 'success', job);
      }
    }
    if (this.#values > MOST_VALUES)
      throw new AntError('query_too_slow', 'There are too many different steps: ask for a shorter window.');
  }

  all(): readonly StepSums[] {
    return [...this.#byJob.values()].flatMap((ofJob) => [...ofJob.values()]);
  }

  #of(jobName: number, step: string, slowest: FoundJob): StepSums {
    const ofJob = getOrCreate(this.#byJob, jobName, () => new Map<string, StepSums>());
    return getOrCreate(ofJob, step, () => {
      this.#values += VALUES_OF_A_NAME;
      return {
        jobName,
        step,
        durationsMs: new CountedValues(),
        count: 0,
        totalMs: 0,
        slowestMs: -1,
        slowest,
      };
    });
  }

  #add(sums: StepSums, durationMs: number, isPassed: boolean, job: FoundJob): void {
    sums.count += 1;
    sums.totalMs += durationMs;
    if (isPassed && sums.durationsMs.add(durationMs)) this.#values += 1;
    if (durationMs > sums.slowestMs) Object.assign(sums, { slowestMs: durationMs, slowest: job });
  }
}

function foundJob({ runId, runAttempt, jobId, endedAtMs }: Jobs, row: number): FoundJob {
  return {
    runId: runId[row] ?? 0,
    runAttempt: runAttempt[row] ?? 1,
    jobId: jobId[row] ?? 0,
    atMs: endedAtMs[row] ?? 0,
  };
}

type SortField = 'count' | 'p50' | 'p95' | 'max' | 'total_seconds';

function sortKeyOf(sums: StepSums, field: SortField): number | null {
  switch (field) {
    case 'count':
      return sums.count;
    case 'p50':
      return secondsOf(sums.durationsMs.rank(0.5));
    case 'p95':
      return secondsOf(sums.durationsMs.rank(0.95));
    case 'max':
      return sums.slowestMs;
    default:
      return sums.totalMs;
  }
}

function rowOf(
  { step, durationsMs, count, totalMs, slowestMs, slowest }: StepSums,
  jobName: string,
  place: Parameters<typeof jobLinks>[1],
): StepRow {
  const [link] = jobLinks([slowest], place);
  if (link === undefined) throw new Error('A step has no job.');
  return {
    job_name: jobName,
    step,
    count,
    durations: fewValues(durationsMs.values()),
    p50: secondsOf(durationsMs.rank(0.5)),
    p95: secondsOf(durationsMs.rank(0.95)),
    max: slowestMs / 1000,
    total_seconds: totalMs / 1000,
    slowest: link,
  };
}

import { explains, type FailureReason } from '../domain/failure-reason.ts';
import { isoTime } from '../domain/iso-time.ts';
import { sameEnds } from '../domain/lifecycle/execution.ts';
import { queueOf } from '../domain/lifecycle/gate.ts';
import { jobBeganAtMs, jobStaleAfterMs } from '../domain/lifecycle/stale.ts';
import { type JobState, type RunState, runKey } from '../domain/lifecycle/state.ts';
import type { Cause, Run, RunJob } from '../domain/openapi-types.ts';
import { type HistoryReader, type HistoryStep, NO_FILTERS } from '../domain/queries.ts';
import { type AttemptJob, jobsOfAttempt } from './carried-over.ts';
import { criticalPath } from './critical-path.ts';
import { shownDeployment } from './deployments.ts';
import { shownJob } from './jobs.ts';
import { attemptsOf, shownAttempt } from './run-attempts.ts';

export interface RunQuery {
  readonly runId: number;
  /** Null: the latest. */
  readonly attempt: number | null;
  readonly webUrl: string;
}

/** `known`: the attempts that are, none if the run is not known at all. */
export type RunAnswer = { readonly run: Run } | { readonly known: readonly number[] };

/** One run: its attempts, and the jobs of one of them with their steps. */
export async function run(reader: HistoryReader, { runId, attempt, webUrl }: RunQuery): Promise<RunAnswer> {
  const whole = await reader.wholeRun(runId);
  const attempts = whole === null ? [] : attemptsOf(whole);
  const shown = attempt === null ? attempts.at(-1) : attempts.find((each) => each.runAttempt === attempt);
  if (whole === null || shown === undefined) return { known: attempts.map((each) => each.runAttempt) };
  const queues = await reader.runQueues(attempts);
  const { nowMs } = reader;
  const shownAs = (each: RunState) => shownAttempt(each, queues.get(runKey(each)) ?? null, { nowMs, webUrl });
  return {
    run: {
      as_of: isoTime(reader.asOfMs),
      now: isoTime(nowMs),
      window: null,
      definitions: 'v1',
      run: shownAs(shown),
      attempts: attempts.map(shownAs),
      deployments: (await reader.deploymentsOfRun(runId))
        .filter(({ runAttempt }) => runAttempt === shown.runAttempt)
        .map((deployment) => shownDeployment(deployment, webUrl)),
      jobs: await jobsIn(reader, withReports(jobsOfAttempt(shown, whole.jobs), whole.jobs), webUrl),
    },
  };
}

/** A job with all reports of its execution; facts are kept under the first that arrived. */
interface Reported extends AttemptJob {
  readonly reports: readonly JobState[];
}

function withReports(shown: readonly AttemptJob[], jobs: readonly JobState[]): readonly Reported[] {
  const byName = Map.groupBy(jobs, ({ name }) => name);
  return shown.map((each) => {
    const { job } = each;
    const others = byName.get(job.name)?.filter(({ jobId }) => jobId !== job.jobId) ?? [];
    return { ...each, reports: [job, ...(job.status === 'completed' ? sameEnds(job, others) : [])] };
  });
}

async function jobsIn(reader: HistoryReader, jobs: readonly Reported[], webUrl: string): Promise<RunJob[]> {
  const { nowMs } = reader;
  const ran = jobs.filter(({ isCarriedOver }) => !isCarriedOver).map(({ job }) => job);
  const critical = criticalPath(ran);
  const causes = await causesOf(reader, jobs);
  const steps = await reader.steps(jobs.flatMap(({ reports }) => reports.map(({ jobId }) => jobId)));
  return jobs
    .toSorted((a, b) => orderOf(a.job) - orderOf(b.job) || a.job.jobId - b.job.jobId)
    .map(({ job, isCarriedOver, reports }) => {
      const isStale = job.status !== 'completed' && jobStaleAfterMs(job) < nowMs;
      const { approvalFromMs, sinceMs } = queueOf(job, nowMs);
      const counted = {
        queueMs: firstOf(reports, ({ queueMs }) => queueMs),
        durationMs: firstOf(reports, ({ durationMs }) => durationMs),
      };
      const listed = { job: { ...job, ...counted }, beganAtMs: jobBeganAtMs(job) };
      return {
        ...shownJob(listed, { isStale, nowMs, webUrl }),
        released_at: isoTime(approvalFromMs === null ? null : sinceMs),
        carried_over: isCarriedOver,
        critical: critical.has(job.jobId),
        needs: 'inferred',
        cause: firstOf(reports, ({ jobId }) => causes.get(jobId)),
        ...shownReason(firstOf(reports, reasonOf)),
        steps: firstOf(reports, ({ jobId }) => steps.get(jobId))?.map(shownStep) ?? null,
      };
    });
}

function firstOf<Value>(
  reports: readonly JobState[],
  valueOfReport: (report: JobState) => Value | null | undefined,
): Value | null {
  for (const report of reports) {
    const value = valueOfReport(report);
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

function orderOf({ createdAtMs, startedAtMs, firstSeenAtMs }: JobState): number {
  return createdAtMs ?? startedAtMs ?? firstSeenAtMs;
}

/** What the annotations say, where that counts. */
function reasonOf({ reason, conclusion }: JobState): FailureReason | null {
  return reason !== null && explains(reason, conclusion) ? reason : null;
}

function shownReason(found: FailureReason | null) {
  return { reason: found?.reason ?? null, exit_code: found?.exitCode ?? null };
}

/** Why those that failed did, where it is counted. */
async function causesOf(
  reader: HistoryReader,
  jobs: readonly Reported[],
): Promise<ReadonlyMap<number, Cause>> {
  const failed = jobs.flatMap(({ reports }) => reports).filter(mayHaveFailed);
  if (failed.length === 0) return new Map();
  const ends = failed.map(({ completedAtMs, statusAtMs }) => completedAtMs ?? statusAtMs);
  const window = { fromMs: Math.min(...ends), toMs: Math.max(...ends) + 1 };
  const filters = { ...NO_FILTERS, repository: [...new Set(failed.map(({ repository }) => repository))] };
  const ids = new Map<number, number>();
  for await (const batch of reader.failedJobs(window, filters, ['jobId', 'cause']))
    for (let row = 0; row < batch.size; row += 1) ids.set(batch.jobId[row] ?? 0, batch.cause[row] ?? 0);
  const texts = await reader.texts(new Set(ids.values()));
  return new Map(Array.from(ids, ([jobId, id]) => [jobId, texts.get(id) as Cause]));
}

/** A job over its time limit is cancelled by GitHub. */
function mayHaveFailed({ status, conclusion }: JobState): boolean {
  return status === 'completed' && !['success', 'skipped', 'neutral'].includes(conclusion ?? '');
}

function shownStep({ number, name, conclusion, startedAtMs, completedAtMs }: HistoryStep) {
  return {
    number,
    name,
    conclusion,
    started_at: isoTime(startedAtMs),
    completed_at: isoTime(completedAtMs),
  };
}

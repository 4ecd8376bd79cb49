import { timeText } from '../github-text.ts';
import type { Attempt, Job, Run } from '../model.ts';
import { jobObject } from '../payload-job.ts';
import { accountObject, shortRepositoryObject } from '../payload-repository.ts';
import { runObject } from '../payload-run.ts';
import { createRandom } from '../random.ts';
import { lastReported } from '../truth-reported.ts';

const LATEST_TOUCH_SECONDS = 1800;
const DAY_MS = 86_400_000;
/** GitHub deletes the steps of old jobs, after about three months. */
const STEPS_KEPT_MS = 90 * DAY_MS;

/** What happens to the records of runs after their end, so that `updated_at` is not their end. */
export interface LaterChanges {
  /** The share of finished runs that were changed within half an hour. */
  readonly touched: number;
  /** When somebody deleted the logs of all runs that had been over for a day, if ever. */
  readonly cleanedAtMs?: number | undefined;
}

/** An attempt of a run as the API shows it (schema `workflow-run`); undefined when it has not begun. */
export function runBody(
  run: Run,
  attempt: Attempt,
  nowMs: number,
  changes: LaterChanges,
): object | undefined {
  const moment = lastReported(attempt, nowMs);
  if (moment === undefined) return undefined;
  const touchedMs = moment.status === 'completed' ? touchOf(run, attempt, moment.atMs, changes) : moment.atMs;
  return {
    ...runObject(run, attempt, moment),
    updated_at: timeText(touchedMs <= nowMs ? touchedMs : moment.atMs),
    actor: accountObject(run.actor),
    triggering_actor: accountObject(attempt.triggeringActor),
    repository: shortRepositoryObject(run.repository),
    head_repository: shortRepositoryObject(run.headRepository),
  };
}

/**
 * A job as the API shows it (schema `job`): the same members as in a webhook. Undefined when it does not
 * exist yet. The check runs of reporters are listed too, as on GitHub's own page of a run. The steps of old
 * jobs are gone.
 */
export function jobBody(run: Run, attempt: Attempt, job: Job, nowMs: number): object | undefined {
  const moment = lastReported(job, nowMs);
  if (moment === undefined) return undefined;
  const isOld = moment.status === 'completed' && nowMs - job.completedMs > STEPS_KEPT_MS;
  return { ...jobObject(run, attempt, job, moment), ...(isOld ? { steps: [] } : {}) };
}

/**
 * A run has no end time: clients use `updated_at`, which changes again when somebody deletes a log or
 * an artifact.
 */
function touchOf(run: Run, attempt: Attempt, endMs: number, { touched, cleanedAtMs }: LaterChanges): number {
  if (cleanedAtMs !== undefined && cleanedAtMs - endMs >= DAY_MS) return cleanedAtMs;
  const random = createRandom(`touch/${run.id}/${attempt.number}`);
  return random.chance(touched) ? endMs + random.int(1, LATEST_TOUCH_SECONDS) * 1000 : endMs;
}

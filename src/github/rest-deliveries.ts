import { CONFIRMED_EVERY_MS, confirmedDelivery } from '../domain/asked.ts';
import type { Delivery } from '../domain/delivery.ts';
import { LONGEST_RUN_MS } from '../domain/forgetting.ts';
import type { DeliveryAttempt, ListedRun } from '../domain/github-history.ts';
import { integerOf, type Json, latestMsOf, objectOf, textOf, timeMsOf } from './fields.ts';
import { actionOf, trimPayload, trimRun } from './trim-payload.ts';

/*
 * Runs and jobs of the REST API in the form of the webhooks that would have reported them: the objects are
 * the same (https://docs.github.com/rest/actions/workflow-runs,
 * https://docs.github.com/rest/actions/workflow-jobs). The ids of these deliveries are derived from their
 * content, so that the same content is a duplicate.
 */

/** What a payload contains besides the run or the job. */
export interface RepositoryContext {
  readonly repository: Json;
  /** By their ids. */
  readonly workflows: ReadonlyMap<number, Json>;
}

/**
 * A run has no end time. Its last change is used if it lies within this time after the end of its last job.
 */
const END_WITHIN_MS = 60_000;
/**
 * Runs without jobs and with this conclusion ended when they began. Others may have waited for a while, and
 * were cancelled.
 */
const AT_ONCE = ['startup_failure', 'action_required', 'skipped'];

/** Null if it is not a run. */
export function listedRunOf(value: unknown): ListedRun | null {
  const run = objectOf(value);
  const runId = integerOf(run?.['id']);
  const createdAtMs = timeMsOf(run?.['created_at']);
  if (run === null || runId === null || createdAtMs === null) return null;
  return {
    runId,
    runAttempt: attemptOf(run),
    createdAtMs,
    startedAtMs: timeMsOf(run['run_started_at']) ?? createdAtMs,
    updatedAtMs: timeMsOf(run['updated_at']) ?? createdAtMs,
    isCompleted: run['status'] === 'completed',
    guid: wholeRunGuid(run),
    raw: trimRun(run),
  };
}

/** One attempt of a run; the jobs of that attempt show when it ended. Null if it is not a run. */
export function runDelivery(
  value: unknown,
  jobs: readonly Json[],
  { repository, workflows }: RepositoryContext,
  receivedAtMs: number,
): Delivery | null {
  const run = objectOf(value);
  if (run === null || integerOf(run['id']) === null) return null;
  const workflow = workflows.get(integerOf(run['workflow_id']) ?? 0);
  const reported =
    run['status'] === 'completed' ? { ...run, updated_at: endOf(run, jobs, receivedAtMs) } : run;
  const action = { completed: 'completed', in_progress: 'in_progress' }[String(run['status'])] ?? 'requested';
  const payload = { action, repository, workflow_run: reported, workflow };
  return deliveryOf('workflow_run', runGuid(run, jobs.every(isOver)), payload, 'api', receivedAtMs);
}

/**
 * Marks that all of a run was read, including its earlier attempts and all jobs: it repeats how the latest
 * attempt ended, which counts nothing, under an id of its own. Reading one attempt alone leaves no such mark.
 */
export function wholeRunDelivery(run: Json, ofLatestAttempt: Delivery): Delivery {
  return { ...ofLatestAttempt, guid: wholeRunGuid(run) };
}

/** Null if it is not a job. */
export function jobDelivery(
  job: Json,
  { repository }: RepositoryContext,
  receivedAtMs: number,
): Delivery | null {
  const [id, status] = [integerOf(job['id']), textOf(job['status'])];
  if (id === null || status === null) return null;
  const payload = { action: status, repository, workflow_job: job };
  return deliveryOf('workflow_job', `api-job-${id}-${status}`, payload, 'api', receivedAtMs);
}

/**
 * Confirms that these jobs and attempts of one repository have not ended. Young ones are left out: only work
 * that has been running for long needs GitHub's confirmation.
 */
export function confirmations(
  { runs = [], jobs = [] }: { readonly runs?: readonly Json[]; readonly jobs?: readonly Json[] },
  repository: string,
  receivedAtMs: number,
): Delivery[] {
  const asked = [
    ...jobs.map((job) => ({ object: job, jobId: integerOf(job['id']), runId: integerOf(job['run_id']) })),
    ...runs.map((run) => ({ object: run, jobId: null, runId: integerOf(run['id']) })),
  ];
  return asked.flatMap(({ object, jobId, runId }) => {
    if (runId === null || isOver(object) || isYoung(object, receivedAtMs)) return [];
    const runAttempt = attemptOf(object);
    const name = jobId === null ? '' : (textOf(object['name']) ?? 'unknown');
    return [confirmedDelivery({ jobId, runId, runAttempt, repository, workflow: '', name }, receivedAtMs)];
  });
}

/** Judged by the start of an attempt, or the creation of a job. */
function isYoung(object: Json, nowMs: number): boolean {
  const begunAtMs = timeMsOf(object['run_started_at']) ?? timeMsOf(object['created_at']);
  return begunAtMs !== null && nowMs - begunAtMs < CONFIRMED_EVERY_MS;
}

/** The event of an entry of the delivery log, as it was sent; null if GitHub does not return its payload. */
export function redelivery(detail: unknown, attempt: DeliveryAttempt, receivedAtMs: number): Delivery | null {
  const payload = objectOf(objectOf(objectOf(detail)?.['request'])?.['payload']);
  return payload && deliveryOf(attempt.event, attempt.guid, payload, 'redelivery', receivedAtMs);
}

/** A finished job does not change any more, whatever happens to its run. */
export function isOver(job: Json): boolean {
  return job['status'] === 'completed';
}

export function attemptOf(object: Json): number {
  return integerOf(object['run_attempt']) ?? 1;
}

function runGuid(run: Json, isSettled: boolean): string {
  return `api-run-${stateIdOf(run)}${isSettled ? '' : '-unsettled'}`;
}

function wholeRunGuid(run: Json): string {
  return `api-whole-run-${stateIdOf(run)}`;
}

/**
 * A run that was held continues within the same attempt and is completed again, so the conclusion is part of
 * the id.
 */
function stateIdOf(run: Json): string {
  const state = textOf(run['conclusion']) ?? textOf(run['status']) ?? 'unknown';
  return `${integerOf(run['id'])}-${attemptOf(run)}-${state}`;
}

/** Whether the job ended before this attempt began: the re-run carried it over. */
export function isOfEarlier(job: Json, attempt: Json): boolean {
  const [endMs, startMs] = [timeMsOf(job['completed_at']), timeMsOf(attempt['run_started_at'])];
  return attemptOf(attempt) > 1 && endMs !== null && startMs !== null && endMs < startMs;
}

/**
 * When an attempt ended, in ms since the epoch, as far as it can be distinguished from a later change: with
 * the last of its own jobs whose end is known, else when it began. Null: it has not ended, or has no times.
 */
export function attemptEndMs(run: Json, jobs: readonly Json[], receivedAtMs: number): number | null {
  if (run['status'] !== 'completed') return null;
  const latestMs = latestMsOf(receivedAtMs);
  const own = jobs.filter((job) => !isOfEarlier(job, run));
  const ends = own.map((job) => timeMsOf(job['completed_at'], latestMs)).filter((ms) => ms !== null);
  if (ends.length > 0) return Math.max(...ends);
  return timeMsOf(run['run_started_at'], latestMs) ?? timeMsOf(run['created_at'], latestMs);
}

/**
 * The end of a finished attempt: that of its last job, or `updated_at` if that can be the end. Null: unknown.
 */
function endOf(run: Json, jobs: readonly Json[], receivedAtMs: number): unknown {
  const latestMs = latestMsOf(receivedAtMs);
  const ended = AT_ONCE.includes(String(run['conclusion'])) ? [run['run_started_at']] : [];
  const own = jobs.filter((job) => !isOfEarlier(job, run));
  const ends = [...(own.length === 0 ? ended : own.map((job) => job['completed_at']))]
    .map((text) => ({ text, ms: timeMsOf(text, latestMs) ?? Number.POSITIVE_INFINITY }))
    .toSorted((a, b) => b.ms - a.ms);
  const [last] = ends;
  // If one end is unknown, the last one is unknown too.
  if (last === undefined || last.ms === Number.POSITIVE_INFINITY) return changeWithinLife(run);
  const afterMs = (timeMsOf(run['updated_at'], latestMs) ?? Number.NaN) - last.ms;
  return afterMs >= 0 && afterMs <= END_WITHIN_MS ? run['updated_at'] : last.text;
}

/**
 * `updated_at` changes again when somebody deletes the log or an artifact: after the life of a run it can't
 * be the end.
 */
function changeWithinLife(run: Json): unknown {
  const startMs = timeMsOf(run['run_started_at']) ?? timeMsOf(run['created_at']);
  const changeMs = timeMsOf(run['updated_at']);
  if (startMs === null || changeMs === null) return run['updated_at'];
  return changeMs - startMs <= LONGEST_RUN_MS ? run['updated_at'] : null;
}

function deliveryOf(
  event: string,
  guid: string,
  payload: Json,
  source: Delivery['source'],
  receivedAtMs: number,
): Delivery {
  const action = actionOf(payload);
  return { guid, event, action, source, receivedAtMs, payload: trimPayload(event, payload) };
}

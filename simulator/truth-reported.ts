import type { Attempt, Job, Run, RunMoment } from './model.ts';

/*
 * What was reported of a run or job by the end of the world, and with which labels: shared by all parts of
 * the truth.
 */

const HOUR_MS = 3_600_000;

/** The last event that was reported. */
export function lastReported<M extends { readonly atMs: number }>(
  { moments }: { readonly moments: readonly M[] },
  endMs: number,
): M | undefined {
  return moments.filter((moment) => moment.atMs <= endMs).at(-1);
}

/** The event that completed it, if that was reported. */
export function reportedEnd(attempt: Attempt, endMs: number): RunMoment | undefined {
  const last = lastReported(attempt, endMs);
  return last?.status === 'completed' ? last : undefined;
}

/**
 * When the gate released the job: it waited, and after that was queued again. Null: no gate, or not
 * yet.
 */
export function approvalOf(job: Job, endMs: number): number | null {
  const moments = job.moments.filter((moment) => moment.atMs <= endMs);
  const waited = moments.findIndex((moment) => moment.action === 'waiting');
  if (waited === -1) return null;
  return moments.slice(waited).find((moment) => moment.action === 'queued')?.atMs ?? null;
}

/** The time between the creation, or the release by a gate, and the start; null if no start was reported. */
export function queueMsOf(job: Job, endMs: number): number | null {
  const status = lastReported(job, endMs)?.status;
  if (job.kind !== 'ran' || (status !== 'in_progress' && status !== 'completed')) return null;
  return job.startedMs - (approvalOf(job, endMs) ?? job.createdMs);
}

/** GitHub can't have kept a job in this status for so long. */
export function isStaleJob(status: string, sinceMs: number, nowMs: number): boolean {
  return status === 'queued' ? nowMs - sinceMs > 24 * HOUR_MS : isOutlived(sinceMs, nowMs);
}

/** No run lives for so long, whatever it waits for. */
export function isOutlived(sinceMs: number, nowMs: number): boolean {
  return nowMs - sinceMs > 35 * 24 * HOUR_MS;
}

/** The executions of an attempt: no check runs, and no jobs that ran in an earlier attempt. */
export function executionsOf(attempt: Attempt): Job[] {
  return attempt.jobs.filter((job) => job.kind !== 'check_run' && !job.carriedOver);
}

/** A workflow without a name is called by its path. */
export function placeOf(run: Run) {
  return { repository: run.repository.fullName, workflow: run.workflow.name ?? run.workflow.path };
}

/** @param hasBases As `metrics.branch_bases`: pull requests and merge queues say where they merge into. */
export function branchOf(run: Run, hasBases = false): string {
  const { event, headBranch, headRepository, repository } = run;
  const classOf = (branch: string | null) => (branch === repository.defaultBranch ? 'default' : 'other');
  if (event.startsWith('pull_request')) {
    // All go into the default branch. GitHub names none that come from a fork.
    const isNamed = hasBases && run.pullRequest !== null && headRepository === repository;
    return isNamed ? 'pull_request:default' : 'pull_request';
  }
  const base = /^gh-readonly-queue\/(.+)\/pr-/.exec(headBranch ?? '')?.[1];
  if (base === undefined) return classOf(headBranch);
  return hasBases ? `merge_queue:${classOf(base)}` : 'merge_queue';
}

/** Without the run's id, and the attempt number that a tool appends to it. */
export function runsOnOf(run: Run, job: Job): string {
  return job.labels.join(',').replace(`${run.id}-1`, '*').replace(String(run.id), '*') || 'none';
}

/** Without matrix values, truncated or not. */
export function nameOf(job: Job): string {
  const parts = job.name.split(' / ');
  return parts.map((part) => part.replace(/ \(.*$/, '')).join(' / ');
}

/** Whether it was reported that a runner took the job. */
export function hasStarted(job: Job, endMs: number): boolean {
  const status = lastReported(job, endMs)?.status;
  return job.kind === 'ran' && (status === 'in_progress' || status === 'completed');
}

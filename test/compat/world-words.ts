import type { Attempt, Job, Run } from '../../simulator/model.ts';
import { stepsAtEnd } from '../../simulator/steps-of.ts';
import {
  approvalOf,
  executionsOf,
  isStaleJob,
  lastReported,
  nameOf,
  placeOf,
  queueMsOf,
  reportedEnd,
  runsOnOf,
} from '../../simulator/truth-reported.ts';

/*
 * What the simulated world itself knows of its jobs and runs, for names of other exporters.
 */

export interface KnownJob {
  readonly owner: string;
  readonly repo: string;
  readonly fullName: string;
  readonly workflow: string;
  readonly name: string;
  /** With its matrix. */
  readonly matrixName: string;
  readonly runsOn: string;
  readonly group: string;
  readonly branch: string;
  readonly conclusion: string;
  readonly failedStep: string;
  readonly wasQueued: boolean;
  /** Null: it has not started. */
  readonly queueMs: number | null;
  readonly isCompleted: boolean;
  /** Null: it never ran, or runs. */
  readonly durationMs: number | null;
  /** What it is active as; null: it is not. */
  readonly activeAs: string | null;
}

/** All that is known of the jobs of a run, each execution once. */
export function jobsOf(run: Run, endMs: number, nowMs: number): KnownJob[] {
  return run.attempts.flatMap(executionsOf).map((job) => knownJob(run, job, endMs, nowMs));
}

function knownJob(run: Run, job: Job, endMs: number, nowMs: number): KnownJob {
  const { repository, workflow } = placeOf(run);
  const status = lastReported(job, endMs)?.status;
  const isCompleted = status === 'completed';
  const reported = job.moments.filter(({ atMs }) => atMs <= endMs);
  const hasRun = job.kind === 'ran' && isCompleted;
  return {
    ...{ owner: run.repository.owner.login, repo: run.repository.name, fullName: repository, workflow },
    ...{ name: nameOf(job), matrixName: job.name, runsOn: runsOnOf(run, job) },
    group: job.runner?.groupName ?? '',
    branch: branchOfJob(run),
    conclusion: job.conclusion,
    failedStep: failedStepOf(job),
    wasQueued: reported.some((moment) => moment.status !== 'completed'),
    queueMs: queueMsOf(job, endMs),
    isCompleted,
    durationMs: hasRun ? job.completedMs - job.startedMs : null,
    activeAs: status === undefined || isCompleted ? null : activeStatus(job, status, endMs, nowMs),
  };
}

/** Its payload does not say what triggered the run. */
function branchOfJob({ headBranch, repository }: Run): string {
  if (headBranch?.startsWith('gh-readonly-queue/') && headBranch.split('/').length > 2) return 'merge_queue';
  return headBranch !== null && headBranch === repository.defaultBranch ? 'default' : 'other';
}

function failedStepOf(job: Job): string {
  if (job.kind !== 'ran') return 'null';
  const at = stepsAtEnd(job).findIndex(({ conclusion }) => conclusion === 'failure');
  return at === -1 ? 'null' : String(at);
}

function activeStatus(job: Job, status: string, endMs: number, nowMs: number): string | null {
  const releasedMs = status === 'queued' ? approvalOf(job, endMs) : null;
  const sinceMs = status === 'in_progress' ? job.startedMs : (releasedMs ?? job.createdMs);
  return isStaleJob(status, sinceMs, nowMs) ? null : status;
}

/** How far a run attempt was reported to have come. */
export function reportedRun(attempt: Attempt, endMs: number) {
  const reported = attempt.moments.filter(({ atMs }) => atMs <= endMs);
  const end = reportedEnd(attempt, endMs);
  return {
    isSeen: reported.length > 0,
    hasBegun: reported.some(({ status }) => status === 'in_progress'),
    end:
      end === undefined ? null : { conclusion: attempt.conclusion, durationMs: end.atMs - attempt.startedMs },
  };
}

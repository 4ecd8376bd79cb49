import { DOMAIN } from './catalogue.ts';
import type { FailureCause } from './failure-cause.ts';
import {
  endOf,
  type FailedJob,
  type FinishedRun,
  finishedRun,
  type HistoryRecords,
  NO_HISTORY,
  placeOf,
  type StartedJob,
} from './history.ts';
import { durationBetween } from './lifecycle/duration.ts';
import { isFailed } from './lifecycle/execution.ts';
import type { JobState, RunState } from './lifecycle/state.ts';
import { isHeld } from './lifecycle/status.ts';
import type { Increment, Metric } from './metric.ts';
import { isWastedEnd, type WasteReason } from './waste.ts';

/*
 * The history of what was counted before there was one, from what is still known: the states, and what each
 * delivery added to the numbers. Steps are not known any more, and a run that was held for an approval only has
 * its last end.
 */

/** The records of a job, which were counted with these increments. */
export function pastJob(job: JobState, counted: readonly Increment[]): HistoryRecords {
  return {
    ...NO_HISTORY,
    startedJobs: startOf(job),
    ...(job.completionCounted ? finishOf(job, counted) : {}),
    flakyJobs: job.flakyCounted > 0 ? [{ ...endOf(job), times: job.flakyCounted }] : [],
  };
}

export function pastRun(run: RunState): readonly FinishedRun[] {
  if (!run.completionCounted && !(run.heldCounted && isHeld(run))) return [];
  const { durationMs } = durationBetween(run.runStartedAtMs, run.updatedAtMs, 'run_duration');
  return [finishedRun({ ...run, observedAtMs: run.statusAtMs }, durationMs)];
}

function startOf(job: JobState): StartedJob[] {
  const { startedAtMs, queueMs } = job;
  return startedAtMs === null || queueMs === null ? [] : [{ ...placeOf(job), startedAtMs, queueMs }];
}

function finishOf(job: JobState, counted: readonly Increment[]): Partial<HistoryRecords> {
  const sum = (metric: Metric) =>
    counted.reduce((total, each) => total + (each.metric === metric.name ? each.delta : 0), 0);
  const finished = {
    ...endOf(job),
    durationMs: job.durationMs,
    conclusion: job.conclusion ?? 'unknown',
    sku: counted.find(({ metric }) => metric === DOMAIN.billedSeconds.name)?.labels[2] ?? null,
    billedSeconds: sum(DOMAIN.billedSeconds),
    microDollars: sum(DOMAIN.cost),
    unpricedSeconds: sum(DOMAIN.unpriced),
    wasted: wastedOf(job),
    steps: [],
  };
  return { finishedJobs: [finished], failedJobs: failureOf(job, counted) };
}

function wastedOf(job: JobState): WasteReason | null {
  if (job.durationMs === null) return null;
  if (job.repeatCounted) return 'repeated';
  return isWastedEnd(job) ? 'cancelled' : null;
}

function failureOf(job: JobState, counted: readonly Increment[]): FailedJob[] {
  const told = counted.find(({ metric }) => metric === DOMAIN.jobFailures.name)?.labels[3];
  // Counted without a delivery, when no gate event could arrive any more.
  const isLate = told === undefined && isFailed(job.conclusion) && !job.isCauseOpen;
  const late = job.waitedAtMs === null ? 'startup' : 'rejected';
  const cause = (told ?? (isLate ? late : undefined)) as FailureCause | undefined;
  return cause === undefined ? [] : [{ ...endOf(job), cause, step: null }];
}

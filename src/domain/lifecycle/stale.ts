import { LONGEST_RUN_MS } from '../forgetting.ts';
import type { Status } from '../observation.ts';
import { isGone } from './gone.ts';
import type { JobState, RunState } from './state.ts';

/*
 * Since when work that is not over waits or runs, and when it can't be alive any more: its end was never told. Such a ghost leaves
 * the gauges of what is active and is counted as stale.
 */

const HOUR_MS = 3_600_000;

/** GitHub ends a job that no runner took for a day. https://docs.github.com/actions/reference/limits */
const MAX_QUEUED_MS = 24 * HOUR_MS;
/** For so long it is taken as true that GitHub's API said that something is not over; no limit makes that a ghost. */
const MAX_CONFIRMED_MS = 24 * HOUR_MS;
/** What GitHub does not know is a ghost at once. */
const ALREADY = 0;

/** A job in one of these waits for a runner, and for nothing else. */
const WAITS_FOR_RUNNER: readonly Status[] = ['requested', 'queued'];

/**
 * By GitHub's own times: the start of a job that runs, the release of one that was let through an approval gate, else its creation. A
 * list tells of no release: what it finds in the queue behind a gate is there since that was heard.
 */
export function jobBeganAtMs(job: JobState): number {
  return phaseBeganAtMs(job) ?? job.createdAtMs ?? job.firstSeenAtMs;
}

function phaseBeganAtMs(job: JobState): number | null {
  if (job.status === 'in_progress') return job.startedAtMs;
  if (!isReleased(job)) return null;
  return job.queuedAtMs !== null && job.queuedAtMs > job.waitedAtMs ? job.releasedAtMs : job.statusAtMs;
}

export function runBeganAtMs({ runStartedAtMs, createdAtMs, firstSeenAtMs }: RunState): number {
  return runStartedAtMs ?? createdAtMs ?? firstSeenAtMs;
}

/** A job that is not over is a ghost after this moment. */
export function jobStaleAfterMs(job: JobState): number {
  // After a gate, the age is told by what was heard alone.
  const sinceMs = isReleased(job) ? job.statusAtMs : jobBeganAtMs(job);
  return staleAfterMs(
    job,
    sinceMs + (WAITS_FOR_RUNNER.includes(job.status) ? MAX_QUEUED_MS : LONGEST_RUN_MS),
  );
}

/** An attempt of a run that is not over is a ghost after this moment, whatever its status. */
export function runStaleAfterMs(run: RunState): number {
  return staleAfterMs(run, runBeganAtMs(run) + LONGEST_RUN_MS);
}

function staleAfterMs(state: JobState | RunState, endMs: number): number {
  return isGone(state) ? ALREADY : Math.max(endMs, (state.confirmedAtMs ?? 0) + MAX_CONFIRMED_MS);
}

function isReleased(job: JobState): job is JobState & { readonly waitedAtMs: number } {
  return job.status === 'queued' && job.waitedAtMs !== null;
}

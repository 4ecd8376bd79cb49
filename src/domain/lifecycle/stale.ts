import { LONGEST_RUN_MS } from '../forgetting.ts';
import type { Status } from '../observation.ts';
import { isGone } from './gone.ts';
import type { JobState, RunState } from './state.ts';

/*
 * Since when active work waits or runs, and when it can't be active any more because its end was never
 * reported. Such a ghost leaves the gauges of active work and is counted as stale.
 */

const HOUR_MS = 3_600_000;

/** GitHub ends a job that no runner took for a day. https://docs.github.com/actions/reference/limits */
const MAX_QUEUED_MS = 24 * HOUR_MS;
/**
 * How long a statement of GitHub's API that something is still active is believed. Until then no limit makes
 * it a ghost.
 */
const MAX_CONFIRMED_MS = 24 * HOUR_MS;
/** What GitHub does not know is a ghost at once. */
const ALREADY = 0;

/** A job in one of these waits for a runner, and for nothing else. */
const WAITS_FOR_RUNNER: readonly Status[] = ['requested', 'queued'];

/**
 * By GitHub's own times: the start of a running job, the release of one that an approval gate let through,
 * else its creation. A list contains no release: what it finds in the queue behind a gate counts from that
 * report.
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

/** A job that is still active is a ghost after this time. */
export function jobStaleAfterMs(job: JobState): number {
  // After a gate, only reports determine its age.
  const sinceMs = isReleased(job) ? job.statusAtMs : jobBeganAtMs(job);
  return staleAfterMs(
    job,
    sinceMs + (WAITS_FOR_RUNNER.includes(job.status) ? MAX_QUEUED_MS : LONGEST_RUN_MS),
  );
}

/** An attempt of a run that is still active is a ghost after this time, whatever its status. */
export function runStaleAfterMs(run: RunState): number {
  return staleAfterMs(run, runBeganAtMs(run) + LONGEST_RUN_MS);
}

function staleAfterMs(state: JobState | RunState, endMs: number): number {
  return isGone(state) ? ALREADY : Math.max(endMs, (state.confirmedAtMs ?? 0) + MAX_CONFIRMED_MS);
}

function isReleased(job: JobState): job is JobState & { readonly waitedAtMs: number } {
  return job.status === 'queued' && job.waitedAtMs !== null;
}

import { runsOnOf } from './reference-labels.ts';
import type { KnownJob } from './reference-model.ts';
import type { Numbers } from './reference-numbers.ts';
import type { RunReport } from './reference-reports.ts';

/*
 * What is in flight, and what is stale: according to webhooks, and to what GitHub answered when asked.
 */

/** When GitHub last confirmed that something is unfinished: by `job ID` and `run ID/ATTEMPT`. */
export type Confirmed = ReadonlyMap<string, number>;

/** The time of observation, and what was confirmed by then. */
export interface Look {
  readonly nowMs: number;
  readonly confirmed: Confirmed;
}

const RANKS = ['requested', 'queued pending waiting held', 'in_progress', 'completed'];
const HOUR_MS = 3_600_000;

/** A run may wait for as long as it may live. */
export function countActiveRun(
  numbers: Numbers,
  reports: readonly RunReport[],
  status: string,
  look: Look,
): void {
  const [any] = reports as [RunReport];
  const { repository, workflow } = any;
  const beganMs = any.startedMs ?? any.createdMs ?? Math.min(...reports.map(({ heardMs }) => heardMs));
  const isAlive = isConfirmed(`run ${any.run}/${any.attempt}`, look);
  if (!isAlive && look.nowMs - beganMs > 35 * 24 * HOUR_MS) {
    numbers.add('stale_runs', { repository, status });
    return;
  }
  numbers.add('active_runs', { repository, workflow, status });
  numbers.least('oldest_active_run_timestamp_seconds', { status }, beganMs / 1000);
}

export function countActiveJob(numbers: Numbers, job: KnownJob, look: Look): void {
  const { status, any, reports, createdMs, startedMs, hasWaited, releasedMs } = job;
  if (status === 'completed') return;
  const { repository, workflow } = any;
  const runs_on = runsOnOf(any);
  const firstMs = Math.min(...reports.map(({ heardMs }) => heardMs));
  const isReleased = status === 'queued' && hasWaited;
  const heardMs = isReleased ? latest(reports).heardMs : null;
  const ownMs = { in_progress: startedMs, queued: isReleased ? (releasedMs ?? heardMs) : null }[status];
  const beganMs = ownMs ?? createdMs ?? firstMs;
  // After a gate, the age of a possible ghost begins with the event that released it.
  const ageMs = look.nowMs - (heardMs ?? beganMs);
  const isOld = ageMs > (status === 'queued' ? 24 : 35 * 24) * HOUR_MS;
  if (isOld && !isConfirmed(`job ${any.id}`, look)) {
    numbers.add('stale_jobs', { repository, status });
    return;
  }
  numbers.add('active_jobs', { repository, workflow, runs_on, status });
  numbers.least('oldest_active_job_timestamp_seconds', { runs_on, status }, beganMs / 1000);
}

function isConfirmed(key: string, { confirmed, nowMs }: Look): boolean {
  const atMs = confirmed.get(key);
  return atMs !== undefined && nowMs - atMs <= 24 * HOUR_MS;
}

/** The report with the furthest status; among those, the latest. */
export function latest<T extends { readonly status: string; readonly heardMs: number }>(
  reports: readonly T[],
): T {
  const rank = ({ status }: T) => RANKS.findIndex((names) => names.split(' ').includes(status));
  const best = Math.max(...reports.map(rank));
  const furthest = reports.filter((report) => rank(report) === best);
  return furthest.sort((a, b) => b.heardMs - a.heardMs)[0] as T;
}

import { hasStarted } from './lifecycle/started.ts';
import type { JobObservation } from './observation.ts';

/** Why a job failed, as far as its payload shows. */
export type FailureCause = 'step' | 'timeout' | 'runner_lost' | 'startup' | 'rejected' | 'unknown';

/** Conclusions that are no failure. `cancelled` may hide one; see below. */
const HARMLESS = ['success', 'neutral', 'skipped', 'cancelled', 'action_required'];

/**
 * Why a completed job failed; null if it did not, or is still active. The first rule that matches decides:
 *
 * - `timed_out` is a **timeout**, whatever its steps say: they were stopped.
 * - `startup_failure` is **startup**: GitHub could not even begin.
 * - `failure` of a job that never started is **startup**. A job that GitHub refuses to start (payment,
 *   spending limit) or finds no runner for looks like that: no step and no runner. One that a gate rejected
 *   is **rejected**, and looks the same: see lifecycle/gate.ts.
 * - `failure` with a failed step is **step**. A step that may fail (`continue-on-error`) concludes `success`,
 *   so it is never blamed. A failed step comes before a lost runner, because it decided the job, whatever
 *   happened to the steps that clean up.
 * - A job that ended without a failed step just after 360 minutes is a **timeout**. Jobs over their time
 *   limit end as `cancelled`, and nothing in the payload distinguishes them from those that a person or a
 *   newer run cancelled. But 360 minutes is the limit of all jobs that set none, and of every job on GitHub's
 *   own runners; hardly anything else ends a job at exactly that time.
 * - A list may contain a job that ended over a month ago without its steps, which GitHub deletes eventually.
 *   Without any, the cause is **unknown**.
 * - Any other `failure` is **runner_lost**: the job started and GitHub calls it failed, but no step did.
 *   Steps were left in progress (the machine vanished), or `cancelled` (it was told to shut down), or there
 *   are none (it died before the first), or all passed (it went silent before it could report the end).
 * - A conclusion that is neither a failure nor known to be harmless (`stale`, or a future one) is
 *   **unknown**.
 */
export function failureCauseOf(job: JobObservation): FailureCause | null {
  const { conclusion } = job;
  if (job.status !== 'completed' || conclusion === null) return null;
  if (conclusion === 'timed_out') return 'timeout';
  if (conclusion === 'startup_failure') return 'startup';
  if (conclusion === 'failure') return causeOfFailure(job);
  if (conclusion === 'cancelled' && hasStarted(job) && endsAtDefaultLimit(job)) return 'timeout';
  return HARMLESS.includes(conclusion) ? null : 'unknown';
}

function causeOfFailure(job: JobObservation): FailureCause {
  if (!hasStarted(job)) return 'startup';
  if (job.steps.some((step) => step.conclusion === 'failure')) return 'step';
  if (endsAtDefaultLimit(job)) return 'timeout';
  return mayHaveLostSteps(job) ? 'unknown' : 'runner_lost';
}

/**
 * GitHub does not say how long it keeps steps. Three months have been seen (oracle/macaron#923). Webhooks
 * always have them.
 */
const STEPS_KEPT_MS = 30 * 24 * 3_600_000;

function mayHaveLostSteps({ source, steps, observedAtMs, completedAtMs }: JobObservation): boolean {
  return source === 'api' && steps.length === 0 && observedAtMs - (completedAtMs ?? 0) > STEPS_KEPT_MS;
}

const MINUTE_MS = 60_000;
const DEFAULT_LIMIT_MS = 360 * MINUTE_MS;

/** How long a job may take to stop after its time limit: GitHub kills what does not stop within 5 minutes. */
const STOPPING_MS = 6 * MINUTE_MS;

function endsAtDefaultLimit({ startedAtMs, completedAtMs }: JobObservation): boolean {
  if (startedAtMs === null || completedAtMs === null) return false;
  const overMs = completedAtMs - startedAtMs - DEFAULT_LIMIT_MS;
  return overMs >= 0 && overMs <= STOPPING_MS;
}

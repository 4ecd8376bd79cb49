import type { JobObservation } from '../observation.ts';
import type { JobState } from './state.ts';
import { STATUS_RANK } from './status.ts';

/*
 * Check runs that a step makes in its run's name (test reporters, linters) are sent as jobs. They ask for no labels, have no
 * runner and no steps, and are told once they are over, or in progress. A job of a runner group (`runs-on: {group: x}`) asks for
 * no labels either, and looks the same when it ends before a runner took it. What tells them apart is that a job is
 * queued or waits first, and a check run never does. That may be told after the end, so an end that proves nothing is
 * kept, and counts once anything proves that it is one of a job.
 */

/** Whether an observation, for all that it says, may tell of a check run of another tool. */
export function isCheckRun(job: JobObservation): boolean {
  return (
    STATUS_RANK[job.status] >= STATUS_RANK.in_progress &&
    job.runnerId === null &&
    job.runsOn.length === 0 &&
    job.steps.length === 0 &&
    !job.hasEnvironment &&
    // A job that was skipped, or cancelled before it was queued, has none of these either.
    job.conclusion !== 'skipped' &&
    job.conclusion !== 'cancelled'
  );
}

/** The observation that a state was made of which nothing proved to be a job: it had no more than the state keeps. */
export function asTold(state: JobState): JobObservation {
  return {
    ...state,
    kind: 'job',
    source: 'webhook',
    observedAtMs: state.statusAtMs,
    steps: [],
    isPublicRepository: null,
    deploymentUpdatedAtMs: null,
  };
}

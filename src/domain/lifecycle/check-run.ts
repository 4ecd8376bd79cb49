import type { JobObservation } from '../observation.ts';
import type { JobState } from './state.ts';
import { STATUS_RANK } from './status.ts';

/*
 * Check runs that a step creates in its run's name (test reporters, linters) arrive as jobs: no labels, no
 * runner, no steps, and only once they are in progress or completed. A job of a runner group (`runs-on:
 * {group: x}`) asks for no labels either, and looks the same if it ends before a runner took it. The
 * difference: a job is queued or waits first, a check run never does. That event may arrive after the end, so
 * such an end is kept, and counts once anything proves that it belongs to a job.
 */

/**
 * Whether nothing in the observation proves that it is about a job: it may be a check run of another tool.
 */
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

/**
 * The observation behind a state that nothing has proved to be a job. It contained no more than the state
 * does.
 */
export function observationOf(state: JobState): JobObservation {
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

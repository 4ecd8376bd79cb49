import type { JobObservation } from '../observation.ts';
import { STATUS_RANK } from './status.ts';

/**
 * Whether a runner took the job. Skipped jobs, and jobs cancelled before that, have start times that mean
 * nothing.
 */
export function hasStarted(job: JobObservation): boolean {
  if (STATUS_RANK[job.status] < STATUS_RANK.in_progress || job.conclusion === 'skipped') return false;
  return job.steps.length > 0 || (job.runnerId ?? 0) > 0;
}

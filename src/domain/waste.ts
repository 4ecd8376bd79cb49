import type { JobObservation } from './observation.ts';

/*
 * Why the time of a job on its runner was wasted: somebody or something cancelled it, or it failed and ran again in a
 * later attempt of its run (lifecycle/repeat.ts). A job that failed and did not run again is not wasted: it found
 * something.
 */

export const WASTE_REASONS = ['repeated', 'cancelled'] as const;
export type WasteReason = (typeof WASTE_REASONS)[number];

/** Whether the end alone shows that the job ran for nothing. */
export function isWastedEnd({ conclusion }: Pick<JobObservation, 'conclusion'>): boolean {
  return conclusion === 'cancelled';
}

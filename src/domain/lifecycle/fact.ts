import type { DispatchObservation, IgnoredReason, JobObservation, RunObservation } from '../observation.ts';

/** A duration that came out negative from GitHub's times and is counted as 0. */
export type AnomalyKind = 'job_queue' | 'job_duration' | 'run_duration';

/**
 * Something that happened at GitHub and is to be counted, exactly once. Facts speak in the words of the one
 * observation that established them, so that their labels don't depend on what else was told before.
 */
export type Fact =
  | { readonly kind: 'job_started'; readonly job: JobObservation; readonly queueMs: number }
  | { readonly kind: 'job_completed'; readonly job: JobObservation; readonly durationMs: number | null }
  | { readonly kind: 'run_completed'; readonly run: RunObservation; readonly durationMs: number | null }
  | { readonly kind: 'dispatched'; readonly dispatch: DispatchObservation }
  | { readonly kind: 'anomaly'; readonly anomaly: AnomalyKind }
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason };

/** What one observation does: the state after it, and the facts that it established. */
export interface Transition<State> {
  readonly state: State;
  readonly facts: readonly Fact[];
}

import type { ReviewedJob, ReviewObservation } from '../observation.ts';
import { durationBetween } from './duration.ts';
import type { Fact, Transition } from './fact.ts';
import { earliest } from './merge.ts';
import type { ReviewState } from './state.ts';

/*
 * Reviews of jobs that want into an environment. One decision may be about several jobs. Each job counts once
 * as approved and once as rejected at most.
 */

/** What a report changes for one of its jobs. Reports may come in any order. */
export function transitionReview(
  known: ReviewState | undefined,
  review: ReviewObservation,
  job: ReviewedJob,
  nowMs: number,
): Transition<ReviewState> {
  const { status, repository } = review;
  const before = known ?? stateOf(review, job, nowMs);
  const atMs = statusAtMsOf(review);
  const merged = {
    ...before,
    createdAtMs: earliest(before.createdAtMs, job.createdAtMs),
    heardAtMs: Math.max(before.heardAtMs, nowMs),
  };
  if (status === 'requested') return { state: withLatest(merged, atMs), facts: [] };
  const time = status === 'approved' ? 'approvedAtMs' : 'rejectedAtMs';
  const state = withLatest({ ...merged, [time]: earliest(before[time], atMs) }, atMs);
  if (before[time] !== null) return { state, facts: [] };
  const start = status === 'approved' && review.statusAtMs !== null ? job.createdAtMs : null;
  const { durationMs, anomalies } = durationBetween(start, review.statusAtMs, 'job_approval');
  const fact: Fact = { kind: 'deployment_reviewed', repository, job, status, approvalMs: durationMs };
  return { state, facts: [fact, ...anomalies] };
}

function statusAtMsOf({ statusAtMs, observedAtMs }: ReviewObservation): number {
  return statusAtMs ?? observedAtMs;
}

function stateOf(review: ReviewObservation, job: ReviewedJob, heardAtMs: number): ReviewState {
  const { repository, runId, runAttempt } = review;
  const words = { ...job, repository, runId, runAttempt };
  return {
    ...words,
    status: 'requested',
    statusAtMs: statusAtMsOf(review),
    approvedAtMs: null,
    rejectedAtMs: null,
    heardAtMs,
  };
}

/** The latest decision; of two at the same time, the refusal. */
function withLatest(state: ReviewState, atMs: number): ReviewState {
  const { approvedAtMs, rejectedAtMs } = state;
  if (rejectedAtMs !== null && rejectedAtMs >= (approvedAtMs ?? 0))
    return { ...state, status: 'rejected', statusAtMs: rejectedAtMs };
  if (approvedAtMs !== null) return { ...state, status: 'approved', statusAtMs: approvedAtMs };
  return { ...state, status: 'requested', statusAtMs: Math.max(state.statusAtMs, atMs) };
}

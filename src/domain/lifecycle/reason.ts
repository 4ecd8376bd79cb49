import { explains, type FailureReason } from '../failure-reason.ts';
import type { ReasonObservation } from '../observation.ts';
import type { Fact, Transition } from './fact.ts';
import type { JobState } from './state.ts';

/*
 * Why a job failed according to its annotations. GitHub has to be asked, so the answer is known later than the
 * failure, which is counted without it, and stays as it is. The reason is counted beside it, once for each failed
 * execution that was asked about.
 */

/** Makes a job of which these facts have just been counted one to ask about, if it failed. */
export function openReason({ state, facts }: Transition<JobState>): Transition<JobState> {
  if (!facts.some(isWorthAsking)) return { state, facts };
  // The answer was processed before the failure was counted.
  if (state.reason !== null) return { state, facts: [...facts, ...reasonFacts(state, state.reason)] };
  return { state: { ...state, isReasonOpen: true }, facts };
}

/** A job that a runner had not taken cost nothing: what cancelled it is not worth a request. */
function isWorthAsking(fact: Fact): boolean {
  if (fact.kind === 'job_failed') return true;
  return fact.kind === 'job_completed' && fact.job.conclusion === 'cancelled' && fact.durationMs !== null;
}

/** The state after what came of asking GitHub. Each job is answered once. */
export function answerReason(state: JobState, { outcome, reason }: ReasonObservation): Transition<JobState> {
  if (!state.isReasonOpen) {
    const isEarly = state.reason === null && (!state.completionCounted || state.isCauseOpen);
    return { state: isEarly ? { ...state, reason } : state, facts: [] };
  }
  const asked: Fact = { kind: 'reason_asked', outcome };
  return {
    state: { ...state, isReasonOpen: false, reason },
    facts: [asked, ...(reason === null ? [] : reasonFacts(state, reason))],
  };
}

function reasonFacts(job: JobState, reason: FailureReason): Fact[] {
  return explains(reason, job.conclusion) ? [{ kind: 'job_reason', job, reason }] : [];
}

import { CLOCK_SKEW_MS } from '../domain/lifecycle/execution.ts';
import { queueOf } from '../domain/lifecycle/gate.ts';
import type { JobState } from '../domain/lifecycle/state.ts';
import type { TraceTimes } from '../domain/trace-entry.ts';
import { timesBetween } from './times.ts';

/** While a job waited for an approval, and for a runner; null while that is not certain, or if it did not. */
export interface Waits {
  readonly approval: TraceTimes | null;
  readonly queue: TraceTimes | null;
}

/**
 * By the rules that queue and approval times are counted by, but of the job's own report alone: the times are the same
 * whichever report of an execution was counted.
 */
export function waitsOf(state: JobState, nowMs: number): Waits {
  const { sinceMs, approvalFromMs } = queueOf(state, nowMs);
  const approval = approvalFromMs === null || sinceMs === null ? null : timesBetween(approvalFromMs, sinceMs);
  const { queueCounted, waitedAtMs, createdAtMs, startedAtMs, hasStarted } = state;
  // Its queue time was counted when no gate's event could come any more.
  const counted = queueCounted && waitedAtMs === null ? createdAtMs : null;
  const queuedMs = sinceMs ?? counted;
  if (!hasStarted || startedAtMs === null || queuedMs === null) return { approval, queue: null };
  // A report that a re-run carried over may have been created after the start.
  if ((createdAtMs ?? 0) - startedAtMs > CLOCK_SKEW_MS) return { approval, queue: null };
  return { approval, queue: timesBetween(queuedMs, startedAtMs) };
}

import type { Priority } from '../../domain/github-api.ts';
import type { Quota } from './response-headers.ts';

/*
 * How much of one credential's rate limits may be spent, as rules without I/O. GitHub counts requests by
 * resource (`core`, `search`, …) in windows, mostly of an hour, and has other limits that stop a credential
 * as a whole (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
 */

/** One resource of a credential. */
export interface Lane {
  /** As last reported; null: nothing reported yet, or a server without limits. */
  readonly quota: Quota | null;
  /** Whether any request was answered. Until then, requests go out one at a time. */
  readonly isKnown: boolean;
  /** Requests sent and not answered yet: GitHub may have counted them or not. */
  readonly inFlight: number;
  readonly lastStartMs: number;
}

/** All resources of a credential. */
export interface Budget {
  readonly lanes: ReadonlyMap<string, Lane>;
  /** No request before this: GitHub asked us to slow down. */
  readonly stoppedUntilMs: number;
  /** When that stop no longer counts as a strike. */
  readonly calmAtMs: number;
  readonly strikes: number;
}

export type BudgetDecision =
  | { readonly kind: 'go' }
  /** To make the quota last; null: until the request in progress is answered. */
  | { readonly kind: 'paced'; readonly atMs: number | null }
  /** Nothing is left that this priority may use. */
  | { readonly kind: 'spent'; readonly atMs: number };

const NOTHING_KNOWN: Lane = { quota: null, isKnown: false, inFlight: 0, lastStartMs: 0 };
export const NEW_BUDGET: Budget = { lanes: new Map(), stoppedUntilMs: 0, calmAtMs: 0, strikes: 0 };

/** GitHub's advice: wait at least a minute, then exponentially longer. */
const FIRST_STOP_MS = 60_000;
const LONGEST_STOP_MS = 3_600_000;

export function laneOf(budget: Budget, resource: string): Lane {
  return budget.lanes.get(resource) ?? NOTHING_KNOWN;
}

/**
 * Whether a request may be sent now. `reserve` is the share, 0 to 1, of each limit that is kept for recovery.
 */
export function admit(
  budget: Budget,
  ask: {
    readonly resource: string;
    readonly priority: Priority;
    readonly reserve: number;
    readonly nowMs: number;
  },
): BudgetDecision {
  const { nowMs, priority } = ask;
  if (nowMs < budget.stoppedUntilMs) return { kind: 'spent', atMs: budget.stoppedUntilMs };
  const lane = laneOf(budget, ask.resource);
  if (!lane.isKnown) return lane.inFlight === 0 ? { kind: 'go' } : { kind: 'paced', atMs: null };
  if (lane.quota === null || nowMs >= lane.quota.resetMs) return { kind: 'go' };
  const kept = Math.ceil(lane.quota.limit * keptShare(priority, ask.reserve));
  const usable = lane.quota.remaining - lane.inFlight - kept;
  if (usable <= 0) return { kind: 'spent', atMs: lane.quota.resetMs };
  const startMs = pacedStartMs(lane, lane.quota, { usable, kept, unpaced: UNPACED[priority] });
  return startMs <= nowMs ? { kind: 'go' } : { kind: 'paced', atMs: startMs };
}

/** Polling also leaves a quarter of the rest to reconciliation, and what only explains leaves half of it. */
function keptShare(priority: Priority, reserve: number): number {
  const poll = reserve + (1 - reserve) / 4;
  const explain = reserve + (1 - reserve) / 2;
  return { recovery: 0, reconcile: reserve, poll, first_read: poll, explain }[priority];
}

/** The share of what is usable that is spent as fast as possible. */
const UNPACED: Readonly<Record<Priority, number>> = {
  recovery: 1,
  reconcile: 0.5,
  poll: 0.5,
  first_read: 0.9,
  explain: 0.5,
};

/** The rest is spread evenly over the time until the reset. */
function pacedStartMs(
  lane: Lane,
  quota: Quota,
  { usable, kept, unpaced }: { readonly usable: number; readonly kept: number; readonly unpaced: number },
): number {
  if (usable > (quota.limit - kept) * (1 - unpaced)) return 0;
  return Math.ceil(lane.lastStartMs + (quota.resetMs - lane.lastStartMs) / usable);
}

export function started(budget: Budget, resource: string, nowMs: number): Budget {
  const lane = laneOf(budget, resource);
  return withLane(budget, resource, { ...lane, inFlight: lane.inFlight + 1, lastStartMs: nowMs });
}

/** The request ended without an answer. */
export function ended(budget: Budget, resource: string): Budget {
  const lane = laneOf(budget, resource);
  return withLane(budget, resource, { ...lane, inFlight: Math.max(0, lane.inFlight - 1) });
}

/**
 * The request was answered; `quota` is what its headers say about `counted`, the resource it was counted for.
 */
export function answered(budget: Budget, resource: string, counted: string, quota: Quota | null): Budget {
  const after = ended(budget, resource);
  const known = withLane(after, resource, { ...laneOf(after, resource), isKnown: true });
  const lane = laneOf(known, counted);
  return withLane(known, counted, { ...lane, isKnown: true, quota: newer(lane.quota, quota) });
}

/** Answers overtake one another; within a window, what remains only decreases. */
function newer(known: Quota | null, heard: Quota | null): Quota | null {
  if (known === null || heard === null) return heard ?? known;
  const aheadMs = heard.resetMs - known.resetMs;
  if (Math.abs(aheadMs) > SAME_RESET_MS) return aheadMs > 0 ? heard : known;
  return { ...heard, resetMs: known.resetMs, remaining: Math.min(known.remaining, heard.remaining) };
}

/** Resets are whole seconds, compared by a clock of whole seconds. */
const SAME_RESET_MS = 5000;

/** GitHub refused the request because nothing remains. */
export function usedUp(budget: Budget, resource: string): Budget {
  const lane = laneOf(budget, resource);
  return lane.quota === null
    ? budget
    : withLane(budget, resource, { ...lane, quota: { ...lane.quota, remaining: 0 } });
}

/**
 * GitHub asked us to slow down. Refusals of requests that were already in progress are no further strikes.
 */
export function slowedDown(budget: Budget, retryAfterMs: number | null, nowMs: number): Budget {
  const isStopped = nowMs < budget.stoppedUntilMs;
  const before = nowMs < budget.calmAtMs ? budget.strikes : 0;
  const strikes = isStopped ? budget.strikes : before + 1;
  const stopMs = Math.min(retryAfterMs ?? FIRST_STOP_MS * 2 ** (strikes - 1), LONGEST_STOP_MS);
  const untilMs = Math.max(budget.stoppedUntilMs, nowMs + stopMs);
  return { ...budget, strikes, stoppedUntilMs: untilMs, calmAtMs: untilMs + stopMs };
}

function withLane(budget: Budget, resource: string, lane: Lane): Budget {
  return { ...budget, lanes: new Map(budget.lanes).set(resource, lane) };
}

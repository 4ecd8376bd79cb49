import type { Clock } from '../../domain/contracts.ts';
import { PRIORITIES, type Priority } from '../../domain/github-api.ts';
import { type GaugeReading, readingOf } from '../../domain/metric.ts';
import { SELF } from '../../domain/own-metrics.ts';
import type { Sleep } from '../../timing/sleep.ts';
import {
  admit,
  answered,
  type Budget,
  type BudgetDecision,
  ended,
  NEW_BUDGET,
  slowedDown,
  started,
  usedUp,
} from './budget.ts';
import type { Pace } from './pace.ts';
import type { Quota } from './response-headers.ts';

export interface GateOptions {
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Requests in progress at the same time. */
  readonly concurrency: number;
  /** The share, 0 to 1, of each limit that is kept for recovery. */
  readonly reserve: number;
  /** No request waits longer; one that would have to gets the time to come back instead. */
  readonly longestWaitMs: number;
  /** What is known about each credential's limits; the gate keeps it up to date. */
  readonly budgets: Map<string, Budget>;
  readonly pace: Pace;
}

/** A request that wants to be sent. */
export interface GateRequest {
  /** Names of credentials; a later one is used when the earlier ones have nothing left. */
  readonly credentials: readonly [string, ...string[]];
  readonly resource: string;
  readonly priority: Priority;
  /** What it counts for GitHub's secondary limits. */
  readonly points: number;
  /** Sent on behalf of a request that has a slot already: it shares that slot. */
  readonly isNested: boolean;
}

/** What the answer says about limits; null: nothing. */
export interface RateReport {
  readonly counted: { readonly resource: string; readonly quota: Quota } | null;
  readonly limit:
    | { readonly kind: 'used_up' }
    | { readonly kind: 'slow_down'; readonly retryAfterMs: number | null }
    | null;
}

export interface Permit {
  readonly credential: string;
  /** Call it once, when the request has ended. */
  leave(report: RateReport | null): void;
}

interface Waiter extends GateRequest {
  readonly sinceMs: number;
  readonly resolve: (entered: Permit | { readonly retryAtMs: number | null }) => void;
}

/**
 * Decides when requests are sent: a limited number at a time, the most urgent first, and only what the
 * credential's budget allows.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #budgets: Map<string, Budget>;
  readonly #closing = new AbortController();
  #waiters: Waiter[] = [];
  #underWay = 0;
  #wakeAtMs = Number.POSITIVE_INFINITY;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#budgets = options.budgets;
  }

  /** Resolves when the request may be sent, or with the time to come back. */
  enter(entry: GateRequest): Promise<Permit | { readonly retryAtMs: number | null }> {
    return new Promise((resolve) => {
      this.#waiters.push({ ...entry, sinceMs: this.#options.clock(), resolve });
      this.#waiters.sort((a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority));
      this.#letOut();
    });
  }

  /** `aheadMs`: how far GitHub's time is ahead of the clock here. */
  readings(aheadMs: number): GaugeReading[] {
    return Array.from(this.#budgets).flatMap(([credential, { lanes }]) =>
      Array.from(lanes).flatMap(([resource, { quota }]) =>
        quota === null
          ? []
          : [
              readingOf(SELF.githubRemaining, [credential, resource], quota.remaining),
              readingOf(SELF.githubLimit, [credential, resource], quota.limit),
              readingOf(SELF.githubReset, [credential, resource], (quota.resetMs + aheadMs) / 1000),
            ],
      ),
    );
  }

  close(): void {
    this.#closing.abort();
    for (const waiter of this.#waiters) waiter.resolve({ retryAtMs: null });
    this.#waiters = [];
  }

  #letOut(): void {
    const nowMs = this.#options.clock();
    let wakeAtMs = Number.POSITIVE_INFINITY;
    this.#waiters = this.#waiters.filter((waiter) => {
      if (this.#closing.signal.aborted) {
        waiter.resolve({ retryAtMs: null });
        return false;
      }
      const { credential, admission } = this.#choose(waiter, nowMs);
      const hasSlot = waiter.isNested || this.#underWay < this.#options.concurrency;
      if (admission.kind === 'go') {
        if (hasSlot) waiter.resolve(this.#pass(credential, waiter, nowMs));
        return !hasSlot;
      }
      const { atMs } = admission;
      const isTooLong = (atMs ?? nowMs) - waiter.sinceMs > this.#options.longestWaitMs;
      if (isTooLong) waiter.resolve({ retryAtMs: atMs });
      else if (atMs !== null) wakeAtMs = Math.min(wakeAtMs, atMs);
      return !isTooLong;
    });
    this.#wakeAt(wakeAtMs);
  }

  /** The first credential with something left; if none has, the one that will have first. */
  #choose(
    entry: GateRequest,
    nowMs: number,
  ): { readonly credential: string; readonly admission: BudgetDecision } {
    return entry.credentials
      .map((credential) => ({ credential, admission: this.#admit(credential, entry, nowMs) }))
      .reduce((best, each) => (spentUntilMs(each.admission) < spentUntilMs(best.admission) ? each : best));
  }

  #admit(credential: string, { resource, priority, points }: GateRequest, nowMs: number): BudgetDecision {
    const { reserve, pace } = this.#options;
    const admission = admit(this.#budgetOf(credential), { resource, priority, reserve, nowMs });
    const waitMs = admission.kind === 'go' ? pace.waitMs(credential, points) : 0;
    return waitMs > 0 ? { kind: 'paced', atMs: nowMs + waitMs } : admission;
  }

  #pass(credential: string, { resource, points, isNested }: GateRequest, nowMs: number): Permit {
    this.#options.pace.spend(credential, points);
    this.#budgets.set(credential, started(this.#budgetOf(credential), resource, nowMs));
    if (!isNested) this.#underWay += 1;
    return {
      credential,
      leave: (report) => {
        if (!isNested) this.#underWay -= 1;
        this.#budgets.set(credential, this.#after(this.#budgetOf(credential), resource, report));
        this.#letOut();
      },
    };
  }

  #after(budget: Budget, resource: string, report: RateReport | null): Budget {
    if (report === null) return ended(budget, resource);
    const { counted, limit } = report;
    const known = answered(budget, resource, counted?.resource ?? resource, counted?.quota ?? null);
    if (limit === null) return known;
    if (limit.kind === 'used_up') return usedUp(known, counted?.resource ?? resource);
    return slowedDown(known, limit.retryAfterMs, this.#options.clock());
  }

  #budgetOf(credential: string): Budget {
    return this.#budgets.get(credential) ?? NEW_BUDGET;
  }

  /** Checks again at that time, unless an earlier alarm is set. */
  #wakeAt(atMs: number): void {
    const nowMs = this.#options.clock();
    if (atMs === Number.POSITIVE_INFINITY || (this.#wakeAtMs > nowMs && this.#wakeAtMs <= atMs)) return;
    this.#wakeAtMs = atMs;
    void this.#options.sleep(Math.max(atMs - nowMs, 1), this.#closing.signal).then(() => {
      this.#wakeAtMs = Number.POSITIVE_INFINITY;
      this.#letOut();
    });
  }
}

function spentUntilMs(admission: BudgetDecision): number {
  return admission.kind === 'spent' ? admission.atMs : 0;
}

import type { SyncProblem } from './outcome.ts';

/** Waits of 30 s, 1, 2, 4 and 8 minutes. */
const FIRST_WAIT_MS = 30_000;
const MAX_FAILURES = 5;

/**
 * How often each request has failed. It is repeated a few times before a source with less detail is used
 * instead.
 */
export class RetryCounts {
  readonly #failures = new Map<string, number>();
  readonly #failingSinceMs = new Map<string, number>();

  /** Returns when to try again; null: give up, use another source. */
  failed(name: string, { retryAtMs, isHopeless }: SyncProblem, nowMs: number): number | null {
    if (isHopeless) return null;
    const before = this.#failures.get(name) ?? 0;
    if (before === MAX_FAILURES) return null;
    this.#failures.set(name, before + 1);
    return Math.max(retryAtMs ?? 0, nowMs + FIRST_WAIT_MS * 2 ** before);
  }

  /** For how long it has failed, without a success in between. */
  failingForMs(name: string, nowMs: number): number {
    const sinceMs = this.#failingSinceMs.get(name) ?? nowMs;
    this.#failingSinceMs.set(name, sinceMs);
    return nowMs - sinceMs;
  }

  /** It succeeded, or a part of it did. */
  passed(name: string): void {
    this.#failures.delete(name);
    this.#failingSinceMs.delete(name);
  }
}

const LONGEST_MS = 12 * 3_600_000;

/**
 * When to ask about the same key again: after `firstMs`, then after twice, four times … as long, up to half a
 * day. So what GitHub has confirmed is confirmed again before it counts as a ghost (`lifecycle/stale.ts`).
 */
export class BackoffByKey {
  readonly #firstMs: number;
  readonly #asked = new Map<string, { readonly waitMs: number; readonly dueAtMs: number }>();

  constructor(firstMs: number) {
    this.#firstMs = firstMs;
  }

  isDue(key: string, nowMs: number): boolean {
    return nowMs >= (this.#asked.get(key)?.dueAtMs ?? 0);
  }

  asked(key: string, nowMs: number): void {
    const before = this.#asked.get(key);
    const waitMs =
      before === undefined ? this.#firstMs : Math.max(this.#firstMs, Math.min(before.waitMs * 2, LONGEST_MS));
    this.#asked.set(key, { waitMs, dueAtMs: nowMs + waitMs });
  }

  /** Forgets all other keys. */
  keepOnly(keys: Iterable<string>): void {
    const kept = new Set(keys);
    for (const key of this.#asked.keys()) if (!kept.has(key)) this.#asked.delete(key);
  }
}

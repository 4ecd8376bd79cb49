import type { Entry } from './entry.ts';

export const EVICTION_REASONS = ['dispatched', 'expired', 'oldest'] as const;
export type EvictionReason = (typeof EVICTION_REASONS)[number];

/**
 * Entries by their turn to go: those that are dispatched first, then the others, and of each the one that was touched longest
 * ago. All entries of a list have the same time to live, so a list in the order of touching is one in the order of expiry: a
 * Map keeps that order, and is a priority queue at no cost.
 */
export class EvictionOrder {
  /** Something more is expected. */
  readonly #active = new Map<string, Entry>();
  /** Complete, but its samples have not been taken by all receivers. */
  readonly #sending = new Map<string, Entry>();
  readonly #dispatched = new Map<string, Entry>();
  readonly #objects = { job: 0, run: 0 };
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** States, not entries. */
  objects(kind: Entry['kind']): number {
    return this.#objects[kind];
  }

  get(key: string): Entry | undefined {
    return this.#active.get(key) ?? this.#sending.get(key) ?? this.#dispatched.get(key);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  put(entry: Entry): void {
    this.remove(entry.key);
    (entry.isFinal ? this.#sending : this.#active).set(entry.key, entry);
    this.#count(entry, 1);
  }

  /** The entry, which is now the youngest of its kind. */
  touch(key: string, nowMs: number): Entry | undefined {
    for (const list of [this.#active, this.#sending, this.#dispatched]) {
      const entry = list.get(key);
      if (entry === undefined) continue;
      entry.touchedAtMs = nowMs;
      list.delete(key);
      list.set(key, entry);
      return entry;
    }
    return undefined;
  }

  /** All samples before that place were taken. */
  dispatch(settledSeq: number): void {
    for (const [key, entry] of this.#sending) {
      // Those behind it were stored later, but for a few that were touched since: their turn comes too.
      if (entry.endSeq > settledSeq) break;
      this.#sending.delete(key);
      this.#dispatched.set(key, entry);
    }
  }

  /** Lets go what is older than it may be, and more while there is more than the limit; answers how many for which reason. */
  evict({
    limitBytes,
    expiredMs,
    dispatchedMs,
  }: {
    readonly limitBytes: number;
    readonly expiredMs: number;
    readonly dispatchedMs: number;
  }): Readonly<Record<EvictionReason, number>> {
    const isFull = () => this.#bytes > limitBytes;
    const isExpired = (entry: Entry) => entry.touchedAtMs < expiredMs;
    const isDone = (entry: Entry) => isFull() || entry.touchedAtMs < dispatchedMs;
    // In this order: each is evaluated when those before it are gone.
    const dispatched = this.#evictFrom(this.#dispatched, isDone);
    const expired = this.#evictFrom(this.#sending, isExpired) + this.#evictFrom(this.#active, isExpired);
    const oldest = this.#evictFrom(this.#sending, isFull) + this.#evictFrom(this.#active, isFull);
    return { dispatched, expired, oldest };
  }

  #evictFrom(list: Map<string, Entry>, isDue: (entry: Entry) => boolean): number {
    let evicted = 0;
    for (const [key, entry] of list) {
      if (!isDue(entry)) break;
      list.delete(key);
      this.#count(entry, -1);
      evicted += 1;
    }
    return evicted;
  }

  remove(key: string): void {
    const known = this.get(key);
    if (known === undefined) return;
    for (const list of [this.#active, this.#sending, this.#dispatched]) list.delete(key);
    this.#count(known, -1);
  }

  #count({ kind, bytes, jobs, runs }: Entry, sign: 1 | -1): void {
    this.#bytes += sign * bytes;
    this.#objects[kind] += sign * (jobs.length + runs.length);
  }
}

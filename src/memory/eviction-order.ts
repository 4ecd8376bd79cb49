import type { Entry } from './entry.ts';

export const EVICTION_REASONS = ['dispatched', 'expired', 'oldest'] as const;
export type EvictionReason = (typeof EVICTION_REASONS)[number];

/**
 * Entries in the order of eviction: dispatched ones first, then the others, and in each list the least
 * recently used first. All entries of a list have the same time to live, so the order of use is the order of
 * expiry: a Map keeps it, and is a priority queue at no cost.
 */
export class EvictionOrder {
  /** More events are expected. */
  readonly #active = new Map<string, Entry>();
  /** Complete, but not all receivers have accepted its samples. */
  readonly #sending = new Map<string, Entry>();
  readonly #dispatched = new Map<string, Entry>();
  readonly #lists = [this.#active, this.#sending, this.#dispatched];
  readonly #objects = { job: 0, run: 0 };
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** The number of states, not of entries. */
  objects(kind: Entry['kind']): number {
    return this.#objects[kind];
  }

  get(key: string): Entry | undefined {
    return this.#active.get(key) ?? this.#sending.get(key) ?? this.#dispatched.get(key);
  }

  /** As the most recently used of its kind. */
  put(entry: Entry): void {
    this.remove(entry.key);
    (entry.isFinal ? this.#sending : this.#active).set(entry.key, entry);
    this.#count(entry, 1);
  }

  /** All samples before that position were accepted. */
  dispatch(settledSeq: number): void {
    for (const [key, entry] of this.#sending) {
      // The following ones were stored later, except a few that were touched since: their turn comes too.
      if (entry.endSeq > settledSeq) break;
      this.#sending.delete(key);
      this.#dispatched.set(key, entry);
    }
  }

  /**
   * Evicts what has expired, and more while the size exceeds the limit. Returns how many for which reason.
   */
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
    // In this order: each is evaluated after the ones before it are evicted.
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

  clear(): void {
    for (const list of this.#lists) for (const key of [...list.keys()]) this.remove(key);
  }

  remove(key: string): void {
    for (const list of this.#lists) {
      const entry = list.get(key);
      if (entry === undefined) continue;
      list.delete(key);
      this.#count(entry, -1);
      return;
    }
  }

  #count({ kind, bytes, jobs, runs }: Entry, sign: 1 | -1): void {
    this.#bytes += sign * bytes;
    this.#objects[kind] += sign * (jobs.length + runs.length);
  }
}

const LONGEST_MS = 12 * 3_600_000;

/**
 * When to ask about the same thing again: after `firstMs`, then after twice, four times … as long, up to half a day, so that what
 * GitHub has confirmed is confirmed again before it counts as a ghost (`staleLimits`).
 */
export class Patience {
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

  /** Forgets all others. */
  keepOnly(keys: Iterable<string>): void {
    const kept = new Set(keys);
    for (const key of this.#asked.keys()) if (!kept.has(key)) this.#asked.delete(key);
  }
}

import type { Series } from './sorted-series.ts';

interface HeldGroup {
  readonly series: readonly Series[];
  touchedAtMs: number;
  /** When other processes were told that it is active. */
  toldAtMs: number;
}

const MAX_GROUPS = 50_000;
const TELL_EVERY_MS = 600_000;

/**
 * The groups whose series are kept together: none of them expires while another one of its group is updated.
 */
export class HeldGroups {
  readonly #groups = new Map<string, HeldGroup>();

  /** Whether the group is held; if so, it counts as updated now. */
  touch(key: string, nowMs: number): boolean {
    const group = this.#groups.get(key);
    if (group !== undefined) group.touchedAtMs = nowMs;
    return group !== undefined;
  }

  /** Whether it is time to tell other processes that this group is active; it then counts as told. */
  mustTell(key: string, nowMs: number): boolean {
    const group = this.#groups.get(key);
    if (group === undefined || nowMs - group.toldAtMs < TELL_EVERY_MS) return false;
    group.toldAtMs = nowMs;
    return true;
  }

  /** Over the limit, all are forgotten: each comes back with its next event. */
  add(key: string, series: readonly Series[], nowMs: number): void {
    if (this.#groups.size >= MAX_GROUPS) this.#groups.clear();
    this.#groups.set(key, { series, touchedAtMs: nowMs, toldAtMs: nowMs });
  }

  clear(): void {
    this.#groups.clear();
  }

  /**
   * Makes each series as recent as its most recent group, and forgets groups last updated before `beforeMs`.
   */
  refresh(beforeMs: number): void {
    for (const [key, { series, touchedAtMs }] of this.#groups) {
      if (touchedAtMs < beforeMs) this.#groups.delete(key);
      else for (const each of series) each.touchedAtMs = Math.max(each.touchedAtMs, touchedAtMs);
    }
  }
}

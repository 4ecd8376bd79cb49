import type { Clock } from '../domain/contracts.ts';
import { type Exemplar, exemplarText } from '../domain/exemplar.ts';
import type { HeldExemplar, Series } from './sorted-series.ts';

/** Some 400 bytes each. */
const MAX_HELD = 20_000;
/**
 * For so long a scraper that is away may come back for one. Not for ever: a scraper whose own store has dropped
 * an old one takes it again at each scrape, in place of a newer one.
 */
export const SHOWN_MS = 3_600_000;

const PLACED_EVERY_MS = 60_000;

/** The latest exemplar of each bucket, in memory only; over the limit, those noted first go first. */
export class Exemplars {
  /** In the order in which they were noted, give or take a minute. */
  readonly #held = new Set<HeldExemplar>();
  readonly #steady: Clock;

  constructor(steady: Clock) {
    this.#steady = steady;
  }

  get size(): number {
    return this.#held.size;
  }

  /** The series has been incremented for it, so it has changed already. */
  note(series: Series, index: number, exemplar: Exemplar): void {
    const nowMs = this.#steady();
    series.exemplars ??= [];
    const held = series.exemplars[index];
    if (held !== undefined && held.exemplar.atMs >= exemplar.atMs && isShown(held, nowMs)) return;
    if (held === undefined)
      this.#add({ exemplar, series, index, notedAtMs: nowMs, placedAtMs: nowMs, text: null });
    else this.#replace(held, exemplar, nowMs);
  }

  /** What is written behind the line of the bucket; empty if there is none. */
  textOf(series: Series, index: number): string {
    const held = series.exemplars?.[index];
    if (held === undefined || !isShown(held, this.#steady())) return '';
    held.text ??= exemplarText(held.exemplar);
    return held.text;
  }

  /** As `ServiceTime.steady`. */
  get nowMs(): number {
    return this.#steady();
  }

  /** Until when the series shows what it shows now, unless it changes. */
  untilMs({ exemplars }: Series): number {
    const nowMs = this.#steady();
    const shown = exemplars?.filter((held) => held !== undefined && isShown(held, nowMs)) ?? [];
    return Math.min(...shown.map((held) => (held?.notedAtMs ?? nowMs) + SHOWN_MS));
  }

  clear(): void {
    for (const held of this.#held) this.#drop(held);
  }

  #add(held: HeldExemplar): void {
    if (held.series.exemplars !== null) held.series.exemplars[held.index] = held;
    this.#held.add(held);
    for (const oldest of this.#held) {
      if (this.#held.size <= MAX_HELD && isShown(oldest, held.notedAtMs)) break;
      this.#drop(oldest);
    }
  }

  /** This happens with nearly every job. */
  #replace(held: HeldExemplar, exemplar: Exemplar, nowMs: number): void {
    held.exemplar = exemplar;
    held.notedAtMs = nowMs;
    held.text = null;
    if (nowMs - held.placedAtMs < PLACED_EVERY_MS) return;
    held.placedAtMs = nowMs;
    this.#held.delete(held);
    this.#held.add(held);
  }

  #drop(held: HeldExemplar): void {
    this.#held.delete(held);
    if (held.series.exemplars?.[held.index] !== held) return;
    held.series.exemplars[held.index] = undefined;
    held.series.changes += 1;
  }
}

function isShown({ notedAtMs }: HeldExemplar, nowMs: number): boolean {
  return nowMs - notedAtMs < SHOWN_MS;
}

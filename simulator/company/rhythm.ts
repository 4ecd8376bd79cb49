/*
 * When people work. The company's days are placed so that the moment at which the demo begins is the busiest part of
 * a working day, wherever and whenever it is shown.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How busy each hour of a working day is, of the busiest. */
const HOURS = [
  0.05, 0.04, 0.04, 0.04, 0.04, 0.05, 0.08, 0.18, 0.36, 0.7, 1, 0.86, 0.5, 0.55, 0.62, 0.6, 0.5, 0.34, 0.2,
  0.15, 0.12, 0.1, 0.08, 0.06,
];
/** What is left of that on a free day. */
const FREE_DAY = 0.16;
/** The hour at the company when the demo begins. */
const PRESENT_HOUR = 10.5;
/** When what is scheduled runs. */
const NIGHTLY_HOUR = 2;

export interface Rhythm {
  /** From 0 to 1. */
  busyness(atMs: number): number;
  /** The next time at or after `atMs` when nightly work is due. */
  nightly(atMs: number): number;
}

/** The rhythm of a company for which it is late morning at `presentMs`. */
export function rhythmAround(presentMs: number): Rhythm {
  const midnightMs = presentMs - PRESENT_HOUR * HOUR_MS;
  const weekday = new Date(presentMs).getUTCDay();
  // It is never a free day, nor the day after: yesterday people worked too.
  const today = weekday < 2 || weekday > 5 ? 3 : weekday;

  return {
    busyness(atMs) {
      const sinceMs = atMs - midnightMs;
      const day = Math.floor(sinceMs / DAY_MS);
      const hour = (sinceMs - day * DAY_MS) / HOUR_MS;
      const isFree = [0, 6].includes((((today + day) % 7) + 7) % 7);
      return at(hour) * (isFree ? FREE_DAY : 1);
    },
    nightly(atMs) {
      const firstMs = midnightMs + NIGHTLY_HOUR * HOUR_MS;
      return firstMs + Math.ceil((atMs - firstMs) / DAY_MS) * DAY_MS;
    },
  };
}

/** Between two hours it changes evenly. */
function at(hour: number): number {
  const [before, share] = [Math.floor(hour), hour % 1];
  const [from = 0, to = 0] = [HOURS[before % 24], HOURS[(before + 1) % 24]];
  return from + (to - from) * share;
}

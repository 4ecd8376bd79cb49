import { formatDuration, formatTick } from './duration.ts';
import { formatAverage, formatCount, formatMoney, formatPercent, formatShort } from './number.ts';

/** What a number is. */
export type Unit = 'seconds' | 'count' | 'average' | 'dollars' | 'ratio';

interface UnitFormat {
  readonly value: (value: number | null | undefined) => string;
  /** Short, for an axis. */
  readonly tick: (value: number) => string;
  /** Steps of an axis that are round in this unit; by default powers of ten. */
  readonly steps?: readonly number[];
}

const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SECONDS = [1, 2, 5, 10, 15, 30];
const MINUTES = [1, 2, 3, 5, 10, 15, 20, 30].map((count) => count * MINUTE);
const HOURS = [1, 2, 3, 6, 12].map((count) => count * HOUR);
const DAYS = [1, 2, 5, 10, 20, 50, 100, 200, 500].map((count) => count * DAY);

export const UNITS: Readonly<Record<Unit, UnitFormat>> = {
  seconds: { value: formatDuration, tick: formatTick, steps: [...SECONDS, ...MINUTES, ...HOURS, ...DAYS] },
  count: { value: formatCount, tick: formatShort, steps: COUNTS },
  /** A number of things on average. */
  average: { value: formatAverage, tick: formatShort, steps: COUNTS },
  dollars: { value: formatMoney, tick: (value) => `$${formatShort(value)}` },
  ratio: { value: formatPercent, tick: formatPercent },
};

import { UNITS } from '../../format/unit.ts';
import type { Series } from './series.ts';

/* Where the times and values of a chart are drawn. Pure: no browser, except for the viewer's zone. */

export interface Tick {
  /** In pixels. */
  readonly at: number;
  readonly text: string;
}

/** A chart of a certain width, in pixels from its top left corner. */
export interface Scale {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly x: (time: number) => number;
  readonly y: (value: number) => number;
  readonly barY: (count: number) => number;
  /** The time at a place, within the chart's times. */
  readonly timeAt: (x: number) => number;
  /** The index of the nearest time. */
  readonly indexAt: (x: number) => number;
  readonly timeTicks: readonly Tick[];
  readonly valueTicks: readonly Tick[];
}

const TOP = 8;
const RIGHT = 8;
const BOTTOM = 24;
const LETTER = 6.2;
const VALUE_ROOM = 34;
const TIME_ROOM = 66;
/** A little room above the highest value. */
const ABOVE = 1.08;
/** The bars reach this part of the height, below the lines. */
const BARS_SHARE = 4;
const HOUR = 3600;
const TIME_STEPS = [60, 300, 600, 900, 1800, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR];

/** The scale of a series in so many pixels. */
export function scaleOf(series: Series, width: number): Scale {
  const { times, lines, bars, height, unit, max, axisWidth = 0 } = series;
  const highest = max ?? Math.max(0, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const top = highest > 0 ? highest * ABOVE : 1;
  const bottom = height - BOTTOM;
  const values = ticksUpTo(top, (bottom - TOP) / VALUE_ROOM, UNITS[unit].steps);
  const texts = values.map(UNITS[unit].tick);
  const left = Math.max(axisWidth, 12 + Math.max(0, ...texts.map(({ length }) => length)) * LETTER);
  const right = Math.max(left + 1, width - RIGHT);
  const [first = 0, last = 1] = [times[0], times.at(-1)];
  const span = Math.max(1, last - first);
  const most = Math.max(1, ...(bars?.values ?? []).map((count) => count ?? 0)) * BARS_SHARE;
  const x = (time: number) => left + ((time - first) / span) * (right - left);
  const y = (value: number) => bottom - (value / top) * (bottom - TOP);
  const shareAt = (at: number) => Math.max(0, Math.min(1, (at - left) / (right - left)));
  return {
    ...{ width, height, left, right, bottom, x, y },
    barY: (count) => bottom - (count / most) * (bottom - TOP),
    timeAt: (at) => first + shareAt(at) * span,
    indexAt: (at) => Math.round(shareAt(at) * (times.length - 1)),
    timeTicks: timesBetween(first, last, (right - left) / TIME_ROOM).map(({ time, text }) => ({
      at: x(time),
      text,
    })),
    valueTicks: values.map((value, index) => ({ at: y(value), text: texts[index] ?? '' })),
  };
}

/** Round values from 0 on, so many at most. `steps` are what is round; by default 1, 2 and 5 of each power of ten. */
export function ticksUpTo(top: number, count: number, steps: readonly number[] = []): number[] {
  const least = top / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(least));
  const step =
    steps.find((each) => each >= least) ??
    [1, 2, 5, 10].map((each) => each * power).find((each) => each >= least) ??
    least;
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, index) => index * step);
}

const CLOCK = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const DATE = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });

/** Round times of the viewer's zone, so many at most; where a day begins, its date. */
export function timesBetween(first: number, last: number, count: number): { time: number; text: string }[] {
  const least = (last - first) / Math.max(1, count);
  const step = TIME_STEPS.find((each) => each >= least);
  const found: { time: number; text: string }[] = [];
  const everyDays = step === undefined ? Math.max(1, Math.ceil(least / (24 * HOUR))) : 1;
  for (const day of daysBetween(first, last)) {
    if (day.number % everyDays !== 0) continue;
    // From each midnight on, so that a day of 23 or 25 hours moves no label of the next.
    for (let time = day.start; time < day.end; time += step ?? 25 * HOUR) {
      if (time < first || time > last) continue;
      found.push({ time, text: (time === day.start ? DATE : CLOCK).format(time * 1000) });
    }
  }
  return found;
}

/** The days that a span of time touches, in the viewer's zone. */
function daysBetween(first: number, last: number): { number: number; start: number; end: number }[] {
  const days: { number: number; start: number; end: number }[] = [];
  const date = new Date(first * 1000);
  date.setHours(0, 0, 0, 0);
  while (date.getTime() / 1000 <= last) {
    const start = date.getTime() / 1000;
    date.setDate(date.getDate() + 1);
    days.push({ number: Math.round(start / (24 * HOUR)), start, end: date.getTime() / 1000 });
  }
  return days;
}

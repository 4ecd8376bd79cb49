import { STEP_MS, type Step } from '../../domain/steps.ts';
import { parseTime } from '../time.ts';
import { BadQuery } from './parameters.ts';

/** From the first time until before the last. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

const MINUTE_MS = 60_000;
export const DEFAULT_WINDOW_MS = 86_400_000;
const STEPS = Object.keys(STEP_MS) as readonly Step[];
/** As many points as a chart can show. */
const POINTS = 120;
/** More would be a long answer for every group. */
const MOST_POINTS = 2000;

interface WindowTexts {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * The window that the parameters name, by default the last 24 hours. A beginning that is relative to now is a
 * whole minute: so the answers of a minute in which nothing changes are equal. Throws `BadQuery`.
 */
export function windowOf({ from, to }: WindowTexts, nowMs: number): TimeWindow {
  const toMs = to === undefined ? nowMs : timeOf('to', to, nowMs);
  const fromMs = from === undefined ? Math.max(0, toMs - DEFAULT_WINDOW_MS) : timeOf('from', from, nowMs);
  const isRelative = from === undefined || from.startsWith('-');
  const window = { fromMs: isRelative ? fromMs - (fromMs % MINUTE_MS) : fromMs, toMs };
  if (window.fromMs >= window.toMs) throw new BadQuery('from must be before to.');
  return window;
}

/** The length of one point of a window. Throws `BadQuery`. */
export function stepOf(text: Step | 'auto', { fromMs, toMs }: TimeWindow): Step {
  const lengthMs = toMs - fromMs;
  if (text === 'auto') return STEPS.find((each) => STEP_MS[each] * POINTS >= lengthMs) ?? '1d';
  if (STEP_MS[text] * MOST_POINTS >= lengthMs) return text;
  const least = STEPS.find((each) => STEP_MS[each] * MOST_POINTS >= lengthMs) ?? '1d';
  throw new BadQuery(
    `step=${text} makes more than ${MOST_POINTS} points of this window: take ${least}, or auto.`,
  );
}

/** Throws `BadQuery`. */
export function timeOf(name: string, text: string, nowMs: number): number {
  const ms = parseTime(text, nowMs);
  if (ms === null)
    throw new BadQuery(
      `${name} must be a time such as 2026-11-28T12:00:00Z, seconds since 1970, or how long ago: -7d, -12h, -30m. None is before 1970, or after the year 9999.`,
    );
  return ms;
}

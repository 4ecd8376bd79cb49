import type { Override, Thresholds } from './dashboard-json.ts';

/* The colours of the page (after Okabe and Ito), which people with any colour vision can tell apart. */

const GREEN = '#0fb487';
const ORANGE = '#ec7526';
const GREY = '#949ba6';
const BLUE = '#3ba0dd';
const YELLOW = '#e69f00';
const PURPLE = '#a0518f';
const PALE = '#c9ced6';

/** By the value of `conclusion`, also of a deployment's `state`. */
export const CONCLUSIONS: Readonly<Record<string, string>> = {
  success: GREEN,
  failure: ORANGE,
  timed_out: PURPLE,
  startup_failure: YELLOW,
  error: PURPLE,
  cancelled: GREY,
  skipped: PALE,
  neutral: PALE,
  inactive: PALE,
  action_required: BLUE,
  stale: PALE,
};

/** By the value of `status`, of jobs and of runners. */
export const STATUSES: Readonly<Record<string, string>> = {
  in_progress: BLUE,
  queued: YELLOW,
  waiting: PURPLE,
  pending: GREY,
  requested: PALE,
  busy: BLUE,
  idle: GREEN,
  offline: GREY,
};

/** Of the middle, and to the extreme. */
export const PERCENTILES: Readonly<Record<string, string>> = { p50: BLUE, p95: YELLOW, p99: ORANGE };

export const PLAIN: Thresholds = { mode: 'absolute', steps: [{ value: null, color: 'text' }] };

/** Red at this value and above. */
export function redFrom(value: number): Thresholds {
  return steps([null, GREEN], [value, ORANGE]);
}

/** Red below this value. */
export function redBelow(value: number): Thresholds {
  return steps([null, ORANGE], [value, GREEN]);
}

function steps(...pairs: readonly (readonly [number | null, string])[]): Thresholds {
  return { mode: 'absolute', steps: pairs.map(([value, color]) => ({ value, color })) };
}

/** A fixed colour for each series of that name. */
export function coloured(colours: Readonly<Record<string, string>>): Override[] {
  return Object.entries(colours).map(([name, fixedColor]) => ({
    matcher: { id: 'byName', options: name },
    properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
  }));
}

/** Series of these names are dashed and thin, as what they are compared with. */
export function dashed(...names: readonly string[]): Override[] {
  return names.map((name) => ({
    matcher: { id: 'byName', options: name },
    properties: [
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
      { id: 'custom.fillOpacity', value: 0 },
      { id: 'custom.stacking', value: { mode: 'none', group: 'B' } },
    ],
  }));
}

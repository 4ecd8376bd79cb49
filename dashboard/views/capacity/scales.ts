/* From numbers to places in the chart. Pure: no browser. */

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** In pixels. */
const LEAST_GAP = 14;
const TICKS = [0, 1, 10, MINUTE, 10 * MINUTE, HOUR, 10 * HOUR, 4 * DAY, 40 * DAY, 400 * DAY];

/** Waits reach from seconds to days: each tenfold one takes the same height. */
export function waitScale(longest: number, { top, bottom }: Box): (seconds: number) => number {
  const most = Math.log10(1 + Math.max(1, longest));
  return (seconds) => bottom - (Math.log10(1 + seconds) / most) * (bottom - top);
}

/** Round waits that are not too near to one another. */
export function waitTicks(longest: number, y: (seconds: number) => number): readonly number[] {
  return TICKS.filter((tick) => tick <= longest && (tick === 0 || y(0) - y(tick) >= LEAST_GAP));
}

/** From one runner to `last`. */
export function runnerScale(last: number, { left, right }: Box): (runners: number) => number {
  return (runners) => (last <= 1 ? (left + right) / 2 : left + ((runners - 1) / (last - 1)) * (right - left));
}

/** Round numbers of runners, about as many as fit. */
export function runnerTicks(last: number, fitting: number): readonly number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((each) => last / each <= fitting) ?? 5000;
  const round = Array.from({ length: Math.floor(last / step) }, (_, index) => (index + 1) * step);
  return step === 1 ? round : [1, ...round];
}

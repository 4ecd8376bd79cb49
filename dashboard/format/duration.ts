const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** What stands where there is no number. */
export const NOTHING = '–';

/** Seconds as people say them, in two units at most: `42 s`, `4 min 05 s`, `1 h 04 min`, `3 d 04 h`. */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NOTHING;
  const sign = seconds < 0 ? '−' : '';
  const size = Math.abs(seconds);
  if (size > 0 && size < 0.5) return `${sign}<1 s`;
  const whole = Math.round(size);
  if (whole < MINUTE) return `${sign}${whole} s`;
  if (whole < HOUR) return `${sign}${pair(whole, [MINUTE, 'min'], [1, 's'])}`;
  const minutes = Math.round(size / MINUTE) * MINUTE;
  if (minutes < DAY) return `${sign}${pair(minutes, [HOUR, 'h'], [MINUTE, 'min'])}`;
  const hours = Math.round(size / HOUR) * HOUR;
  return `${sign}${pair(hours, [DAY, 'd'], [HOUR, 'h'])}`;
}

/** For an axis: one unit where it is exact: `90 s` is `1 min 30 s`, `3600` is `1 h`. */
export function formatTick(seconds: number): string {
  return formatDuration(seconds).replace(/ 00 (s|min|h)$/, '');
}

type Unit = readonly [size: number, name: string];

function pair(seconds: number, [large, first]: Unit, [small, second]: Unit): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${first} ${String(rest).padStart(2, '0')} ${second}`;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
/** The length of `2026-11-28`. */
const DAY = 10;
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** The last moment that RFC 3339 can name. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * The time that a text in a request means: RFC 3339, seconds since 1970, or how long ago (`-7d`). Null for
 * anything else, and for times before 1970 or after the year 9999.
 */
export function parseTime(text: string, nowMs: number): number | null {
  const ms = msOf(text, nowMs);
  return ms !== null && ms >= 0 && ms <= LAST_MS ? ms : null;
}

function msOf(text: string, nowMs: number): number | null {
  const [, count, unit = ''] = /^-(\d{1,9})([smhdw])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (UNIT_MS[unit] ?? 0);
  if (/^\d{1,11}(\.\d{1,3})?$/.test(text)) return Math.round(Number(text) * 1000);
  const ms = RFC_3339.test(text) && isDay(text.slice(0, DAY)) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function isDay(text: string): boolean {
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

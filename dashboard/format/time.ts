import { NOTHING } from './duration.ts';

/** What a viewer reads: their own zone. */
export const ZONE = new Intl.DateTimeFormat('en').resolvedOptions().timeZone;

const DATE = { month: 'short', day: 'numeric' } as const;
const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const MINUTES = new Intl.DateTimeFormat('en', { ...DATE, ...CLOCK });
const SECONDS = new Intl.DateTimeFormat('en', { ...CLOCK, second: '2-digit' });
const DAYS = new Intl.DateTimeFormat('en', DATE);
const NAMED = new Intl.DateTimeFormat('en', { ...DATE, ...CLOCK, second: '2-digit', timeZoneName: 'short' });

/** A time of the API (RFC 3339) or milliseconds. */
export type Moment = string | number | null | undefined;

/** `Nov 29, 04:31`, in the viewer's zone. */
export function formatTime(at: Moment): string {
  return formatted(MINUTES, at);
}

/** `04:31:07`, in the viewer's zone. */
export function formatClock(at: Moment): string {
  return formatted(SECONDS, at);
}

/** `Nov 29`, in the viewer's zone. */
export function formatDay(at: Moment): string {
  return formatted(DAYS, at);
}

/** With seconds, the zone's name, and the same in UTC: for a tooltip. */
export function formatWhole(at: Moment): string {
  const ms = millisecondsOf(at);
  if (ms === null) return NOTHING;
  return `${NAMED.format(ms)}\n${new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')}`;
}

/** Milliseconds since 1970; null: there is no time. */
export function millisecondsOf(at: Moment): number | null {
  if (at === null || at === undefined) return null;
  const ms = typeof at === 'number' ? at : Date.parse(at);
  return Number.isNaN(ms) ? null : ms;
}

function formatted(format: Intl.DateTimeFormat, at: Moment): string {
  const ms = millisecondsOf(at);
  return ms === null ? NOTHING : format.format(ms);
}

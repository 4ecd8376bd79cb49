import type { LoadPoints } from '../../../src/domain/openapi-types.ts';

/* Averages of the hours of the week in the viewer's zone. Pure: no browser. */

export const HOURS_OF_WEEK = 168;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * The average of the queued jobs in each hour of the week, from Monday 0:00 in `timeZone`. `stepMs` must divide
 * an hour of that zone. Steps that are not among the points had none; those before the first are not known.
 */
export function averageQueued(
  points: LoadPoints,
  { toMs, stepMs, timeZone }: { readonly toMs: number; readonly stepMs: number; readonly timeZone: string },
): number[] {
  const queued = new Map(points.map(([at, average]) => [Date.parse(at), average]));
  const sums = new Float64Array(HOURS_OF_WEEK);
  const counts = new Float64Array(HOURS_OF_WEEK);
  const hourOf = openHourOfWeek(timeZone);
  const first = Math.min(...queued.keys());
  for (let ms = first; ms < toMs; ms += stepMs) {
    const hour = hourOf(ms);
    sums[hour] = (sums[hour] ?? 0) + (queued.get(ms) ?? 0);
    counts[hour] = (counts[hour] ?? 0) + 1;
  }
  return Array.from(sums, (sum, hour) => sum / Math.max(1, counts[hour] ?? 0));
}

function openHourOfWeek(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: 'numeric',
    hourCycle: 'h23',
  });
  return (ms) => {
    const parts = format.formatToParts(ms);
    const text = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
    return DAYS.indexOf(text('weekday')) * 24 + Number(text('hour'));
  };
}

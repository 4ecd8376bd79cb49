import { durationBetween } from '../domain/lifecycle/duration.ts';
import type { TraceTimes } from '../domain/trace-entry.ts';

/**
 * When something ran, of GitHub's own times, of which metrics are made too. An end before the start becomes the start;
 * what would have taken years takes no time at its end.
 */
export function timesBetween(startMs: number, endMs: number): TraceTimes {
  const { durationMs, anomalies } = durationBetween(startMs, endMs, 'job_duration');
  const isClamped = anomalies.length > 0;
  return durationMs === null
    ? { startMs: endMs, endMs, isClamped }
    : { startMs, endMs: startMs + durationMs, isClamped };
}

/** The same, where some may be unknown: the first of the starts that is known, else the end. Without one it takes no time. */
export function timesOf(
  starts: readonly (number | null)[],
  endMs: number | null,
  reportedAtMs: number,
): TraceTimes {
  const startMs = starts.find((ms) => ms !== null) ?? endMs ?? reportedAtMs;
  return endMs === null ? { startMs, endMs: startMs, isClamped: true } : timesBetween(startMs, endMs);
}

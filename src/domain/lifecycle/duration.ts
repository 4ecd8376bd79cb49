import type { AnomalyKind, Fact } from './fact.ts';

/**
 * GitHub ends everything after 35 days. Anything that seems to have taken years has a damaged time, and would
 * spoil every sum.
 */
const LONGEST_MS = 400 * 24 * 3_600_000;

/**
 * The time between two times, or null if one of them is unknown. GitHub truncates its times to seconds and
 * its clocks differ, so the second may be before the first. That counts as 0 and is reported as an anomaly.
 * So is an absurdly long time, which counts as unknown.
 */
export function durationBetween(
  startMs: number | null,
  endMs: number | null,
  anomaly: AnomalyKind,
): { readonly durationMs: number | null; readonly anomalies: readonly Fact[] } {
  if (startMs === null || endMs === null) return { durationMs: null, anomalies: [] };
  if (endMs - startMs > LONGEST_MS) return { durationMs: null, anomalies: [{ kind: 'anomaly', anomaly }] };
  if (endMs >= startMs) return { durationMs: endMs - startMs, anomalies: [] };
  return { durationMs: 0, anomalies: [{ kind: 'anomaly', anomaly }] };
}

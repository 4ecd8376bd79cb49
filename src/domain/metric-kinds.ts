import type { Metric, MetricType } from './metric.ts';

/**
 * Bucket bounds for durations of CI work, in milliseconds: 1 s to 6 h, the longest that a GitHub-hosted job
 * may run.
 */
export const DURATION_BUCKETS_MS: readonly number[] = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10800, 21600,
].map((seconds) => seconds * 1000);

/** A metric with one value per label set. */
export function metric(name: string, type: MetricType, labels: readonly string[], help: string): Metric {
  return { name, type, labels, help };
}

/** A histogram of durations, stored in milliseconds. */
export function seconds(
  name: string,
  labels: readonly string[],
  help: string,
  buckets = DURATION_BUCKETS_MS,
): Metric {
  return { name, type: 'histogram', labels, help, scale: 1000, buckets };
}

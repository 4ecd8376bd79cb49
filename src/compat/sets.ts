import { DURATION_BUCKETS_MS } from '../domain/metric.ts';
import type { CompatName } from './names.ts';
import type { CompatSet } from './old-metric.ts';
import { OTEL } from './otel.ts';

/** All sets, by the name of their path. */
export const COMPAT_SETS: Readonly<Record<CompatName, CompatSet>> = { otel: OTEL };

/** A set whose durations have these buckets, where those of the exporter are not fixed. */
export function setWith(name: CompatName, durationBucketsMs: readonly number[]): CompatSet {
  const set = COMPAT_SETS[name];
  return {
    ...set,
    counted: set.counted.map((each) =>
      each.buckets === DURATION_BUCKETS_MS ? { ...each, buckets: durationBucketsMs } : each,
    ),
  };
}

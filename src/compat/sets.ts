import { DURATION_BUCKETS_MS } from '../domain/metric.ts';
import { ARC } from './arc.ts';
import { CPANATO } from './cpanato.ts';
import { LIVE_ACTIONS } from './live-actions.ts';
import type { CompatName } from './names.ts';
import type { CompatSet } from './old-metric.ts';
import { OTEL } from './otel.ts';
import { PROMHIPPIE } from './promhippie.ts';

/** All sets, by the name of their path. */
export const COMPAT_SETS: Readonly<Record<CompatName, CompatSet>> = {
  arc: ARC,
  cpanato: CPANATO,
  promhippie: PROMHIPPIE,
  'live-actions': LIVE_ACTIONS,
  otel: OTEL,
};

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

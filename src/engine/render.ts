import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CompatName } from '../compat/names.ts';
import type { Clock, ScrapeQuery } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { LEADER_REPORT, readLeaderReport } from '../domain/replica.ts';
import { renderExposition } from '../metrics/exposition.ts';
import type { PackedBlocks } from '../metrics/packed-exposition.ts';
import { shapeReadings } from '../metrics/shape-readings.ts';
import { type OtlpFamily, otlpFamilies } from '../otlp-metrics/families.ts';
import { sleep } from '../timing/sleep.ts';
import { compatExposition } from './compat.ts';
import type { EngineParts } from './parts.ts';
import { fleetReadings, processReadings, replicaReadings, storeReadings } from './readings.ts';
import type { EngineRules } from './rules.ts';

/** What a scrape may wait for other processes' numbers. */
const CATCH_UP_MS = 2000;

/** What a scrape shows. `gauges`: readings of the other thread. */
export async function render(
  { format, scope, compat, isPacked = false }: ScrapeQuery,
  gauges: readonly GaugeReading[],
  parts: EngineParts,
  clock: Clock,
): Promise<Uint8Array> {
  const all = [...gauges, ...(await engineReadings(scope, parts, clock))];
  await nextTurn();
  const { rules } = parts.config;
  const packed = isPacked ? rules.registry.packed : undefined;
  if (compat !== undefined) return renderCompat(compat as CompatName, all, rules, packed);
  const { catalogue, jobNumbers, values } = rules;
  const readings = shapeReadings(all, values.metrics);
  await nextTurn();
  const { createdTimestamps } = values.metrics;
  const exemplars = values.metrics.exemplars ? rules.registry.exemplars : null;
  const stored =
    scope === 'process'
      ? { registry: { metrics: catalogue, blocksOf: () => [], textLength: () => 0 } }
      : { registry: rules.registry.only(catalogue), jobNumbers };
  return renderExposition({ ...stored, format, createdTimestamps, exemplars, readings, packed });
}

/**
 * What is sent by OTLP, as of now, with what all processes have counted. `gauges`: readings of the other thread.
 * Rejects as a scrape.
 */
export async function otlpSnapshot(
  gauges: readonly GaugeReading[],
  parts: EngineParts,
  clock: Clock,
): Promise<OtlpFamily[]> {
  const scope = parts.isShared ? 'shared' : 'all';
  const readings = [...gauges, ...(await engineReadings(scope, parts, clock))];
  await nextTurn();
  const { rules } = parts.config;
  return otlpFamilies({
    otel: compatExposition('otel', readings, rules),
    catalogue: rules.catalogue,
    readings,
    labelPatterns: rules.values.metrics.labelPatterns,
    seriesOf: (metric) => rules.registry.seriesOf(metric),
  });
}

/** Always as text 0.0.4: some of these names can't be written in OpenMetrics. */
function renderCompat(
  name: CompatName,
  all: readonly GaugeReading[],
  rules: EngineRules,
  packed: PackedBlocks | undefined,
): Promise<Uint8Array> {
  const { metrics, readings } = compatExposition(name, all, rules);
  return renderExposition({ registry: rules.registry.only(metrics), format: 'text', readings, packed });
}

async function engineReadings(
  scope: ScrapeQuery['scope'],
  parts: EngineParts,
  clock: Clock,
): Promise<GaugeReading[]> {
  await parts.buffer.flush();
  const ours = scope === 'process' ? [] : await sharedReadings(parts, clock);
  const own =
    scope === 'shared'
      ? []
      : [...processReadings(parts), ...(await replicaReadings(parts.store, parts.membership.standing))];
  return [...ours, ...own];
}

/** Of all processes, as of now. */
async function sharedReadings(parts: EngineParts, clock: Clock): Promise<GaugeReading[]> {
  const { store, ledger, isShared } = parts;
  if (!isShared) return storeReadings({ ...parts, clock });
  const [readings, note] = await Promise.all([
    storeReadings({ ...parts, clock }),
    store.readNote(LEADER_REPORT),
    inTime(ledger.catchUp()),
  ]);
  return [
    ...readings,
    ...fleetReadings(parts.membership.standing),
    ...(readLeaderReport(note, clock())?.readings ?? []),
  ];
}

/** Rejects with `store_unavailable` if it takes longer than a scrape may. */
async function inTime(work: Promise<void>): Promise<void> {
  const late = new AbortController();
  const timer = sleep(CATCH_UP_MS, late.signal).then(() => {
    if (!late.signal.aborted)
      throw new AntError('store_unavailable', 'what other replicas have counted could not be read in time');
  });
  try {
    await Promise.race([work, timer]);
  } finally {
    late.abort();
  }
}

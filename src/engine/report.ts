import type { Clock } from '../domain/contracts.ts';
import type { EngineHealth, EngineProgress, EngineReport } from '../domain/engine-health.ts';
import { SELF } from '../domain/own-metrics.ts';
import { deliveriesWith, percentileBound, sumOf } from './counted.ts';
import type { EngineParts } from './parts.ts';
import type { EngineRules } from './rules.ts';

/*
 * What the engine says of itself, in three lengths.
 */

const PARKED_SHOWN = 20;

export async function progressOf(parts: EngineParts): Promise<EngineProgress> {
  const { store, ledger, config, changed } = parts;
  return {
    changes: ledger.changes,
    lastProcessedAtMs: changed.atMs,
    oldestUnprocessedMs: (await store.queueStatus()).oldestMs,
    accepted: deliveriesWith('accepted', config.rules.registry),
  };
}

export async function healthOf({ store, config, changed, membership }: EngineParts): Promise<EngineHealth> {
  return {
    queue: await store.queueStatus(),
    parked: await store.parkedDeliveries(PARKED_SHOWN),
    lastProcessedAtMs: changed.atMs,
    sinks: await config.push.health(),
    series: seriesIn(config.rules),
    isLogHeld: (await store.logStatus()).isHeld,
    replicas: membership.standing.replicas,
    storeAheadMs: membership.storeAheadMs,
  };
}

export async function reportOf(parts: EngineParts, clock: Clock): Promise<EngineReport> {
  const { store, config, buffer } = parts;
  await buffer.flush();
  const { registry, values } = config.rules;
  const lagP95Ms = percentileBound(SELF.deliveryLag, registry, 0.95);
  return {
    ...(await healthOf(parts)),
    deliveries: {
      accepted: deliveriesWith('accepted', registry),
      duplicate: deliveriesWith('duplicate', registry),
      ignored: deliveriesWith('ignored', registry),
      rejected: sumOf(SELF.rejections, registry),
      lagP95Ms,
    },
    recovered: sumOf(SELF.recoveredDeliveries, registry),
    storedBytes: await store.usedBytes(),
    beginsAtMs: await beginOf(store, clock()),
    retentionMs: values.retentionMs,
    maxSeries: values.metrics.maxSeries,
    droppedIncrements: sumOf(SELF.seriesDropped, registry),
  };
}

async function beginOf(store: EngineParts['store'], nowMs: number): Promise<number | null> {
  const begin = await store.readFor({ nowMs, asOfMs: nowMs }, (reader) => reader.beginsAtMs());
  return typeof begin === 'number' ? begin : null;
}

/** Of all metrics. */
function seriesIn({ registry, jobNumbers }: EngineRules): number {
  return [...registry.seriesCounts().values()].reduce((sum, count) => sum + count, jobNumbers.size);
}

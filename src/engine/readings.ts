import { metricNamed } from '../domain/catalogue.ts';
import type { Clock, Store } from '../domain/contracts.ts';
import { type GaugeReading, readingOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { Standing } from '../domain/replica.ts';
import { currentLabels, ownLabelsText, type RepositoryLabel } from '../domain/repository-labels.ts';
import type { WorkingSet } from '../memory/working-set.ts';
import type { ProcessMetrics } from '../metrics/process-metrics.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import type { ActiveConfig } from './active-config.ts';

/** When the gauges were last read. */
const READ_AT = 'metrics/read_at';

/** What is read of the store at the moment of a scrape: the same whichever process is asked. */
export async function storeReadings({
  store,
  config,
  clock,
}: {
  readonly store: Store;
  readonly config: Pick<ActiveConfig, 'rules' | 'push'>;
  readonly clock: Clock;
}): Promise<GaugeReading[]> {
  return [
    ...(await withCurrentLabels(await store.readActivity(clock()), store, config.rules.repositoryLabels)),
    ...(await queueReadings(store)),
    ...(await config.push.waiting()),
    readingOf(SELF.storeBytes, [], await store.usedBytes()),
    readingOf(SELF.storeLogBytes, [], (await store.logStatus()).bytes),
    readingOf(SELF.storeWritable, [], Number(await isWritable(store, clock))),
    ...[...config.rules.registry.seriesCounts(), ...config.rules.jobNumbers.seriesCounts()].map(
      ([metric, count]) => readingOf(SELF.series, [metric], count),
    ),
  ];
}

/** With the labels that their repositories have now, if such are asked for. */
export async function withCurrentLabels(
  readings: readonly GaugeReading[],
  store: Pick<Store, 'repositoryProperties'>,
  labels: readonly RepositoryLabel[],
): Promise<readonly GaugeReading[]> {
  if (labels.length === 0) return readings;
  const current = currentLabels(labels, await store.repositoryProperties());
  const texts = new Map<string, string>();
  return readings.map((reading) => {
    const at = metricNamed(reading.metric)?.labels.indexOf('repository') ?? -1;
    const name = reading.labels[at];
    if (name === undefined) return reading;
    const own = texts.get(name) ?? ownLabelsText(current(name));
    texts.set(name, own);
    return { ...reading, labels: [...reading.labels, own] };
  });
}

/** What is read of the fleet that this process is one of; nothing if it has its store for itself. */
export function fleetReadings({ replicas }: Standing): GaugeReading[] {
  return replicas.map(({ version }) => readingOf(SELF.replicas, [version], 1));
}

/** What is read of this process as one of a fleet. */
export async function replicaReadings(store: Store, { replicas }: Standing): Promise<GaugeReading[]> {
  const status = await store.databaseStatus();
  if (status === null) return [];
  const self = replicas.find(({ isSelf }) => isSelf);
  return [
    readingOf(SELF.leader, [], Number(self?.leads ?? false)),
    readingOf(SELF.behind, [], self?.behind ?? 0),
    readingOf(SELF.databaseConnections, ['open'], status.openConnections),
    readingOf(SELF.databaseConnections, ['waiting'], status.waiting),
    readingOf(SELF.databaseErrors, [], status.errors),
    readingOf(SELF.databaseTransactions, [], status.transactions),
    readingOf(SELF.databaseTurnWait, [], status.turnWaitMs / 1000),
  ];
}

/** What is read of the engine of this process. */
export function processReadings({
  config,
  working,
  processMetrics,
}: {
  readonly config: Pick<ActiveConfig, 'push'>;
  readonly working: Pick<WorkingSet, 'readings'>;
  readonly processMetrics: ProcessMetrics | null;
}): GaugeReading[] {
  return [...config.push.successes(), ...working.readings(), ...(processMetrics?.readings() ?? [])];
}

/** What the store counts of refused deliveries can't be stored then either, so this must not depend on it. */
function isWritable(store: Store, clock: Clock): Promise<boolean> {
  return unlessUnavailable(
    async () => {
      await store.writeMark(READ_AT, clock());
      return true;
    },
    () => false,
  );
}

async function queueReadings(store: Store): Promise<GaugeReading[]> {
  const { pending, retrying, parked, oldestMs } = await store.queueStatus();
  return [
    readingOf(SELF.queueDeliveries, ['pending'], pending),
    readingOf(SELF.queueDeliveries, ['retrying'], retrying),
    readingOf(SELF.queueDeliveries, ['parked'], parked),
    ...(oldestMs === null ? [] : [readingOf(SELF.queueOldest, [], oldestMs / 1000)]),
  ];
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Engine, ScrapeQuery, Store } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { readNumbers } from '../domain/job-numbers.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { LEADER_REPORT, readLeaderReport } from '../domain/replica.ts';
import { collectGarbage } from '../memory/process-memory.ts';
import { renderExposition } from '../metrics/exposition.ts';
import { shapeReadings } from '../metrics/shape-readings.ts';
import { sleep } from '../timing/sleep.ts';
import { Teardown } from '../timing/teardown.ts';
import { type EngineOptions, type EngineParts, openParts } from './parts.ts';
import { fleetReadings, processReadings, replicaReadings, storeReadings } from './readings.ts';
import { healthOf, progressOf, reportOf } from './report.ts';
import type { EngineValues } from './rules.ts';

export interface RunningEngine extends Engine {
  /** As `ActiveConfig.replace`. */
  configure(values: EngineValues): Promise<void>;
  /** Rejects when a part of the engine fails for good; resolves after `close`. */
  readonly done: Promise<void>;
  close(): Promise<void>;
}

/** By what the working set is divided while memory is short. */
const SQUEEZED = 8;
const CATCH_UP_MS = 2000;

/**
 * Starts the engine. Everything that was stored before is in the metrics when this resolves. `onClosing` is
 * called with the name of each step of `close`. Throws as `openParts`.
 */
export async function startEngine(
  options: EngineOptions,
  onClosing?: (step: string) => void,
): Promise<RunningEngine> {
  const { time, memory, logger } = options;
  const { clock } = time;
  const teardown = new Teardown(logger, onClosing);
  const parts = await teardown.runIfFails(() => openParts(options, teardown));
  const { store, ledger, config, buffer, collector, membership } = parts;
  return {
    ...answersOf(store),
    configure: (values) => config.replace(values, { ledger, meter: buffer }),
    async accept(deliveries) {
      const outcomes = await collector.accept(deliveries);
      // What is stored in a file that is no longer at its path is not durable, and must not be answered as
      // such.
      await store.provePlace();
      return outcomes;
    },
    correctClock: (byMs) => ledger.correctClock(byMs, time),
    count: (increments) => ledger.add(increments),
    countOnce: (change, increments) => ledger.countOnce(change, increments),
    async replayParked(guid) {
      const replayed = await store.replayParked(guid);
      collector.wake();
      return replayed;
    },
    scrape: (query, gauges) => render(query, gauges, parts, clock),
    shortOfMemory: (isShort) => squeeze(isShort, parts, memory.workingSetBytes),
    async pushSnapshot(gauges) {
      const scope = parts.isShared ? 'shared' : 'all';
      config.push.snapshot(
        await render({ format: 'text', scope }, parts.isShared ? [] : gauges, parts, clock),
        clock(),
      );
    },
    endSnapshots: () => config.push.endSnapshots(),
    health: () => healthOf(parts),
    progress: () => progressOf(parts),
    report: () => reportOf(parts, clock),
    readableAt: async () => store.readableAt,
    async ask(name, query) {
      const nowMs = clock();
      const asOfMs = parts.changed.atMs ?? nowMs;
      const { answerQuery } = await import('../queries/all-queries.ts');
      const moment = { ...config.rules.values.metrics, nowMs, asOfMs };
      return store.readFor(moment, (reader) => answerQuery(name, reader, query));
    },
    uncountable: async (push) => config.rules.jobNumbers.uncountable(readNumbers(push).numbers),
    done: Promise.race([
      ...[store.damaged, membership.failed],
      Promise.all([collector.done, config.done]).then(() => undefined),
    ]),
    close: () => teardown.run(),
  };
}

/** `gauges`: readings of the other thread. */
async function render(
  { format, scope }: ScrapeQuery,
  gauges: readonly GaugeReading[],
  parts: EngineParts,
  clock: Clock,
): Promise<Uint8Array> {
  const { config, buffer } = parts;
  await buffer.flush();
  const ours = scope === 'process' ? [] : await sharedReadings(parts, clock);
  const own =
    scope === 'shared'
      ? []
      : [...processReadings(parts), ...(await replicaReadings(parts.store, parts.membership.standing))];
  await nextTurn();
  const { registry, jobNumbers, values } = config.rules;
  const readings = shapeReadings([...gauges, ...ours, ...own], values.metrics);
  await nextTurn();
  const { createdTimestamps } = values.metrics;
  const exemplars = values.metrics.exemplars ? registry.exemplars : null;
  const stored =
    scope === 'process'
      ? { registry: { metrics: registry.metrics, seriesOf: () => [], textLength: () => 0 } }
      : { registry, jobNumbers };
  return renderExposition({ ...stored, format, createdTimestamps, exemplars, readings });
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

async function squeeze(
  isShort: boolean,
  { store, config, working, budget }: EngineParts,
  workingSetBytes: number,
): Promise<void> {
  await working.squeeze(isShort ? workingSetBytes / SQUEEZED : null);
  await budget?.squeeze(isShort);
  if (!isShort) return;
  config.rules.registry.exemplars.clear();
  await store.releaseMemory();
  collectGarbage();
}

/** What the store answers by itself. */
function answersOf(store: Store) {
  const { explainJob, explainRun, lingering, unexplained, proveDurable, copy } = store;
  const { readMark, writeMark, readNote, writeNote, knownRepositories, unseen } = store;
  return {
    deadSamples: store.samples.dead,
    explainJob,
    explainRun,
    lingering,
    unexplained,
    proveDurable,
    copy,
    readMark,
    writeMark,
    readNote,
    writeNote,
    knownRepositories,
    unseen,
  };
}

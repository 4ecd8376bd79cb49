import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Engine, ExpositionFormat, Store } from '../domain/contracts.ts';
import { readNumbers } from '../domain/job-numbers.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { collectGarbage } from '../memory/process-memory.ts';
import { renderExposition } from '../metrics/exposition.ts';
import { shapeReadings } from '../metrics/shape-readings.ts';
import { Teardown } from '../timing/teardown.ts';
import { type EngineOptions, type EngineParts, openParts } from './parts.ts';
import { engineReadings } from './readings.ts';
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
    async replayParked(guid) {
      const replayed = await store.replayParked(guid);
      collector.wake();
      return replayed;
    },
    scrape: (format, gauges) => render(format, gauges, parts, clock),
    shortOfMemory: (isShort) => squeeze(isShort, parts, memory.workingSetBytes),
    async pushSnapshot(gauges) {
      config.push.snapshot(await render('text', gauges, parts, clock), clock());
    },
    endSnapshots: () => config.push.endSnapshots(),
    health: () => healthOf(parts),
    progress: () => progressOf(parts),
    report: () => reportOf(parts, clock),
    readableAt: async () => store.readableAt,
    async ask(name, query) {
      const nowMs = clock();
      const asOfMs = collector.lastProcessedAtMs ?? nowMs;
      const { labelPatterns } = config.rules.values.metrics;
      const { answerQuery } = await import('../queries/all-queries.ts');
      return store.readFor({ nowMs, asOfMs, labelPatterns }, (reader) => answerQuery(name, reader, query));
    },
    uncountable: async (push) => config.rules.jobNumbers.uncountable(readNumbers(push).numbers),
    done: Promise.race([
      store.damaged,
      Promise.all([collector.done, config.done, membership.failed]).then(() => undefined),
    ]),
    close: () => teardown.run(),
  };
}

/** `gauges`: readings of the other thread. */
async function render(
  format: ExpositionFormat,
  gauges: readonly GaugeReading[],
  { store, config, working, buffer, processMetrics }: EngineParts,
  clock: Clock,
): Promise<Uint8Array> {
  await buffer.flush();
  const ours = await engineReadings({ store, config, working, processMetrics, clock });
  await nextTurn();
  const { registry, jobNumbers, values } = config.rules;
  const readings = shapeReadings([...gauges, ...ours], values.metrics);
  await nextTurn();
  const { createdTimestamps } = values.metrics;
  return renderExposition({ registry, jobNumbers, format, createdTimestamps, readings });
}

async function squeeze(
  isShort: boolean,
  { store, working, budget }: EngineParts,
  workingSetBytes: number,
): Promise<void> {
  await working.squeeze(isShort ? workingSetBytes / SQUEEZED : null);
  await budget?.squeeze(isShort);
  if (!isShort) return;
  await store.releaseMemory();
  collectGarbage();
}

/** What the store answers by itself. */
function answersOf(store: Store) {
  const { deadSamples, explainJob, explainRun, lingering, proveDurable, copy } = store;
  const { readMark, writeMark, readNote, writeNote, knownRepositories, unseen } = store;
  return {
    deadSamples,
    explainJob,
    explainRun,
    lingering,
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

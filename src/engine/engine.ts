import type { Clock, Engine, SnapshotKind, Store } from '../domain/contracts.ts';
import { readNumbers } from '../domain/job-numbers.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { collectGarbage } from '../memory/process-memory.ts';
import { Teardown } from '../timing/teardown.ts';
import { type EngineOptions, type EngineParts, openParts } from './parts.ts';
import { otlpSnapshot, render } from './render.ts';
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
    countOnce: (change, increments) => ledger.countOnce(change, increments),
    async replayParked(guid) {
      const replayed = await store.replayParked(guid);
      collector.wake();
      return replayed;
    },
    scrape: (query, gauges) => render(query, gauges, parts, clock),
    shortOfMemory: (isShort) => squeeze(isShort, parts, memory.workingSetBytes),
    pushSnapshot: (kind, gauges) => pushSnapshot(kind, gauges, parts, clock),
    addOwnSpans: async (spans, leftOut) => config.ownTraces.add(spans, leftOut),
    async endSnapshots() {
      await Promise.all([config.push.endSnapshots(), config.otlpMetrics.end()]);
    },
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

async function pushSnapshot(
  kind: SnapshotKind,
  gauges: readonly GaugeReading[],
  parts: EngineParts,
  clock: Clock,
): Promise<void> {
  const { config, isShared } = parts;
  // Where other processes use the same store, the leader has told them its gauges.
  const ours = isShared ? [] : gauges;
  if (kind === 'otlp') {
    await config.otlpMetrics.send(await otlpSnapshot(ours, parts, clock), clock());
    return;
  }
  const scope = isShared ? 'shared' : 'all';
  config.push.snapshot(await render({ format: 'text', scope }, ours, parts, clock), clock());
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
    deadTraces: store.traces.dead,
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

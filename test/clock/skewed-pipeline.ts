import type { Delivery } from '../../src/domain/delivery.ts';
import { createRetention } from '../../src/engine/housekeeping.ts';
import { witnessOf } from '../../src/github/payload-times.ts';
import { SharedTime, ThreadTime } from '../../src/timing/service-time.ts';
import { TimeKeeper } from '../../src/timing/time-keeper.ts';
import { SILENT } from '../fixtures/logger.ts';
import { deliveryOf, openPipeline, type Pipeline, type Webhook } from '../pipeline.ts';

/*
 * For tests: the service without HTTP, threads and timers, on a machine whose clock can be set, with everything that
 * goes by the time.
 */

const DAY_MS = 24 * 3_600_000;
const REMEMBER_MS = 8 * DAY_MS;
/** Longer than any history really takes. */
const SAMPLES_MS = 20 * DAY_MS;
const SINK = 'away';
const PROVEN = 'clock/proven';

/** The real time, and what the machine shows. */
export interface World {
  nowMs: number;
  /** How far the machine's clock is ahead. */
  aheadMs: number;
  /** Of its monotonic clock. */
  monotonicMs: number;
}

export class SkewedService implements AsyncDisposable {
  readonly #url: string;
  readonly #world: World;
  #pipeline: Pipeline | null = null;
  #keeper: TimeKeeper | null = null;
  #corrections: number[] = [];

  constructor(url: string, world: World) {
    this.#url = url;
    this.#world = world;
  }

  /** As the process starts, on what is stored. */
  async start(): Promise<void> {
    const world = this.#world;
    const shared = new SharedTime();
    const monotonic = () => world.monotonicMs;
    this.#corrections = [];
    const keeper = new TimeKeeper({
      wall: () => world.nowMs + world.aheadMs,
      monotonic,
      uptime: () => world.nowMs,
      shared,
      canAsk: () => false,
      onStep() {},
      onCorrection: (byMs) => void this.#corrections.push(byMs),
    });
    const time = new ThreadTime(shared, monotonic);
    const clock = {
      get nowMs() {
        return time.clock();
      },
      set nowMs(toMs) {
        const passedMs = toMs - time.clock();
        world.nowMs += passedMs;
        world.monotonicMs += passedMs;
      },
    };
    const pipeline = await openPipeline({ url: this.#url, clock });
    await pipeline.ledger.openSinks({ samples: [SINK], traces: [] });
    await pipeline.ledger.correctClock(0, time);
    this.#pipeline = pipeline;
    this.#keeper = keeper;
    this.correct = async () => {
      for (const byMs of this.#corrections.splice(0)) await pipeline.ledger.correctClock(byMs, time);
    };
    keeper.remember((await pipeline.store.readMark(PROVEN)) ?? 0);
    await this.correct();
    const { store, ledger } = pipeline;
    const proven = () => keeper.time.proven();
    const retain = createRetention({
      store,
      ledger,
      steady: proven,
      proven,
      logger: SILENT,
      retentionMs: () => 0,
    });
    this.keepHouse = async () => {
      await store.forgetSeen(proven() - REMEMBER_MS, 10_000);
      await ledger.samples.trim({ beforeMs: proven() - SAMPLES_MS, maxBytes: Number.MAX_SAFE_INTEGER });
      await store.forgetWorkflows(proven() - 100 * DAY_MS);
      await retain();
      await retain();
      await store.writeMark(PROVEN, proven());
    };
  }

  /** What the main thread has found out reaches the engine. */
  correct: () => Promise<void> = async () => {};
  keepHouse: () => Promise<void> = async () => {};

  get pipeline(): Pipeline {
    if (this.#pipeline === null) throw new Error('It has not started.');
    return this.#pipeline;
  }

  /** Looks at the machine's clock. */
  async tick(): Promise<void> {
    this.#keeper?.tick();
    await this.correct();
  }

  /** GitHub sends it, signed. */
  async send(webhook: Webhook): Promise<void> {
    const witness = witnessOf(JSON.parse(webhook.body));
    if (witness !== null) this.#keeper?.signed(witness.atMs, witness.run);
    await this.correct();
    const delivery: Delivery = deliveryOf(webhook, this.#keeper?.time.clock() ?? 0);
    await this.pipeline.acceptAtOnce([delivery]);
  }

  async crash(): Promise<void> {
    await this.#pipeline?.[Symbol.asyncDispose]();
    this.#pipeline = null;
  }

  /** Samples that wait, in an order of their own: what was held is counted when it is due. */
  async waiting(): Promise<readonly string[]> {
    const { entries } = await this.pipeline.ledger.samples.read(SINK, 10_000);
    return entries.map((sample) => JSON.stringify(sample)).sort();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.crash();
  }
}

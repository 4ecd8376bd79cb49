import type { Logger } from '../domain/contracts.ts';
import type { WarnCode } from '../domain/log-events/log-events.ts';
import { type GaugeReading, readingOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { type Monotonic, monotonicMs } from '../timing/monotonic.ts';
import { type Repetition, repeatEvery } from '../timing/repeat.ts';

/*
 * Watches the memory of the process. Near the limit it first gives back what it can, and accepts no
 * deliveries until that has helped: a process that is killed for its memory loses its connections and
 * minutes; one that answers 503 loses nothing.
 */

export interface PressureOptions {
  readonly limitBytes: number;
  /** What the process uses now, and how full its fullest heap is, from 0 to 1. */
  readonly measure: () => Promise<{ readonly residentBytes: number; readonly heapShare: number }>;
  /** Frees what can be freed. Called when pressure begins, and again while it lasts. */
  readonly relieve: () => Promise<void>;
  /** Called when pressure is over. */
  readonly recovered: () => Promise<void>;
  readonly monotonic?: Monotonic;
  readonly logger: Logger;
}

const EVERY_MS = 100;
/** Shares of the limit at which pressure begins, and below which it is over. */
const HIGH = 0.92;
const LOW = 0.85;
/** A relief costs a full garbage collection in each thread. */
const RELIEVE_EVERY_MS = 1000;
/** Reliefs are tried this many times, and more as long as the one before freed this share of the limit. */
const RELIEFS = 3;
const WORTHWHILE_SHARE = 0.01;
/** How far it may grow when it needs more than the limit anyway: the service has to go on. */
const OVERRUN_SHARE = 0.05;
const TELL_EVERY_MS = 60_000;

/**
 * Pressure is over when there is room again, or when nothing more can be freed: what the process uses then it
 * needs in any case, and refusing everything from then on would be no better than being killed. It uses half
 * of the room that is left before it stops again.
 */
export class Pressure {
  readonly #options: PressureOptions;
  readonly #monotonic: Monotonic;
  readonly #began: SparingLog;
  readonly #checks: Repetition;
  readonly #relief = { count: 0, atMs: Number.NEGATIVE_INFINITY, share: 0 };
  #isHigh = false;
  #threshold = HIGH;
  #isLogged = false;

  constructor(options: PressureOptions) {
    const { monotonic = monotonicMs, logger } = options;
    this.#options = options;
    this.#monotonic = monotonic;
    this.#began = new SparingLog(
      (fields) => logger.error('memory_pressure', fields),
      TELL_EVERY_MS,
      monotonic,
    );
    this.#checks = repeatEvery(EVERY_MS, () => this.check());
  }

  /** Nothing more should be accepted now. */
  get isHigh(): boolean {
    return this.#isHigh;
  }

  readings(): GaugeReading[] {
    return [
      readingOf(SELF.memoryLimit, [], this.#options.limitBytes),
      readingOf(SELF.memoryPressure, [], Number(this.#isHigh)),
    ];
  }

  /** Checks once. It does so ten times a second by itself. */
  async check(): Promise<void> {
    const { limitBytes, measure } = this.#options;
    const { residentBytes, heapShare } = await measure();
    const share = Math.max(residentBytes / limitBytes, heapShare);
    const fields = { residentBytes, limitBytes, heapShare: Number(heapShare.toFixed(2)) };
    if (share < LOW) this.#threshold = HIGH;
    if (!this.#isHigh) {
      if (share > this.#threshold) await this.#begin(share, fields);
      return;
    }
    if (share < LOW) return this.#end('memory_pressure_over', fields);
    const { count, atMs, share: before } = this.#relief;
    if (this.#monotonic() - atMs < RELIEVE_EVERY_MS) return;
    if (count < RELIEFS || share < before - WORTHWHILE_SHARE) return this.#relieve(share);
    this.#threshold = share + (share < 1 ? (1 - share) / 2 : OVERRUN_SHARE);
    await this.#end('memory_pressure_stays', fields);
  }

  close(): Promise<void> {
    this.#began.close();
    return this.#checks.close();
  }

  async #begin(share: number, fields: object): Promise<void> {
    this.#isHigh = true;
    this.#relief.count = 0;
    this.#isLogged = this.#began.log(fields);
    await this.#relieve(share);
  }

  async #relieve(share: number): Promise<void> {
    await this.#options.relieve();
    this.#relief.count += 1;
    this.#relief.atMs = this.#monotonic();
    this.#relief.share = share;
  }

  async #end(code: WarnCode, fields: object): Promise<void> {
    this.#isHigh = false;
    if (this.#isLogged) this.#options.logger.warn(code, fields);
    await this.#options.recovered();
  }
}

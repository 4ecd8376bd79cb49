import type { Clock, Logger } from '../domain/contracts.ts';
import type { WarnCode } from '../domain/log-events/log-events.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { repeatEvery } from '../timing/repeat.ts';

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
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Pressure {
  /** Nothing more should be accepted now. */
  readonly isHigh: boolean;
  /** Checks once. It does so ten times a second by itself. */
  check(): Promise<void>;
  readings(): GaugeReading[];
  close(): Promise<void>;
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
export function watchPressure(options: PressureOptions): Pressure {
  const { limitBytes, measure, clock, logger } = options;
  const relief = { count: 0, atMs: 0, share: 0 };
  let isHigh = false;
  let threshold = HIGH;
  let isLogged = false;
  const began = new SparingLog((fields) => logger.error('memory_pressure', fields), TELL_EVERY_MS, clock);

  async function check(): Promise<void> {
    const { residentBytes, heapShare } = await measure();
    const share = Math.max(residentBytes / limitBytes, heapShare);
    const fields = { residentBytes, limitBytes, heapShare: Number(heapShare.toFixed(2)) };
    if (share < LOW) threshold = HIGH;
    if (!isHigh && share > threshold) return begin(share, fields);
    if (!isHigh) return;
    if (share < LOW) return end('memory_pressure_over', fields);
    if (clock() - relief.atMs < RELIEVE_EVERY_MS) return;
    if (relief.count < RELIEFS || share < relief.share - WORTHWHILE_SHARE) return relieve(share);
    threshold = share + (share < 1 ? (1 - share) / 2 : OVERRUN_SHARE);
    await end('memory_pressure_stays', fields);
  }

  async function begin(share: number, fields: object): Promise<void> {
    isHigh = true;
    relief.count = 0;
    isLogged = began.log(fields);
    await relieve(share);
  }

  async function relieve(share: number): Promise<void> {
    await options.relieve();
    relief.count += 1;
    relief.atMs = clock();
    relief.share = share;
  }

  async function end(code: WarnCode, fields: object): Promise<void> {
    isHigh = false;
    if (isLogged) logger.warn(code, fields);
    await options.recovered();
  }

  const checks = repeatEvery(EVERY_MS, check);
  return {
    get isHigh() {
      return isHigh;
    },
    check,
    readings: () => [
      { metric: SELF.memoryLimit.name, labels: [], value: limitBytes },
      { metric: SELF.memoryPressure.name, labels: [], value: Number(isHigh) },
    ],
    close() {
      began.close();
      return checks.close();
    },
  };
}

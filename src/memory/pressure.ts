import type { Clock, Logger } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';

/*
 * Watches what the process takes. Near its limit it first gives back what it can, and takes no more deliveries until that
 * has helped: a process that is killed for its memory loses its connections and minutes, one that answers 503 loses nothing.
 */

export interface PressureOptions {
  readonly limitBytes: number;
  /** What the process takes now, and the fullest of its heaps as a share of what that may take. */
  readonly measure: () => Promise<{ readonly residentBytes: number; readonly heapShare: number }>;
  /** Gives back what can be given back. Called when pressure begins, and while it lasts. */
  readonly relieve: () => Promise<void>;
  /** Called when it is over. */
  readonly recovered: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Pressure {
  /** Nothing more should be taken in now. */
  readonly isHigh: boolean;
  /** Looks once; a timer calls it, and tests do. */
  check(): Promise<void>;
  readings(): GaugeReading[];
  close(): void;
}

const EVERY_MS = 250;
/** Shares of the limit at which pressure begins, and below which it is over. */
const HIGH = 0.92;
const LOW = 0.85;
/** A relief costs a whole garbage collection. */
const RELIEVE_EVERY_MS = 5000;

export function watchPressure(options: PressureOptions): Pressure {
  const { limitBytes, measure, clock, logger } = options;
  let isHigh = false;
  let relievedAtMs = Number.NEGATIVE_INFINITY;
  let isChecking = false;

  async function check(): Promise<void> {
    if (isChecking) return;
    isChecking = true;
    try {
      await step();
    } finally {
      isChecking = false;
    }
  }

  async function step(): Promise<void> {
    const { residentBytes, heapShare } = await measure();
    const share = Math.max(residentBytes / limitBytes, heapShare);
    const fields = { residentBytes, limitBytes, heapShare: Number(heapShare.toFixed(2)) };
    if (isHigh && share < LOW) {
      isHigh = false;
      logger.warn('Memory pressure is over: deliveries are taken again', fields);
      await options.recovered();
      return;
    }
    if (!isHigh && share <= HIGH) return;
    if (!isHigh) logger.error('Memory is nearly used up: deliveries are answered 503', fields);
    isHigh = true;
    if (clock() - relievedAtMs < RELIEVE_EVERY_MS) return;
    relievedAtMs = clock();
    await options.relieve();
  }

  const timer = setInterval(check, EVERY_MS).unref();
  return {
    get isHigh() {
      return isHigh;
    },
    check,
    readings: () => [
      { metric: SELF.memoryLimit.name, labels: [], value: limitBytes },
      { metric: SELF.memoryPressure.name, labels: [], value: Number(isHigh) },
    ],
    close: () => clearInterval(timer),
  };
}

import type { Logger, Meter } from '../domain/contracts.ts';
import { type GaugeReading, readingOf } from '../domain/metric.ts';
import type { SinkHealth } from '../domain/outbox.ts';
import type { Outbox } from '../domain/outbox-contract.ts';
import { waitingReadings } from '../domain/outbox-counts.ts';
import { SELF } from '../domain/own-metrics.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import type { ServiceTime } from '../timing/service-time.ts';
import type { SharedLease } from '../timing/shared-lease.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Named, Receiver } from './receiver.ts';
import type { Stream } from './stream.ts';

/** How much is sent at once, and the limits of what waits. */
export interface SinkOptions {
  /** The largest request, in samples or spans. */
  readonly batchSize: number;
  readonly batchAgeMs: number;
  readonly resendWindowMs: number;
  readonly maxSizeBytes: number;
  readonly maxAgeMs: number;
  /** Time for what waits to be sent when the service stops. */
  readonly closeGraceMs: number;
}

export interface SinkParts<Entry> {
  readonly outbox: Outbox<Entry>;
  readonly stream: Stream<Entry>;
  readonly meter: Meter;
  readonly time: Pick<ServiceTime, 'clock' | 'proven'>;
  readonly logger: Logger;
  /** As `DispatcherOptions.lead`. */
  readonly lead: Pick<SharedLease, 'isHeld'>;
  /** Of those that these take over from. */
  readonly lastSent: LastSent;
}

/** When sinks last took something, by name; null: never. */
export type LastSent = ReadonlyMap<string, number | null>;

/** A request that takes longer is cut off when others take over; what was in it is sent again. */
const HAND_OVER_MS = 2000;
/** While a receiver is away, something is given up at every turn. */
const DROPPED_LOG_MS = 60_000;

/** Sends the receivers what waits for them in one outbox, which their sinks are opened in. */
export class Sinks<Entry> {
  /** Rejects on a bug, which ends the process; resolves after `close` or `handOver`. */
  readonly done: Promise<unknown>;
  readonly #options: SinkOptions;
  readonly #parts: SinkParts<Entry>;
  readonly #dispatchers: readonly Dispatcher<Entry>[];
  readonly #dropped: SparingLog;

  constructor(options: SinkOptions, receivers: readonly Named<Receiver<Entry>>[], parts: SinkParts<Entry>) {
    this.#options = options;
    this.#parts = parts;
    const { time, lastSent, logger, stream } = parts;
    this.#dropped = new SparingLog((fields) => logger.error(stream.droppedEvent, fields), DROPPED_LOG_MS);
    this.#dispatchers = receivers.map(
      ({ sink, receiver }) =>
        new Dispatcher({
          ...options,
          ...parts,
          sink,
          receiver,
          clock: time.clock,
          lastSentAtMs: lastSent.get(sink) ?? null,
        }),
    );
    this.done = Promise.all(this.#dispatchers.map(({ done }) => done));
  }

  /** What waits, whoever sends it. */
  async waiting(): Promise<GaugeReading[]> {
    const { outbox, stream } = this.#parts;
    return (await outbox.status()).flatMap((status) => waitingReadings(stream.metrics, status));
  }

  /** When each last took something from this process. */
  successes(): GaugeReading[] {
    return this.#dispatchers.flatMap(({ sink, lastSentAtMs }) =>
      lastSentAtMs === null ? [] : [readingOf(SELF.pushLastSuccess, [sink], lastSentAtMs / 1000)],
    );
  }

  async health(): Promise<SinkHealth[]> {
    const { outbox, stream } = this.#parts;
    const statuses = await outbox.status();
    return this.#dispatchers.map(({ sink, lastSentAtMs, lastProblem }) => {
      const { waiting = 0, oldestMs = null } = statuses.find((each) => each.sink === sink) ?? {};
      return { sink, unit: stream.unit, waiting, oldestMs, lastSentAtMs, lastProblem };
    });
  }

  /** Gives up what is too old or too much. */
  async trim(): Promise<void> {
    const { outbox, time } = this.#parts;
    const { maxAgeMs, maxSizeBytes: maxBytes } = this.#options;
    const lost = await outbox.trim({ beforeMs: time.proven() - maxAgeMs, maxBytes });
    if (lost > 0) this.#dropped.log({}, { count: lost });
  }

  /** When each sink last took something. */
  lastSent(): LastSent {
    return new Map(this.#dispatchers.map(({ sink, lastSentAtMs }) => [sink, lastSentAtMs]));
  }

  /** Sends what waits, as far as the receivers take it in time. */
  async close(): Promise<void> {
    const { closeGraceMs } = this.#options;
    await Promise.all(this.#dispatchers.map((dispatcher) => dispatcher.close(closeGraceMs)));
    this.#dropped.close();
  }

  /** Ends after the requests under way; what waits is for the receivers that take over. */
  async handOver(): Promise<void> {
    const graceMs = Math.min(this.#options.closeGraceMs, HAND_OVER_MS);
    await Promise.all(this.#dispatchers.map((dispatcher) => dispatcher.handOver(graceMs)));
    this.#dropped.close();
  }
}

import type { Logger, Meter } from '../domain/contracts.ts';
import type { EventSample } from '../domain/event-sample.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { OutboxStatus, SinkHealth } from '../domain/outbox.ts';
import type { Outbox } from '../domain/outbox-contract.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { ServiceTime } from '../timing/service-time.ts';
import type { SharedLease } from '../timing/shared-lease.ts';
import { Dispatcher } from './dispatcher.ts';
import { openReceiver } from './open-receiver.ts';
import type { ReceiverOptions } from './receiver-options.ts';
import { type NamedReceiver, SnapshotSender } from './snapshot-sender.ts';

/** A receiver with its name in the outbox. */
export interface SinkOptions
  extends Pick<ReceiverOptions, 'url' | 'protocol' | 'basicAuth' | 'bearerToken' | 'headers' | 'network'> {
  readonly name: string;
}

/** What the receivers share, and the limits of what waits for them. */
export interface PushOptions extends Omit<ReceiverOptions, keyof SinkOptions> {
  readonly sinks: readonly SinkOptions[];
  readonly batchSamples: number;
  readonly batchAgeMs: number;
  readonly resendWindowMs: number;
  readonly maxSizeBytes: number;
  readonly maxAgeMs: number;
  /** Time for what waits to be sent when the service stops. */
  readonly closeGraceMs: number;
}

/** A request that takes longer is cut off when others take over; what was in it is sent again. */
const HAND_OVER_MS = 2000;

interface Parts {
  readonly outbox: Outbox<EventSample>;
  readonly meter: Meter;
  readonly time: Pick<ServiceTime, 'clock' | 'proven'>;
  readonly logger: Logger;
  /** As `DispatcherOptions.lead`. */
  readonly lead: Pick<SharedLease, 'isHeld'>;
  /** Of those that these take over from. */
  readonly lastSent: LastSent;
}

/** When sinks last took samples, by name; null: never. */
type LastSent = ReadonlyMap<string, number | null>;

/** The receivers by the names of their sinks; nothing is sent yet. Throws `config_invalid`. */
export function openReceivers(options: PushOptions): NamedReceiver[] {
  const { extraLabels, timeoutMs, version } = options;
  return options.sinks.map(({ name, ...sink }) => ({
    sink: name,
    receiver: openReceiver({ ...sink, extraLabels, timeoutMs, version }),
  }));
}

/** Sends the receivers what waits for them in the outbox, which their sinks are opened in. */
export class Push {
  /** Rejects on a bug, which ends the process; resolves after `close` or `handOver`. */
  readonly done: Promise<unknown>;
  readonly #options: PushOptions;
  readonly #parts: Parts;
  readonly #snapshots: SnapshotSender;
  readonly #dispatchers: readonly Dispatcher[];

  constructor(options: PushOptions, receivers: readonly NamedReceiver[], parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    this.#snapshots = new SnapshotSender(receivers, parts.meter, parts.logger);
    this.#dispatchers = openDispatchers(options, receivers, parts);
    this.done = Promise.all(this.#dispatchers.map(({ done }) => done));
  }

  /** What waits, whoever sends it. */
  async waiting(): Promise<GaugeReading[]> {
    return (await this.#parts.outbox.status()).flatMap(waitingReadings);
  }

  /** What this process has sent. */
  successes(): GaugeReading[] {
    return this.#dispatchers.flatMap(successReadings);
  }

  async health(): Promise<SinkHealth[]> {
    const statuses = await this.#parts.outbox.status();
    return this.#dispatchers.map(({ sink, lastSentAtMs, lastProblem }) => {
      const { waiting: samples = 0, oldestMs = null } = statuses.find((each) => each.sink === sink) ?? {};
      return { sink, samples, oldestMs, lastSentAtMs, lastProblem };
    });
  }

  /** As `SnapshotSender.send`. */
  snapshot(text: Uint8Array, atMs: number): void {
    this.#snapshots.send(text, atMs);
  }

  /** As `SnapshotSender.end`. */
  endSnapshots(): Promise<void> {
    return this.#snapshots.end();
  }

  /** Gives up what is too old or too much. */
  async trim(): Promise<void> {
    const { outbox, time, logger } = this.#parts;
    const { maxAgeMs, maxSizeBytes: maxBytes } = this.#options;
    const lost = await outbox.trim({ beforeMs: time.proven() - maxAgeMs, maxBytes });
    if (lost > 0) logger.error('samples_dropped', { lost });
  }

  /** When each sink last took samples. */
  lastSent(): LastSent {
    return new Map(this.#dispatchers.map(({ sink, lastSentAtMs }) => [sink, lastSentAtMs]));
  }

  async close(): Promise<void> {
    const { closeGraceMs } = this.#options;
    await Promise.all(this.#dispatchers.map((dispatcher) => dispatcher.close(closeGraceMs)));
  }

  /** Ends after the requests under way; what waits is for the receivers that take over. */
  async handOver(): Promise<void> {
    const graceMs = Math.min(this.#options.closeGraceMs, HAND_OVER_MS);
    await this.endSnapshots();
    await Promise.all(this.#dispatchers.map((dispatcher) => dispatcher.handOver(graceMs)));
  }
}

function openDispatchers(
  { batchSamples, batchAgeMs, resendWindowMs }: PushOptions,
  receivers: readonly NamedReceiver[],
  { outbox, meter, time, logger, lead, lastSent }: Parts,
): Dispatcher[] {
  return receivers.map(({ sink, receiver }) => {
    const lastSentAtMs = lastSent.get(sink) ?? null;
    return new Dispatcher({
      sink,
      receiver,
      lastSentAtMs,
      batchSamples,
      batchAgeMs,
      resendWindowMs,
      outbox,
      meter,
      clock: time.clock,
      logger,
      lead,
    });
  });
}

function waitingReadings({ sink, waiting, kept, oldestMs }: OutboxStatus): GaugeReading[] {
  const counts = [
    { metric: SELF.outboxSamples.name, labels: [sink], value: waiting },
    { metric: SELF.outboxKept.name, labels: [sink], value: kept },
  ];
  if (oldestMs === null) return counts;
  return [...counts, { metric: SELF.outboxOldest.name, labels: [sink], value: oldestMs / 1000 }];
}

function successReadings({ sink, lastSentAtMs }: Dispatcher): GaugeReading[] {
  if (lastSentAtMs === null) return [];
  return [{ metric: SELF.pushLastSuccess.name, labels: [sink], value: lastSentAtMs / 1000 }];
}

import type { Logger, Meter, Outbox } from '../domain/contracts.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { SinkHealth } from '../domain/outbox.ts';
import { SELF } from '../domain/own-metrics.ts';
import { Dispatcher } from '../push/dispatcher.ts';
import { openReceiver } from '../push/open-receiver.ts';
import type { ReceiverOptions } from '../push/receiver-options.ts';
import type { ServiceTime } from '../timing/service-time.ts';
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

export interface Push {
  readings(): Promise<GaugeReading[]>;
  health(): Promise<SinkHealth[]>;
  /** As `SnapshotSender.send`. */
  snapshot(text: Uint8Array, atMs: number): void;
  /** As `SnapshotSender.end`. */
  endSnapshots(): Promise<void>;
  /** Gives up what is too old or too much. */
  trim(): Promise<void>;
  /** When each sink last took samples. */
  lastSent(): LastSent;
  /** Rejects on a bug, which ends the process; resolves after `close` or `handOver`. */
  readonly done: Promise<unknown>;
  close(): Promise<void>;
  /** Ends after the requests under way; what waits is for the receivers that take over. */
  handOver(): Promise<void>;
}

interface Parts {
  readonly outbox: Outbox;
  readonly meter: Meter;
  readonly time: Pick<ServiceTime, 'clock' | 'proven'>;
  readonly logger: Logger;
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

/** Starts to send the receivers what waits for them in the outbox, which their sinks are opened in. */
export function runPush(options: PushOptions, receivers: readonly NamedReceiver[], parts: Parts): Push {
  const { outbox, meter, time, logger } = parts;
  const snapshots = new SnapshotSender(receivers, meter, logger);
  const dispatchers = openDispatchers(options, receivers, parts);

  return {
    async readings() {
      const waiting = (await outbox.outboxStatus()).flatMap(waitingReadings);
      return [...waiting, ...dispatchers.flatMap(successReadings)];
    },
    async health() {
      const statuses = await outbox.outboxStatus();
      return dispatchers.map(({ sink, lastSentAtMs, lastProblem }) => {
        const status = statuses.find((each) => each.sink === sink);
        return {
          sink,
          samples: status?.samples ?? 0,
          oldestMs: status?.oldestMs ?? null,
          lastSentAtMs,
          lastProblem,
        };
      });
    },
    snapshot: (text, atMs) => snapshots.send(text, atMs),
    endSnapshots: () => snapshots.end(),
    async trim() {
      const lost = await outbox.trimOutbox({
        beforeMs: time.proven() - options.maxAgeMs,
        maxBytes: options.maxSizeBytes,
      });
      if (lost > 0) logger.error('samples_dropped', { lost });
    },
    lastSent: () => new Map(dispatchers.map(({ sink, lastSentAtMs }) => [sink, lastSentAtMs])),
    done: Promise.all(dispatchers.map(({ done }) => done)),
    async close() {
      await Promise.all(dispatchers.map((dispatcher) => dispatcher.close(options.closeGraceMs)));
    },
    async handOver() {
      const graceMs = Math.min(options.closeGraceMs, HAND_OVER_MS);
      await snapshots.end();
      await Promise.all(dispatchers.map((dispatcher) => dispatcher.handOver(graceMs)));
    },
  };
}

function openDispatchers(
  { batchSamples, batchAgeMs, resendWindowMs }: PushOptions,
  receivers: readonly NamedReceiver[],
  { outbox, meter, time, logger, lastSent }: Parts,
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
    });
  });
}

function waitingReadings({
  sink,
  samples,
  kept,
  oldestMs,
}: Awaited<ReturnType<Outbox['outboxStatus']>>[number]): GaugeReading[] {
  const counts = [
    { metric: SELF.outboxSamples.name, labels: [sink], value: samples },
    { metric: SELF.outboxKept.name, labels: [sink], value: kept },
  ];
  if (oldestMs === null) return counts;
  return [...counts, { metric: SELF.outboxOldest.name, labels: [sink], value: oldestMs / 1000 }];
}

function successReadings({ sink, lastSentAtMs }: Dispatcher): GaugeReading[] {
  if (lastSentAtMs === null) return [];
  return [{ metric: SELF.pushLastSuccess.name, labels: [sink], value: lastSentAtMs / 1000 }];
}

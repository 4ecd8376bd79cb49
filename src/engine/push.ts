import type { Clock, Logger, Meter, Outbox, Receiver } from '../domain/contracts.ts';
import { countOf, type GaugeReading } from '../domain/metric.ts';
import type { SinkHealth } from '../domain/outbox.ts';
import { SELF } from '../domain/own-metrics.ts';
import { Dispatcher } from '../metrics/push/dispatcher.ts';
import { openReceiver } from '../metrics/push/open-receiver.ts';
import type { ReceiverOptions } from '../metrics/push/receiver-options.ts';

/** A receiver with its name in the outbox. */
export type SinkOptions = Pick<ReceiverOptions, 'url' | 'protocol' | 'basicAuth' | 'bearerToken'> & {
  readonly name: string;
};

/** What the receivers share, and the limits of what waits for them. */
export interface PushOptions extends Omit<ReceiverOptions, keyof SinkOptions> {
  readonly sinks: readonly SinkOptions[];
  readonly batchSamples: number;
  readonly batchAgeMs: number;
  readonly maxSizeBytes: number;
  readonly maxAgeMs: number;
  /** Time for what waits to be sent when the service stops. */
  readonly closeGraceMs: number;
}

export interface Push {
  readings(): Promise<GaugeReading[]>;
  health(): Promise<SinkHealth[]>;
  /** Sends a whole exposition to every receiver, once; what is not taken is superseded by the next one. */
  snapshot(text: Uint8Array, atMs: number): Promise<void>;
  /** Cuts short the snapshot that is under way, and every later one. */
  endSnapshots(): void;
  /** Gives up what is too old or too much. */
  trim(): Promise<void>;
  /** Rejects on a bug, which ends the process; resolves after `close`. */
  readonly done: Promise<unknown>;
  close(): Promise<void>;
}

interface Parts {
  readonly outbox: Outbox;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The receivers by the names of their sinks; nothing is sent yet. Throws `config_invalid`. */
export function openReceivers(
  options: PushOptions,
): { readonly sink: string; readonly receiver: Receiver }[] {
  return options.sinks.map((sink) => ({
    sink: sink.name,
    receiver: openReceiver({ ...options, ...sink }),
  }));
}

/** Opens the receivers and begins to send them what waits. Throws `config_invalid`; then nothing has changed. */
export async function startPush(options: PushOptions, parts: Parts): Promise<Push> {
  const { outbox, meter, clock, logger } = parts;
  // What waits may only be forgotten once the configuration is known to be right.
  const opened = openReceivers(options);
  const forgotten = await outbox.openSinks(opened.map(({ sink }) => sink));
  if (forgotten > 0)
    logger.warn('Samples of receivers that are not configured any more are given up', { forgotten });
  const ended = new AbortController();
  const sinks = opened.map(({ sink, receiver }) => ({
    receiver,
    dispatcher: new Dispatcher({ ...options, ...parts, sink, receiver }),
  }));

  return {
    async readings() {
      const waiting = (await outbox.outboxStatus()).flatMap(waitingReadings);
      return [...waiting, ...sinks.flatMap(({ dispatcher }) => successReadings(dispatcher))];
    },
    async health() {
      const statuses = await outbox.outboxStatus();
      return sinks.map(({ dispatcher: { sink, lastSentAtMs, lastProblem } }) => {
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
    async snapshot(text, atMs) {
      await Promise.all(
        sinks.map(async ({ receiver, dispatcher: { sink } }) => {
          const outcome = await receiver.snapshot(text, atMs, ended.signal);
          if (ended.signal.aborted && outcome.kind !== 'sent') return;
          meter.add([countOf(SELF.pushSnapshots, [sink, outcome.kind])]);
          if (outcome.kind !== 'sent')
            logger.warn('A snapshot was not taken', { sink, reason: outcome.reason });
        }),
      );
    },
    endSnapshots: () => ended.abort(),
    async trim() {
      const lost = await outbox.trimOutbox({
        beforeMs: clock() - options.maxAgeMs,
        maxBytes: options.maxSizeBytes,
      });
      if (lost > 0) logger.error('Samples given up: they are too old, or too many wait', { lost });
    },
    done: Promise.all(sinks.map(({ dispatcher }) => dispatcher.done)),
    async close() {
      await Promise.all(sinks.map(({ dispatcher }) => dispatcher.close(options.closeGraceMs)));
    },
  };
}

function waitingReadings({
  sink,
  samples,
  oldestMs,
}: Awaited<ReturnType<Outbox['outboxStatus']>>[number]): GaugeReading[] {
  const count = { metric: SELF.outboxSamples.name, labels: [sink], value: samples };
  if (oldestMs === null) return [count];
  return [count, { metric: SELF.outboxOldest.name, labels: [sink], value: oldestMs / 1000 }];
}

function successReadings({ sink, lastSentAtMs }: Dispatcher): GaugeReading[] {
  if (lastSentAtMs === null) return [];
  return [{ metric: SELF.pushLastSuccess.name, labels: [sink], value: lastSentAtMs / 1000 }];
}

import type { EventSample } from '../domain/event-sample.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { SinkHealth } from '../domain/outbox.ts';
import type { Named } from './receiver.ts';
import { openReceiver } from './samples/open-receiver.ts';
import type { ReceiverOptions } from './samples/receiver-options.ts';
import type { SampleReceiver } from './samples/sample-receiver.ts';
import { takingStored } from './samples/stored-samples.ts';
import { type LastSent, type SinkOptions, type SinkParts, Sinks } from './sinks.ts';
import { SnapshotSender } from './snapshot-sender.ts';
import { SAMPLE_STREAM } from './stream.ts';

/** A receiver with its name in the outbox. */
export interface SampleSinkOptions
  extends Pick<ReceiverOptions, 'url' | 'protocol' | 'basicAuth' | 'bearerToken' | 'headers' | 'network'> {
  readonly name: string;
}

/** What the receivers of samples share, and the limits of what waits for them. */
export interface PushOptions extends Omit<ReceiverOptions, keyof SampleSinkOptions>, SinkOptions {
  readonly sinks: readonly SampleSinkOptions[];
}

/** The receivers by the names of their sinks; nothing is sent yet. Throws `config_invalid`. */
export function openReceivers(options: PushOptions): Named<SampleReceiver>[] {
  const { extraLabels, timeoutMs, version } = options;
  return options.sinks.map(({ name, ...sink }) => ({
    sink: name,
    receiver: openReceiver({ ...sink, extraLabels, timeoutMs, version }),
  }));
}

/** Sends the receivers what waits for them, and whole snapshots. */
export class Push {
  /** Rejects on a bug, which ends the process; resolves after `close` or `handOver`. */
  readonly done: Promise<unknown>;
  readonly #snapshots: SnapshotSender<Uint8Array>;
  readonly #samples: Sinks<EventSample>;

  constructor(
    options: PushOptions,
    receivers: readonly Named<SampleReceiver>[],
    parts: Omit<SinkParts<EventSample>, 'stream'>,
  ) {
    this.#snapshots = new SnapshotSender(receivers, parts.meter, parts.logger);
    const stored = receivers.map(({ sink, receiver }) => ({ sink, receiver: takingStored(receiver) }));
    this.#samples = new Sinks(options, stored, { ...parts, stream: SAMPLE_STREAM });
    this.done = this.#samples.done;
  }

  /** What waits, whoever sends it. */
  waiting(): Promise<GaugeReading[]> {
    return this.#samples.waiting();
  }

  /** What this process has sent. */
  successes(): GaugeReading[] {
    return this.#samples.successes();
  }

  health(): Promise<SinkHealth[]> {
    return this.#samples.health();
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
  trim(): Promise<void> {
    return this.#samples.trim();
  }

  /** When each sink last took something. */
  lastSent(): LastSent {
    return this.#samples.lastSent();
  }

  close(): Promise<void> {
    return this.#samples.close();
  }

  /** Ends after the requests under way; what waits is for the receivers that take over. */
  async handOver(): Promise<void> {
    await this.endSnapshots();
    await this.#samples.handOver();
  }
}

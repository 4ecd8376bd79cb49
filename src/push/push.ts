import type { EventSample } from '../domain/event-sample.ts';
import type { GaugeReading } from '../domain/metric.ts';
import type { SinkHealth } from '../domain/outbox.ts';
import type { Outbox } from '../domain/outbox-contract.ts';
import type { TraceEntry } from '../domain/trace-entry.ts';
import type { Named, Receiver } from './receiver.ts';
import { openReceiver } from './samples/open-receiver.ts';
import type { ReceiverOptions } from './samples/receiver-options.ts';
import type { SampleReceiver } from './samples/sample-receiver.ts';
import { type LastSent, type SinkOptions, type SinkParts, Sinks } from './sinks.ts';
import { SnapshotSender } from './snapshot-sender.ts';
import { SAMPLE_STREAM, SPAN_STREAM } from './stream.ts';

/** A receiver with its name in the outbox. */
export interface SampleSinkOptions
  extends Pick<ReceiverOptions, 'url' | 'protocol' | 'basicAuth' | 'bearerToken' | 'headers' | 'network'> {
  readonly name: string;
}

/** What the receivers of samples share, and the limits of what waits for them. */
export interface PushOptions extends Omit<ReceiverOptions, keyof SampleSinkOptions>, SinkOptions {
  readonly sinks: readonly SampleSinkOptions[];
}

/** All that is sent to, with the names of their sinks. */
export interface Receivers {
  readonly samples: readonly Named<SampleReceiver>[];
  readonly traces: readonly Named<Receiver<TraceEntry>>[];
}

interface PushParts extends Omit<SinkParts<never>, 'stream' | 'outbox'> {
  readonly outboxes: { readonly samples: Outbox<EventSample>; readonly traces: Outbox<TraceEntry> };
}

/** The receivers of samples by the names of their sinks; nothing is sent yet. Throws `config_invalid`. */
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
  readonly #all: readonly (Sinks<EventSample> | Sinks<TraceEntry>)[];

  constructor(
    options: { readonly samples: SinkOptions; readonly traces: SinkOptions },
    { samples, traces }: Receivers,
    { outboxes, ...parts }: PushParts,
  ) {
    this.#snapshots = new SnapshotSender(samples, parts.meter, parts.logger);
    this.#all = [
      new Sinks(options.samples, samples, { ...parts, outbox: outboxes.samples, stream: SAMPLE_STREAM }),
      new Sinks(options.traces, traces, { ...parts, outbox: outboxes.traces, stream: SPAN_STREAM }),
    ];
    this.done = Promise.all(this.#all.map(({ done }) => done));
  }

  /** What waits, whoever sends it. */
  async waiting(): Promise<GaugeReading[]> {
    return (await Promise.all(this.#all.map((sinks) => sinks.waiting()))).flat();
  }

  /** What this process has sent. */
  successes(): GaugeReading[] {
    return this.#all.flatMap((sinks) => sinks.successes());
  }

  async health(): Promise<SinkHealth[]> {
    return (await Promise.all(this.#all.map((sinks) => sinks.health()))).flat();
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
    for (const sinks of this.#all) await sinks.trim();
  }

  /** When each sink last took something. */
  lastSent(): LastSent {
    return new Map(this.#all.flatMap((sinks) => [...sinks.lastSent()]));
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((sinks) => sinks.close()));
  }

  /** Ends after the requests under way; what waits is for the receivers that take over. */
  async handOver(): Promise<void> {
    await this.endSnapshots();
    await Promise.all(this.#all.map((sinks) => sinks.handOver()));
  }
}

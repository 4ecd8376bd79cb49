import type { EventSample } from '../../domain/event-sample.ts';
import type { ReceiverProcess } from '../../domain/sample.ts';
import type { SendOutcome } from '../../domain/send-outcome.ts';
import { HttpReceiver, type HttpReceiverOptions } from '../http-receiver.ts';
import type { HttpSender } from '../http-sender.ts';
import type { PushProtocol } from '../protocols.ts';
import type { Receiver } from '../receiver.ts';
import type { SnapshotReceiver } from '../snapshot-sender.ts';
import { metricsUrlOf, processOf } from './receiver-process.ts';
import type { SampleFormat } from './sample-format.ts';

/** A database that accepts samples. */
export interface SampleReceiver extends Receiver<EventSample>, SnapshotReceiver<Uint8Array> {
  /** A whole exposition (text 0.0.4 as `Engine.scrape` gives it), every value as of `atMs`. */
  snapshot(exposition: Uint8Array, atMs: number, signal?: AbortSignal): Promise<SendOutcome>;
  process(signal?: AbortSignal): Promise<ReceiverProcess>;
}

/** Of the receiver's own metrics. */
const MAX_METRICS_BYTES = 8 * 1024 * 1024;
const MAX_METRICS_WAIT_MS = 5000;

export class HttpSampleReceiver extends HttpReceiver<EventSample> implements SampleReceiver {
  readonly #sender: HttpSender;
  readonly #format: SampleFormat;
  readonly #protocol: PushProtocol;

  constructor(
    options: HttpReceiverOptions<EventSample> & {
      readonly format: SampleFormat;
      readonly protocol: PushProtocol;
    },
  ) {
    super(options);
    this.#sender = options.sender;
    this.#format = options.format;
    this.#protocol = options.protocol;
  }

  async snapshot(exposition: Uint8Array, atMs: number, signal?: AbortSignal): Promise<SendOutcome> {
    return this.postAll(this.#format.encodeExposition(exposition, atMs), signal);
  }

  async process(signal?: AbortSignal): Promise<ReceiverProcess> {
    const { url } = this.#sender.options;
    const limits = { timeoutMs: MAX_METRICS_WAIT_MS, maxBytes: MAX_METRICS_BYTES };
    return processOf(await this.#sender.get(metricsUrlOf(url), limits, signal), url, this.#protocol);
  }
}

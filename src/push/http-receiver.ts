import type { ReceiverProcess, Sample, SendOutcome } from '../domain/sample.ts';
import { Agents } from '../outbound/agents.ts';
import { exchange } from '../outbound/exchange.ts';
import type { Network } from '../outbound/network.ts';
import { outcomeOf } from './outcome.ts';
import type { Receiver } from './receiver.ts';
import type { PushProtocol } from './receiver-options.ts';
import { metricsUrlOf, processOf } from './receiver-process.ts';
import type { Payload, WireFormat } from './wire-format.ts';

export interface HttpReceiverOptions {
  readonly url: URL;
  readonly protocol: PushProtocol;
  readonly format: WireFormat;
  /** In addition to the format's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly network: Network;
  readonly timeoutMs: number;
  /** Makes a server's message fit to be shown. */
  readonly writeReason: (text: string) => string;
}

/**
 * Shorter than servers keep idle connections, so that none is closed during a request (VictoriaMetrics: a
 * minute).
 */
const IDLE_MS = 20_000;
/** Of an answer: enough for a reason, and to keep most connections alive. */
const MAX_BODY_BYTES = 16 * 1024;

/** Of the receiver's own metrics. */
const MAX_METRICS_BYTES = 8 * 1024 * 1024;
const MAX_METRICS_WAIT_MS = 5000;

const SENT: SendOutcome = { kind: 'sent' };

/** Sends over one connection, which is kept alive; concurrent requests wait for one another. */
export class HttpReceiver implements Receiver {
  readonly #options: HttpReceiverOptions;
  readonly #agents: Agents;
  readonly #closing = new AbortController();

  constructor(options: HttpReceiverOptions) {
    this.#options = options;
    this.#agents = new Agents(options.network, { maxSockets: 1, timeoutMs: IDLE_MS });
  }

  async send(samples: readonly Sample[], signal?: AbortSignal): Promise<SendOutcome> {
    return samples.length === 0 ? SENT : this.#post(await this.#options.format.encode(samples), signal);
  }

  async snapshot(exposition: Uint8Array, atMs: number, signal?: AbortSignal): Promise<SendOutcome> {
    for await (const payload of this.#options.format.encodeExposition(exposition, atMs)) {
      const outcome = await this.#post(payload, signal);
      if (outcome.kind !== 'sent') return outcome;
    }
    return SENT;
  }

  async process(signal?: AbortSignal): Promise<ReceiverProcess> {
    const { url, protocol, headers, timeoutMs } = this.#options;
    const answer = await exchange(metricsUrlOf(url), {
      method: 'GET',
      headers,
      agents: this.#agents,
      timeoutMs: Math.min(timeoutMs, MAX_METRICS_WAIT_MS),
      maxBytes: MAX_METRICS_BYTES,
      closing: this.#closingWith(signal),
    });
    return processOf(answer, url, protocol);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#agents[Symbol.dispose]();
  }

  #closingWith(signal: AbortSignal | undefined): AbortSignal {
    return AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]);
  }

  async #post({ body, query = {} }: Payload, signal: AbortSignal | undefined): Promise<SendOutcome> {
    const { format, headers, timeoutMs, writeReason } = this.#options;
    const url = new URL(this.#options.url);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const answer = await exchange(url, {
      method: 'POST',
      headers: {
        ...headers,
        ...format.headers,
        'Content-Length': body.length,
        'Accept-Encoding': 'identity',
      },
      body,
      agents: this.#agents,
      timeoutMs,
      maxBytes: MAX_BODY_BYTES,
      cutsBody: true,
      closing: this.#closingWith(signal),
    });
    const outcome = outcomeOf(answer);
    return outcome.kind === 'sent' ? outcome : { ...outcome, reason: writeReason(outcome.reason) };
  }
}

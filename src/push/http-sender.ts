import { Agents } from '../outbound/agents.ts';
import { answerAttributes } from '../outbound/answer-attributes.ts';
import { exchange, type HttpFailure, type HttpResponse } from '../outbound/exchange.ts';
import type { Network } from '../outbound/network.ts';
import type { Payload } from '../outbound/wire-format.ts';
import { traced, type Work } from '../timing/traced.ts';

export interface HttpSenderOptions {
  readonly url: URL;
  /** In addition to those that describe a body. */
  readonly headers: Readonly<Record<string, string>>;
  readonly network: Network;
  readonly timeoutMs: number;
}

/**
 * Shorter than servers keep idle connections, so that none is closed during a request (VictoriaMetrics: a
 * minute).
 */
const IDLE_MS = 20_000;
/** Of an answer: enough for a reason, and to keep most connections alive. */
const MAX_BODY_BYTES = 16 * 1024;

/** Sends over one connection, which is kept alive; concurrent requests wait for one another. */
export class HttpSender {
  readonly options: HttpSenderOptions;
  readonly #agents: Agents;
  readonly #closing = new AbortController();

  constructor(options: HttpSenderOptions) {
    this.options = options;
    this.#agents = new Agents(options.network, { maxSockets: 1, timeoutMs: IDLE_MS });
  }

  /** `headers`: those that describe the body. Aborted by `signal` as a failure. */
  post(
    { body, query = {} }: Payload,
    headers: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<HttpResponse | HttpFailure> {
    const url = new URL(this.options.url);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const length = { 'Content-Length': body.length, 'Accept-Encoding': 'identity' };
    const describe = (): Work => ({
      name: 'POST receiver',
      kind: 'client',
      attributes: { 'http.request.method': 'POST', 'server.address': url.host },
    });
    return traced(describe, async (work) => {
      const answer = await exchange(url, {
        method: 'POST',
        headers: { ...this.options.headers, ...headers, ...length },
        body,
        agents: this.#agents,
        timeoutMs: this.options.timeoutMs,
        maxBytes: MAX_BODY_BYTES,
        cutsBody: true,
        closing: this.#closingWith(signal),
      });
      if (work !== null) Object.assign(work.attributes, answerAttributes(answer));
      return answer;
    });
  }

  /** From another address of the same server. */
  get(
    url: URL,
    { timeoutMs, maxBytes }: { readonly timeoutMs: number; readonly maxBytes: number },
    signal?: AbortSignal,
  ): Promise<HttpResponse | HttpFailure> {
    return exchange(url, {
      method: 'GET',
      headers: this.options.headers,
      agents: this.#agents,
      timeoutMs: Math.min(timeoutMs, this.options.timeoutMs),
      maxBytes,
      closing: this.#closingWith(signal),
    });
  }

  /** Aborts what is under way. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#agents[Symbol.dispose]();
  }

  #closingWith(signal: AbortSignal | undefined): AbortSignal {
    return AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]);
  }
}

import type { IncomingMessage } from 'node:http';
import { nodeHttp, nodeHttps } from '../http/node-http.ts';
import type { Agents } from './agents.ts';
import { explainFailure, loginRefused } from './explain-failure.ts';

export interface OutboundRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string | number>>;
  readonly agents: Agents;
  /** Aborts it, and the reading of its response. */
  readonly signal: AbortSignal;
  readonly body?: Uint8Array | string;
}

/**
 * Sends one request; resolves with the head of the response. Redirects are responses like others. Rejects
 * with a `NetworkError`, or with an `ABORT_ERR` whose `cause` is the reason of the signal.
 */
export function sendRequest(url: URL, request: OutboundRequest): Promise<IncomingMessage> {
  const { method, headers, agents, signal, body } = request;
  const { agent, proxy } = agents.routeTo(url);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const abort = () => reject(abortErrorOf(signal));
  // Node.js does not abort a request while the proxy opens its tunnel.
  signal.addEventListener('abort', abort, { once: true });
  const sent = (url.protocol === 'https:' ? nodeHttps() : nodeHttp()).request(url, {
    method,
    headers,
    agent,
    signal,
  });
  sent.on('error', (error) => {
    if (signal.aborted) abort();
    else reject(explainFailure(error, { url, proxy, network: agents.network }));
  });
  sent.on('response', (response) => {
    // For an http: URL, 407 comes from the proxy; a server asks with 401.
    if (proxy === null || response.statusCode !== 407) return resolve(response);
    response.destroy();
    reject(loginRefused(proxy, response.statusCode));
  });
  sent.end(body);
  return promise.finally(() => signal.removeEventListener('abort', abort));
}

/** The same error as Node.js makes. */
function abortErrorOf({ reason }: AbortSignal): Error {
  return Object.assign(new Error('The operation was aborted', { cause: reason }), { code: 'ABORT_ERR' });
}

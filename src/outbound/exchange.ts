import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { nodeZlib } from '../http/gzip.ts';
import type { Agents } from './agents.ts';
import { NetworkError } from './explain-failure.ts';
import { sendRequest } from './send-request.ts';

/** Asked by their names; null: there is none. What came several times is joined with commas. */
export interface ResponseHeaders {
  get(name: string): string | null;
}

/** The server's response. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** Decompressed; only its beginning if `cutsBody`. */
  readonly body: Buffer;
  /** There was more of it. */
  readonly isCut?: true;
}

/** Why there is no complete response. */
export interface HttpFailure {
  readonly failure: 'timeout' | 'network' | 'too_large' | 'closed';
  readonly reason: string;
  /** Node.js's or OpenSSL's, such as `ECONNREFUSED`. */
  readonly code?: string;
  /** How a person can fix it, if known. */
  readonly hint?: string;
}

export interface ExchangeOptions {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body?: Uint8Array;
  readonly agents: Agents;
  /** From the start to the last byte of the response. */
  readonly timeoutMs: number;
  /** A longer body fails, or is cut there. */
  readonly maxBytes: number;
  readonly cutsBody?: boolean;
  /** Aborts it, as `closed`. */
  readonly closing?: AbortSignal;
}

/**
 * Sends one request and reads the whole response. Redirects are responses like others. Never rejects because
 * of the network.
 */
export async function exchange(url: URL, options: ExchangeOptions): Promise<HttpResponse | HttpFailure> {
  const { timeoutMs, maxBytes, cutsBody = false, closing } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = closing === undefined ? timeout : AbortSignal.any([closing, timeout]);
  try {
    const headers = { 'Accept-Encoding': 'gzip', ...options.headers };
    const response = await sendRequest(url, { ...options, headers, signal });
    const body = await readBody(decompressed(response), maxBytes + 1);
    if (body.length > maxBytes && !cutsBody)
      return { failure: 'too_large', reason: `the answer has more than ${maxBytes} bytes` };
    return {
      status: response.statusCode ?? 0,
      headers: headersOf(response),
      body: body.subarray(0, maxBytes),
      ...(body.length > maxBytes ? { isCut: true } : {}),
    };
  } catch (error) {
    if (closing?.aborted) return { failure: 'closed', reason: 'aborted' };
    if (timeout.aborted) return { failure: 'timeout', reason: 'no complete answer in time' };
    return failureOf(error);
  }
}

/** Responses without a body may still name an encoding. */
function decompressed(response: IncomingMessage): Readable {
  const hasBody = response.statusCode !== 204 && response.statusCode !== 304;
  if (!hasBody || response.headers['content-encoding']?.toLowerCase() !== 'gzip') return response;
  // The reader gets the errors; leaving its loop closes the connection.
  return pipeline(response, nodeZlib().createGunzip(), () => undefined);
}

/** Stops once it has `enough` bytes. */
async function readBody(stream: Readable, enough: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    // Leaving the loop closes the connection.
    if (length >= enough) break;
  }
  return Buffer.concat(chunks);
}

/** Not `Headers`, which would load all that Node.js has for `fetch`. */
function headersOf(response: IncomingMessage): ResponseHeaders {
  return { get: (name) => response.headersDistinct[name.toLowerCase()]?.join(', ') ?? null };
}

/** What interrupts a response is an error of Node.js with a code; anything else is a bug. */
function failureOf(error: unknown): HttpFailure {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  const code = String(error.code);
  const hint = error instanceof NetworkError ? { hint: error.hint } : {};
  return { failure: 'network', reason: error.message || code, code, ...hint };
}

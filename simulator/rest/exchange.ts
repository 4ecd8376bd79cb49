import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../src/domain/contracts.ts';
import { sleep } from '../../src/timing/sleep.ts';
import type { Random } from '../random.ts';
import type { ApiResponse } from './response.ts';

/*
 * Answers as they go over the wire:
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */

/** Longer bodies are not read completely. */
const MAX_BODY = 1_000_000;
const VERSIONS = ['2022-11-28', '2026-03-10'];

/** The headers of a request that affect the response. */
export interface RequestHeaders {
  readonly authorization: string | undefined;
  readonly version: string;
  readonly ifNoneMatch: string | undefined;
  readonly ifModifiedSince: string | undefined;
}

/** Undefined if it asks for an unknown version of the API. */
export function readRequestHeaders({ headers }: IncomingMessage): RequestHeaders | undefined {
  const version = headers['x-github-api-version'] ?? VERSIONS[0];
  if (typeof version !== 'string' || !VERSIONS.includes(version)) return undefined;
  const { authorization } = headers;
  return {
    authorization,
    version,
    ifNoneMatch: headers['if-none-match'],
    ifModifiedSince: headers['if-modified-since'],
  };
}

/** The JSON of a request; undefined without a body. Rejects when it is not JSON. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  request.setEncoding('utf8');
  let text = '';
  for await (const part of request) {
    text += part;
    if (text.length > MAX_BODY) throw new RangeError('The body is too long.');
  }
  return text === '' ? undefined : JSON.parse(text);
}

/** A response ready to be sent. */
export interface Sealed {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
  /** In place of the text. */
  readonly body?: Buffer;
  /** It never comes to its end. */
  readonly trickles?: boolean;
}

/**
 * With its `ETag`, which differs from token to token; 304 without a body when the caller already has that
 * version.
 */
export function sealResponse(
  answer: ApiResponse,
  method: string | undefined,
  requestHeaders: RequestHeaders,
): Sealed {
  const { authorization = '', ifNoneMatch, ifModifiedSince } = requestHeaders;
  const text = JSON.stringify(answer.body);
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    vary: 'Accept, Authorization, Cookie, X-GitHub-OTP',
    ...answer.headers,
  };
  const links = Object.entries(answer.links ?? {}).map(([rel, address]) => `<${address}>; rel="${rel}"`);
  if (links.length > 0) headers.link = links.join(', ');
  if (method !== 'GET' || answer.status !== 200) return { status: answer.status, headers, text };
  const etag = `W/"${createHash('sha256').update(`${authorization}\n${text}`).digest('hex')}"`;
  headers.etag = etag;
  headers['cache-control'] = `${authorization === '' ? 'public' : 'private'}, max-age=60, s-maxage=60`;
  const { lastModifiedMs } = answer;
  if (lastModifiedMs !== undefined) headers['last-modified'] = new Date(lastModifiedMs).toUTCString();
  const isKnown =
    ifNoneMatch === undefined
      ? lastModifiedMs !== undefined && lastModifiedMs <= Date.parse(ifModifiedSince ?? '')
      : ifNoneMatch.split(/, */).includes(etag);
  return isKnown ? { status: 304, headers, text: '' } : { status: 200, headers, text };
}

const TRICKLE_MS = 50;

/** Sends it with the headers that every answer has. */
export function send(response: ServerResponse, sealed: Sealed, clock: Clock, random: Random): void {
  const id = [4, 6, 7, 7, 8].map((length) => random.hex(length).toUpperCase()).join(':');
  const body = sealed.body ?? Buffer.from(sealed.text);
  response.sendDate = false;
  response.writeHead(sealed.status, {
    date: new Date(clock()).toUTCString(),
    server: 'github.com',
    'x-github-request-id': id,
    'x-github-media-type': 'github.v3; format=json',
    ...sealed.headers,
    ...(sealed.status === 304 ? {} : { 'content-length': body.length + (sealed.trickles ? 1 : 0) }),
  });
  if (sealed.trickles) void trickle(response, body);
  else response.end(body);
}

/** One byte at a time, as slowly as possible; the last one never. */
async function trickle(response: ServerResponse, body: Buffer): Promise<void> {
  const closed = new AbortController();
  response.on('close', () => closed.abort());
  for (let sent = 0; ; sent += 1) {
    await sleep(TRICKLE_MS, closed.signal);
    if (closed.signal.aborted) return;
    if (sent < body.length) response.write(body.subarray(sent, sent + 1));
  }
}

import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ERROR_CODES, type ErrorCode, type HttpErrorCode } from '../domain/error-codes.ts';
import type { ErrorMeaning } from '../domain/error-meaning.ts';
import { nodeHttp } from './node-http.ts';

/** A response whose body is JSON text. */
export interface JsonResponse {
  readonly status: number;
  readonly body: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** When a client may try again, unless a better time is known. */
const RETRY_AFTER_SECONDS = 5;

/**
 * The response for `code`, from the table of error codes. Pass `message` if something more exact can be said.
 * Errors that may pass by themselves (429, 503) say when to try again.
 */
export function errorResponse(
  code: HttpErrorCode,
  { message, headers = {} }: { readonly message?: string; readonly headers?: OutgoingHttpHeaders } = {},
): JsonResponse {
  const { status, about }: ErrorMeaning & { readonly status: number } = ERROR_CODES[code];
  const mayPass = status === 429 || status === 503;
  const retry = mayPass ? { 'Retry-After': String(RETRY_AFTER_SECONDS) } : {};
  return jsonError(status, code, message ?? about, { ...retry, ...headers });
}

/** The form of every error response. */
export function jsonError(
  status: number,
  code: HttpErrorCode | ErrorCode,
  message: string,
  headers: OutgoingHttpHeaders = {},
): JsonResponse {
  return { status, body: JSON.stringify({ error: { code, message } }), headers };
}

export function sendJson(response: ServerResponse, { status, body, headers }: JsonResponse): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/** How long a connection is still read from after the last response on it. */
const LINGER_MS = 1000;

/**
 * Responds at once and ends the connection, although the request's body has not been read. What the client
 * still sends is discarded for a second: closing at once would reset the connection, and the client's system
 * would drop the response.
 */
export function sendAndClose(request: IncomingMessage, response: ServerResponse, answer: JsonResponse): void {
  const { socket } = response;
  // An earlier request on this connection has no response yet: Node.js keeps them in order.
  if (socket === null) {
    sendJson(response, { ...answer, headers: { ...answer.headers, Connection: 'close' } });
    return;
  }
  sendOnSocket(socket, answer);
  request.resume();
}

/** Responds on a bare connection, on which Node.js could parse no request, and ends it. */
export function sendOnSocket(socket: Socket, { status, body, headers }: JsonResponse): void {
  const fields = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    Date: new Date().toUTCString(),
    ...headers,
    Connection: 'close',
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${nodeHttp().STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

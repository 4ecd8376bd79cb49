import { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type AnswerCode, ERROR_CODES, type ErrorCode } from '../domain/error-codes.ts';
import type { ErrorMeaning } from '../domain/error-meaning.ts';

/** An answer that is JSON already. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** After what time a client may try again, unless it is known better. */
const RETRY_AFTER_SECONDS = 5;

/**
 * The answer that the table of error codes knows for `code`. `message` where something more exact can be
 * said. What may pass by itself says when to try again.
 */
export function answerOf(
  code: AnswerCode,
  { message, headers = {} }: { readonly message?: string; readonly headers?: OutgoingHttpHeaders } = {},
): JsonAnswer {
  const { status, about }: ErrorMeaning & { readonly status: number } = ERROR_CODES[code];
  const mayPass = status === 429 || status === 503;
  const retry = mayPass ? { 'Retry-After': String(RETRY_AFTER_SECONDS) } : {};
  return errorAnswer(status, code, message ?? about, { ...retry, ...headers });
}

/** The form of every error that is answered. */
export function errorAnswer(
  status: number,
  code: AnswerCode | ErrorCode,
  message: string,
  headers: OutgoingHttpHeaders = {},
): JsonAnswer {
  return { status, body: JSON.stringify({ error: { code, message } }), headers };
}

export function answerJson(response: ServerResponse, { status, body, headers }: JsonAnswer): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/** How long a connection is still read from after the last answer on it. */
const LINGER_MS = 1000;

/**
 * Answers at once and ends the connection, although the request's body has not been read. What the client is
 * still sending is thrown away for a second: closing at once would make its system drop the answer with a
 * connection reset.
 */
export function answerAndClose(request: IncomingMessage, response: ServerResponse, answer: JsonAnswer): void {
  const { socket } = response;
  // An earlier request on this connection has not been answered yet: Node.js keeps the order of the answers.
  if (socket === null) {
    answerJson(response, { ...answer, headers: { ...answer.headers, Connection: 'close' } });
    return;
  }
  answerSocket(socket, answer);
  request.resume();
}

/** Answers on a bare connection, where there is no request that Node.js could parse, and ends it. */
export function answerSocket(socket: Socket, { status, body, headers }: JsonAnswer): void {
  const fields = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    Date: new Date().toUTCString(),
    ...headers,
    Connection: 'close',
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
}

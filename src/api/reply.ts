import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '../domain/contracts.ts';
import { ERROR_CODES, type ErrorCode, type HttpErrorCode } from '../domain/error-codes.ts';
import { AntError } from '../domain/errors.ts';
import { errorResponse, type JsonResponse, jsonError, sendOnSocket } from '../http/json-response.ts';
import type { Answer } from './routing/answer.ts';
import { ClientMistake } from './routing/client-mistake.ts';
import type { ServeOptions } from './routing/serve.ts';

/** Whether somebody looks at the answer in a browser. */
export function isForPeople({ accept = '' }: IncomingHttpHeaders): boolean {
  return accept.includes('text/html');
}

/** An error as somebody sees it who looks at it in a browser, and in the common form for everybody else. */
export function errorFor(
  { headers }: { readonly headers: IncomingHttpHeaders },
  error: JsonResponse,
): Answer {
  if (!isForPeople(headers)) return error;
  const { message } = (JSON.parse(error.body) as { error: { message: string } }).error;
  const text = message.replace(/[&<>]/g, (mark) => `&#${mark.charCodeAt(0)};`);
  return {
    status: error.status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', ...error.headers },
    body: `<!doctype html>\n<html lang="en">\n<title>ant-watcher</title>\n<h1>ant-watcher</h1>\n<p>${text}</p>\n`,
  };
}

export const NOT_FOUND = errorResponse('not_found', {
  message: 'There is nothing at this path for this method.',
});

/** What is answered where a handler throws: an expected error by its code, anything else as an internal error. */
export function openErrorAnswers(logger: Logger): ServeOptions['answerTo'] {
  return (error, { method }, route) => {
    if (error instanceof AntError) return answerTo(error);
    if (error instanceof ClientMistake) return errorResponse(error.code, { message: error.message });
    logger.error('api_request_failed', { err: error, method, route });
    return errorResponse('internal_error');
  };
}

/** An error that was expected, but not by this route. */
function answerTo({ code, message }: AntError): JsonResponse {
  return canBeAnswered(code) ? errorResponse(code, { message }) : jsonError(500, code, message);
}

function canBeAnswered(code: ErrorCode): code is ErrorCode & HttpErrorCode {
  return 'status' in ERROR_CODES[code];
}

/**
 * The headers of every response of the API listener. Nothing here is meant to be embedded in another page,
 * cached by a proxy or read by another site, so nothing allows it, and there are no CORS headers at all. A
 * page that needs scripts or styles relaxes its own policy.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

const TIMEOUT = errorResponse('timeout', { headers: SECURITY_HEADERS });
const HEADERS = errorResponse('headers_too_large', { headers: SECURITY_HEADERS });
const NO_HTTP = errorResponse('malformed_request', { headers: SECURITY_HEADERS });

/**
 * Responds on a connection on which no request could be parsed. One that is gone, or never sent anything, is
 * just closed.
 */
export function answerClientError({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable || socket.bytesRead === 0) socket.destroy();
  else if (code === 'ERR_HTTP_REQUEST_TIMEOUT') sendOnSocket(socket, TIMEOUT);
  else sendOnSocket(socket, code === 'HPE_HEADER_OVERFLOW' ? HEADERS : NO_HTTP);
}

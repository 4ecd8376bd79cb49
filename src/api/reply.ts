import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../domain/contracts.ts';
import { ERROR_CODES, type ErrorCode, type HttpErrorCode } from '../domain/error-codes.ts';
import { AntError } from '../domain/errors.ts';
import { errorResponse, type JsonResponse, jsonError, sendOnSocket } from '../http/json-response.ts';
import { BadQuery } from './read-api/parameters.ts';

/** Sends an error in the common form: `{ "error": { "code", "message" } }`. */
export function sendError(reply: FastifyReply, { status, body, headers = {} }: JsonResponse): FastifyReply {
  return reply
    .code(status)
    .headers({ ...SECURITY_HEADERS, ...headers })
    .type('application/json')
    .send(body);
}

/** Whether somebody looks at the answer in a browser. */
export function isForPeople({ accept = '' }: FastifyRequest['headers']): boolean {
  return accept.includes('text/html');
}

/** The same for somebody who looks at it in a browser, and in the common form for everybody else. */
export function sendErrorTo(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  error: JsonResponse,
): FastifyReply {
  if (!isForPeople(headers)) return sendError(reply, error);
  const { message } = (JSON.parse(error.body) as { error: { message: string } }).error;
  const text = message.replace(/[&<>]/g, (mark) => `&#${mark.charCodeAt(0)};`);
  return reply
    .code(error.status)
    .headers({ ...SECURITY_HEADERS, ...error.headers })
    .type('text/html; charset=utf-8')
    .send(
      `<!doctype html>\n<html lang="en">\n<title>ant-watcher</title>\n<h1>ant-watcher</h1>\n<p>${text}</p>\n`,
    );
}

export function sendNotFound(_: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendError(
    reply,
    errorResponse('not_found', { message: 'There is nothing at this path for this method.' }),
  );
}

/** The client's mistakes that Fastify finds, distinguished by status. */
const CLIENT_ERRORS: readonly HttpErrorCode[] = [
  'bad_request',
  'body_too_large',
  'path_too_long',
  'content_type',
];

/**
 * Creates the handler of everything that is thrown: an expected error by its code, anything else as an
 * internal error.
 */
export function createErrorHandler(
  logger: Logger,
): (error: FastifyError | AntError, request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (error, request, reply) => {
    if (error instanceof AntError) return sendError(reply, answerTo(error));
    if (error instanceof BadQuery)
      return sendError(reply, errorResponse(error.code, { message: error.message }));
    const clientError = CLIENT_ERRORS.find((code) => ERROR_CODES[code].status === error.statusCode);
    if (clientError !== undefined)
      return sendError(reply, errorResponse(clientError, { message: error.message }));
    logger.error('api_request_failed', {
      err: error,
      method: request.method,
      route: request.routeOptions.url,
    });
    return sendError(reply, errorResponse('internal_error'));
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

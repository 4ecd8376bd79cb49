import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../domain/contracts.ts';
import { ERROR_CODES, type ErrorCode, type HttpErrorCode } from '../domain/error-codes.ts';
import { AntError } from '../domain/errors.ts';
import { errorResponse, type JsonResponse, jsonError } from '../http/json-response.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** Sends an error in the form that all have: `{ "error": { "code", "message" } }`. */
export function sendError(reply: FastifyReply, { status, body, headers = {} }: JsonResponse): FastifyReply {
  return reply
    .code(status)
    .headers({ ...SECURITY_HEADERS, ...headers })
    .type('application/json')
    .send(body);
}

export function sendNotFound(_: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendError(
    reply,
    errorResponse('not_found', { message: 'There is nothing at this path for this method.' }),
  );
}

/** The client's mistakes that Fastify finds. It tells them apart by status. */
const MISTAKES: readonly HttpErrorCode[] = ['bad_request', 'body_too_large', 'path_too_long', 'content_type'];

/**
 * Makes the handler of everything that was thrown: an expected error by its code, anything else as a fault of
 * ours.
 */
export function createErrorHandler(
  logger: Logger,
): (error: FastifyError | AntError, request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (error, request, reply) => {
    if (error instanceof AntError) return sendError(reply, answerTo(error));
    const mistake = MISTAKES.find((code) => ERROR_CODES[code].status === error.statusCode);
    if (mistake !== undefined) return sendError(reply, errorResponse(mistake, { message: error.message }));
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

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { errorAnswer, type JsonAnswer } from '../middleware/answer.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** Sends an error in the form that all have: `{ "error": { "code", "message" } }`. */
export function sendError(reply: FastifyReply, { status, body, headers = {} }: JsonAnswer): FastifyReply {
  return reply
    .code(status)
    .headers({ ...SECURITY_HEADERS, ...headers })
    .type('application/json')
    .send(body);
}

export function sendNotFound(_: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendError(reply, errorAnswer(404, 'not_found', 'There is nothing at this path for this method.'));
}

/** The client's mistakes that Fastify finds, by status. */
const CODES: Readonly<Record<number, string>> = {
  400: 'bad_request',
  413: 'body_too_large',
  414: 'path_too_long',
  415: 'content_type',
  503: 'timeout',
};

/** Makes the handler of everything that was thrown: an expected error by its code, anything else as a fault of ours. */
export function createErrorHandler(
  logger: Logger,
): (error: FastifyError | AntError, request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (error, request, reply) => {
    if (error instanceof AntError) {
      const again = error.remedy === 'retry';
      const headers = again ? { 'Retry-After': '5' } : {};
      return sendError(reply, errorAnswer(again ? 503 : 500, error.code, error.message, headers));
    }
    const code = CODES[error.statusCode ?? 500];
    if (code !== undefined)
      return sendError(reply, errorAnswer(error.statusCode ?? 500, code, error.message));
    logger.error('API request failed', {
      err: error,
      method: request.method,
      route: request.routeOptions.url,
    });
    return sendError(
      reply,
      errorAnswer(500, 'internal_error', 'The request failed because of a fault in the service.'),
    );
  };
}

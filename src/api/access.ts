import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerOf } from '../middleware/answer.ts';
import type { AccessRules } from './access-rules.ts';
import { sendError } from './reply.ts';

export interface Access {
  /** Whether this request may see everything. */
  isTrusted(request: FastifyRequest): boolean;
  /** A hook that answers the requests that may not go on. */
  guard(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined>;
}

const UNAUTHORIZED = answerOf('unauthorized', {
  message: 'A bearer token of this service is needed.',
  headers: { 'WWW-Authenticate': 'Bearer realm="ant-watcher"' },
});
const FORBIDDEN = answerOf('forbidden', {
  message:
    'Changes over the network need a token: set ANT_WATCHER_API_TOKENS, or let the API listen on 127.0.0.1 only.',
});
const NOT_JSON = answerOf('content_type', { message: 'The content type must be application/json.' });

/**
 * With tokens, one of them is needed for everything. Without, everybody may read, and only who is on this machine may
 * change. Changes must be declared as JSON, which a foreign web page can't make a browser send.
 */
export function createAccess(rules: () => AccessRules, isLoopbackOnly: () => boolean): Access {
  function isTrusted(request: FastifyRequest): boolean {
    const { isOpen, hasToken } = rules();
    return isOpen || hasToken(request.headers.authorization);
  }

  return {
    isTrusted,
    async guard(request, reply) {
      if (!isTrusted(request)) return sendError(reply, UNAUTHORIZED);
      if (request.method === 'GET' || request.method === 'HEAD') return undefined;
      if (rules().isOpen && !isLoopbackOnly()) return sendError(reply, FORBIDDEN);
      return isJson(request.headers['content-type']) ? undefined : sendError(reply, NOT_JSON);
    },
  };
}

function isJson(contentType = ''): boolean {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}

/** Whether only this machine can reach a listener bound there. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address);
}

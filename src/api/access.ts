import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import { countOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { addressRanges, readRange } from '../http/address-ranges.ts';
import { createFailureThrottle } from '../http/failure-throttle.ts';
import { readAddress } from '../http/ip-address.ts';
import { errorResponse, type JsonResponse, jsonError } from '../http/json-response.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import type { AccessRules, Area } from './access-rules.ts';
import { sendError } from './reply.ts';

export interface AccessOptions {
  /** Asked at each request: they may change. */
  readonly rules: () => AccessRules;
  /** Whether only this machine can reach the listener. */
  readonly isLoopbackOnly: () => boolean;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly logger: Logger;
}

export interface Access {
  /** Whether this request may see everything. */
  isTrusted(request: FastifyRequest): boolean;
  /** A hook for the routes of an area (null: of none), which answers the requests that may not go on. */
  guard(
    area: Area | null,
  ): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;
  /** Answers wrong or missing credentials, more and more slowly. */
  refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply;
  close(): void;
}

const FORBIDDEN = errorResponse('forbidden', {
  message:
    'Changes over the network need a token: set ANT_WATCHER_API_TOKENS, or let the API listen on 127.0.0.1 only and ask it there.',
});
const FOREIGN_NAME = errorResponse('forbidden', {
  message:
    'Without a login this API is read by the name of this machine only, as 127.0.0.1 or localhost. Set ANT_WATCHER_API_TOKENS, or name in ANT_WATCHER_API_PUBLIC what everybody may read.',
});
/** A name of DNS and a port are no longer. */
const MAX_NAME_LENGTH = 260;
const TOKEN_ONLY = errorResponse('forbidden', {
  message: 'Changes need a bearer token: a user may only read.',
});
const NOT_JSON = errorResponse('content_type', { message: 'The content type must be application/json.' });

/**
 * With tokens or users, one of them is needed for everything that is not public. Without, everybody who can
 * connect may read, and only who is on this machine may change. Changes must be declared as JSON, which a
 * foreign web page can't make a browser send; and where only this machine can connect, a page whose name was
 * made to point here can read nothing either.
 */
export function createAccess(options: AccessOptions): Access {
  const { rules, isLoopbackOnly } = options;
  const { refuse, refuseName, close } = createRefusal(options);

  function isTrusted({ headers: { authorization, host } }: FastifyRequest): boolean {
    const { isOpen, hasToken, hasUser } = rules();
    if (isOpen) return host === undefined || isThisMachine(host) || !isLoopbackOnly();
    return hasToken(authorization) || hasUser(authorization);
  }

  return {
    isTrusted,
    refuse,
    close,
    guard: (area) => async (request, reply) => {
      const reads = isRead(request);
      const isPublic = reads && area !== null && rules().publicAreas.has(area);
      if (!isPublic && !isTrusted(request))
        return rules().isOpen ? refuseName(request, reply) : refuse(request, reply);
      const obstacle = reads ? null : obstacleToChange(request, options);
      return obstacle === null ? undefined : sendError(reply, obstacle);
    },
  };
}

const REFUSAL_REASONS = ['no_credentials', 'wrong_credentials', 'throttled', 'foreign_name'] as const;
type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** A flood of requests must not become a flood of lines. */
const FLOOD_MS = 10_000;

function createRefusal({ rules, clock, meter, logger }: AccessOptions) {
  const throttle = createFailureThrottle(clock);
  const log = new SparingLog((fields) => logger.warn('api_request_refused', fields), FLOOD_MS);
  meter.add(zerosOf(SELF.apiRefusals, REFUSAL_REASONS));

  function refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const isAttempt = request.headers.authorization !== undefined;
    const waitMs = isAttempt ? throttle.fail(request.ip) : 0;
    tell(waitMs > 0 ? 'throttled' : isAttempt ? 'wrong_credentials' : 'no_credentials', request);
    return sendError(reply, waitMs > 0 ? throttled(waitMs) : unauthorized(rules()));
  }

  function refuseName(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    tell('foreign_name', request);
    return sendError(reply, isRead(request) ? FOREIGN_NAME : FORBIDDEN);
  }

  function tell(reason: RefusalReason, { ip, headers }: FastifyRequest): void {
    meter.add([countOf(SELF.apiRefusals, [reason])]);
    log.log({ reason, address: ip, host: headers.host?.slice(0, MAX_NAME_LENGTH) }, { key: reason });
  }

  return { refuse, refuseName, close: () => log.close() };
}

function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function obstacleToChange(
  { headers }: FastifyRequest,
  { rules, isLoopbackOnly }: AccessOptions,
): JsonResponse | null {
  const { isOpen, hasToken } = rules();
  if (isOpen && !(isLoopbackOnly() && isThisMachine(headers.host))) return FORBIDDEN;
  if (!isOpen && !hasToken(headers.authorization)) return TOKEN_ONLY;
  return isJson(headers['content-type']) ? null : NOT_JSON;
}

/** The connection is ended too: whoever guesses on has to begin anew each time. */
function throttled(waitMs: number): JsonResponse {
  return errorResponse('throttled', {
    headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)), Connection: 'close' },
  });
}

function unauthorized({ hasUsers }: AccessRules): JsonResponse {
  const schemes = ['Bearer realm="ant-watcher"'];
  if (hasUsers) schemes.push('Basic realm="ant-watcher", charset="UTF-8"');
  return jsonError(401, 'unauthorized', 'A bearer token of this service is needed.', {
    'WWW-Authenticate': schemes,
  });
}

function isJson(contentType = ''): boolean {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}

/**
 * Whether the request names this machine as its host. A web page whose name was made to point to 127.0.0.1,
 * and what a proxy hands on under its own name, do not.
 */
export function isThisMachine(host = ''): boolean {
  const name = host.replace(/\.?(:\d+)?$/, '').replace(/^\[(.*)\]$/, '$1');
  return name.toLowerCase() === 'localhost' || isLoopback(name);
}

const LOOPBACK = addressRanges(['127.0.0.0/8', '::1'].flatMap((range) => readRange(range) ?? []));

/** Whether only this machine can reach a listener bound there. */
export function isLoopback(address: string): boolean {
  const client = readAddress(address);
  return client !== null && LOOPBACK.has(client.address);
}

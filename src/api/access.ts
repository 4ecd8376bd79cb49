import type { Clock, Logger, Meter } from '../domain/contracts.ts';
import { countOf, zerosOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { addressRanges, readRange } from '../http/address-ranges.ts';
import { createBasicCheck, createBearerCheck } from '../http/credentials.ts';
import { createFailureThrottle } from '../http/failure-throttle.ts';
import { readAddress } from '../http/ip-address.ts';
import { errorResponse, type JsonResponse, jsonError } from '../http/json-response.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import { FOREIGN_PAGE, isFromForeignPage } from './foreign-page.ts';
import { errorFor, isForPeople } from './reply.ts';
import type { Answer } from './routing/answer.ts';
import type { ApiRequest, Guard } from './routing/route-table.ts';

export interface AccessOptions {
  /** Read at each request, because they may change. */
  readonly rules: () => AccessRules;
  /** Whether only this machine can reach the listener. */
  readonly isLoopbackOnly: () => boolean;
  /** As `ServiceTime.steady`. */
  readonly steady: Clock;
  readonly meter: Meter;
  readonly logger: Logger;
}

/** What of a request says who asks. */
export type Asker = Pick<ApiRequest, 'method' | 'headers' | 'ip'>;

export interface Access {
  /** Whether this request may read everything. */
  isTrusted(request: Pick<Asker, 'headers'>): boolean;
  /**
   * Whether this request may read an area, by the rules of this moment. A stream asks again while it lasts: a
   * reload may have withdrawn the login that it began with.
   */
  mayRead(request: Pick<Asker, 'headers'>, area: Area): boolean;
  /** For the routes of an area; null: of no area. */
  guard(area: Area | null): Guard;
  /**
   * The answer to wrong or missing credentials. After many wrong ones from a network, further attempts are
   * throttled.
   */
  refuse(request: Asker): Answer;
  close(): void;
}

const FORBIDDEN = errorResponse('forbidden', {
  message:
    'Changes over the network need a token: set ANT_WATCHER_API_TOKENS, or let the API listen on 127.0.0.1 only and ask it there.',
});
const LOGIN_NEEDED = errorResponse('forbidden', {
  message:
    'Others can reach this address, so reading it needs a login, and none is set. Set ANT_WATCHER_API_TOKENS (a browser takes a token as the password of any user), or name in ANT_WATCHER_API_PUBLIC what everybody may read. /metrics and /health are open.',
});
const FOREIGN_NAME = errorResponse('forbidden', {
  message:
    'Without a login this API is read by the name of this machine only, as 127.0.0.1 or localhost. Set ANT_WATCHER_API_TOKENS, or name in ANT_WATCHER_API_PUBLIC what everybody may read.',
});
/** No DNS name with a port is longer. */
const MAX_NAME_LENGTH = 260;
const TOKEN_ONLY = errorResponse('forbidden', {
  message: 'Changes need a bearer token: a password only lets you read.',
});
const NOT_JSON = errorResponse('content_type', { message: 'The content type must be application/json.' });

/**
 * With tokens or users, everything that is not public needs one of them. Without, only this machine may read
 * and change things: where others can connect too, the page and the read API are closed, and `/metrics` is open
 * for scrapers. Changes must be declared as JSON, which a foreign web page can't make a browser send. Where only
 * this machine can connect, even reading needs a local host name, so that a web page can't read anything by
 * pointing its own name here. What the page needs is refused to the pages of other sites.
 */
export function createAccess(options: AccessOptions): Access {
  const { rules, isLoopbackOnly } = options;
  const { refuse, refuseOpen, refuseForeign, close } = createRefusal(options);

  function isTrusted({ headers: { authorization, host } }: Pick<Asker, 'headers'>): boolean {
    const { isOpen, hasToken, hasUser } = rules();
    if (isOpen) return isLoopbackOnly() && (host === undefined || isThisMachine(host));
    return hasToken(authorization) || hasUser(authorization);
  }

  function mayRead(request: Pick<Asker, 'headers'>, area: Area | null): boolean {
    const { isOpen, publicAreas } = rules();
    if (area !== null && publicAreas.has(area)) return true;
    return (isOpen && !isForPage(area) && !isLoopbackOnly()) || isTrusted(request);
  }

  return {
    isTrusted,
    mayRead,
    refuse,
    close,
    guard: (area) => (request) => {
      if (isForPage(area) && isFromForeignPage(request.headers)) return refuseForeign(request);
      const reads = isRead(request);
      if (!(reads ? mayRead(request, area) : isTrusted(request)))
        return rules().isOpen ? refuseOpen(request) : refuse(request);
      return reads ? null : obstacleToChange(request, options);
    },
  };
}

/** What people look at, and what their page asks. */
function isForPage(area: Area | null): boolean {
  return area === 'read' || area === 'page';
}

const REFUSAL_REASONS = [
  'no_credentials',
  'wrong_credentials',
  'throttled',
  'foreign_name',
  'no_login_set',
  'foreign_page',
] as const;
type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** A flood of requests must not become a flood of lines. */
const FLOOD_MS = 10_000;

function createRefusal({ isLoopbackOnly, steady, meter, logger }: AccessOptions) {
  const throttle = createFailureThrottle(steady);
  const log = new SparingLog((fields) => logger.warn('api_request_refused', fields), FLOOD_MS);
  meter.add(zerosOf(SELF.apiRefusals, REFUSAL_REASONS));

  function refuse(request: Asker): Answer {
    const isAttempt = request.headers.authorization !== undefined;
    const waitMs = isAttempt ? throttle.fail(request.ip) : 0;
    record(waitMs > 0 ? 'throttled' : isAttempt ? 'wrong_credentials' : 'no_credentials', request);
    return errorFor(request, waitMs > 0 ? throttled(waitMs) : UNAUTHORIZED);
  }

  /** Without tokens and users: no credentials would help. */
  function refuseOpen(request: Asker): Answer {
    const isLocal = isLoopbackOnly();
    record(isLocal ? 'foreign_name' : 'no_login_set', request);
    if (!isRead(request)) return FORBIDDEN;
    return errorFor(request, isLocal ? FOREIGN_NAME : LOGIN_NEEDED);
  }

  function refuseForeign(request: Asker): Answer {
    record('foreign_page', request);
    return errorFor(request, FOREIGN_PAGE);
  }

  function record(reason: RefusalReason, { ip, headers }: Asker): void {
    meter.add([countOf(SELF.apiRefusals, [reason])]);
    // A browser asks for the password only when it has been refused.
    if (reason === 'no_credentials' && isForPeople(headers)) return;
    log.log({ reason, address: ip, host: headers.host?.slice(0, MAX_NAME_LENGTH) }, { key: reason });
  }

  return { refuse, refuseOpen, refuseForeign, close: () => log.close() };
}

function isRead({ method }: Asker): boolean {
  return method === 'GET' || method === 'HEAD';
}

function obstacleToChange({ headers }: Asker, { rules, isLoopbackOnly }: AccessOptions): JsonResponse | null {
  const { isOpen, hasToken } = rules();
  if (isOpen && !(isLoopbackOnly() && isThisMachine(headers.host))) return FORBIDDEN;
  if (!isOpen && !hasToken(headers.authorization)) return TOKEN_ONLY;
  return isJson(headers['content-type']) ? null : NOT_JSON;
}

/** The connection is closed too, so whoever keeps guessing has to reconnect each time. */
function throttled(waitMs: number): JsonResponse {
  return errorResponse('throttled', {
    headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)), Connection: 'close' },
  });
}

/** Browsers know only Basic, and ask for a password then. */
const UNAUTHORIZED = jsonError(
  401,
  'unauthorized',
  'A login is needed: one of api.tokens, as bearer token or as the password of any user, or a user of api.basic_auth.',
  { 'WWW-Authenticate': ['Bearer realm="ant-watcher"', 'Basic realm="ant-watcher", charset="UTF-8"'] },
);

function isJson(contentType = ''): boolean {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
}

/**
 * Whether the request names this machine as its host. Web pages whose name was made to point to 127.0.0.1
 * don't, nor do proxies that keep their own name.
 */
function isThisMachine(host = ''): boolean {
  const name = host.replace(/\.?(:\d+)?$/, '').replace(/^\[(.*)\]$/, '$1');
  return name.toLowerCase() === 'localhost' || isLoopback(name);
}

const LOOPBACK = addressRanges(['127.0.0.0/8', '::1'].flatMap((range) => readRange(range) ?? []));

/** Whether only this machine can reach a listener bound to this address. */
export function isLoopback(address: string): boolean {
  const client = readAddress(address);
  return client !== null && LOOPBACK.has(client.address);
}

/** What can be public: `/metrics`, the API's reads, and the page. */
export const AREAS = ['metrics', 'read', 'page'] as const;
export type Area = (typeof AREAS)[number];

/** Who may do what. Immutable: new settings make new rules. */
export interface AccessRules {
  /** Neither tokens nor users are set. */
  readonly isOpen: boolean;
  readonly publicAreas: ReadonlySet<Area>;
  /** Whether the `Authorization` header contains a bearer token, which may change things. */
  hasToken(authorization: string | undefined): boolean;
  /** Whether it contains a user with its password, or a token as the password of any user: they may read. */
  hasUser(authorization: string | undefined): boolean;
}

export interface AccessSettings {
  /** Bearer tokens. */
  readonly tokens: readonly string[];
  /** Each `user:password`. */
  readonly basicAuths: readonly string[];
  /** What needs no login. */
  readonly public: readonly Area[];
}

/** Turns the settings into rules. */
export function accessRules({ tokens, basicAuths, public: areas }: AccessSettings): AccessRules {
  return {
    isOpen: tokens.length === 0 && basicAuths.length === 0,
    publicAreas: new Set(areas),
    hasToken: createBearerCheck(tokens),
    hasUser: createBasicCheck(basicAuths, tokens),
  };
}

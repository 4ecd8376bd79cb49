import type { IncomingHttpHeaders } from 'node:http';
import type { Clock, Engine, Meter } from '../../domain/contracts.ts';
import { MAX_COUNTER, numbersDelivery, type ReportedNumber } from '../../domain/job-numbers.ts';
import { countOf, zerosOf } from '../../domain/metric.ts';
import { SELF } from '../../domain/own-metrics.ts';
import { bearerTokenOf } from '../../http/credentials.ts';
import { errorResponse, type JsonResponse } from '../../http/json-response.ts';
import type { Access, AccessRules } from '../access.ts';
import { Places } from '../places.ts';
import { type Answer, jsonAnswer } from '../routing/answer.ts';
import { readBody } from '../routing/request-body.ts';
import type { ApiRequest, Routes } from '../routing/route-table.ts';
import type { JobRules } from './job-rules.ts';
import { createTokenCheck, looksLikeJobToken, type TokenJob } from './job-token.ts';
import { MAX_PROBLEMS, type ParsedNumbers } from './number-rules.ts';
import { readNumbersJson } from './numbers-json.ts';
import { readNumbersText } from './numbers-text.ts';
import { type Pusher, pusherOfQuery, pusherOfToken, readJobQuery } from './pusher.ts';
import { openTokenUses } from './token-uses.ts';

export interface JobPushOptions {
  /** Who may do what. Read at each request. */
  readonly accessRules: () => AccessRules;
  readonly jobRules: () => JobRules;
  readonly bodyLimitBytes: number;
  readonly maxNumbers: number;
  readonly engine: Pick<Engine, 'accept' | 'uncountable' | 'unseen'>;
  /** Whether the process is about to run out of memory. */
  readonly isShortOfMemory: () => boolean;
  readonly meter: Meter;
  readonly clock: Clock;
  /** As `ServiceTime.steady`. */
  readonly steady: Clock;
}

/** Each keeps a body in memory, and waits for the disk. */
const MAX_CONCURRENT_PUSHES = 16;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;
type NumberReader = (text: string, maxNumbers: number) => ParsedNumbers;
const READERS: ReadonlyMap<string, NumberReader> = new Map([
  ['text/plain', readNumbersText],
  ['application/openmetrics-text', readNumbersText],
  ['application/json', readNumbersJson],
]);

const OVERLOADED = errorResponse('overloaded');
const UNAVAILABLE = errorResponse('issuer_unavailable', { headers: { 'Retry-After': '30' } });
const USED_UP = errorResponse('throttled', {
  message: 'This token has pushed a hundred times; get a new one.',
  headers: { 'Retry-After': '60' },
});
const ENCODED = errorResponse('content_encoding');
const UNREADABLE = errorResponse('content_type', {
  message: `The content type must be one of ${[...READERS.keys()].join(', ')}.`,
});
const CLAIMED = errorResponse('claimed_identity');
const BAD_KEY = errorResponse('bad_request', {
  message: 'Idempotency-Key must be 1 to 200 visible ASCII characters.',
});

const OUTCOMES: Readonly<Record<number, string>> = {
  200: 'duplicate',
  202: 'accepted',
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  413: 'too_large',
  415: 'content_type',
  429: 'throttled',
};

/** Adds `POST /push`, to which jobs push numbers of their own: docs/job-numbers.md. */
export function addJobPushRoute(routes: Routes, options: JobPushOptions, access: Access): void {
  const { bodyLimitBytes, isShortOfMemory, meter } = options;
  const identify = createIdentify(options);
  const places = new Places(MAX_CONCURRENT_PUSHES);
  meter.add(zerosOf(SELF.jobPushes, [...Object.values(OUTCOMES), 'unavailable']));

  routes.post('/push', async (request) => {
    const { headers, response } = request;
    response.once('finish', () => {
      meter.add([countOf(SELF.jobPushes, [OUTCOMES[response.statusCode] ?? 'unavailable'])]);
    });
    // Nothing of a body is read, and no place taken, for whoever may not push.
    const pusher = await identify(request);
    if (pusher === null) return access.refuse(request);
    if ('status' in pusher) return pusher;
    if (places.isFull || isShortOfMemory()) return OVERLOADED;
    places.take(response);
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') return ENCODED;
    const reader = READERS.get(mediaTypeOf(headers));
    if (reader === undefined) return UNREADABLE;
    const { 'idempotency-key': key = null } = headers;
    if (!isKey(key)) return BAD_KEY;
    const body = await readBody(request, bodyLimitBytes);
    return take({ body, reader, pusher, key }, options);
  });
}

function isKey(key: string | string[] | null): key is string | null {
  return key === null || (typeof key === 'string' && IDEMPOTENCY_KEY.test(key));
}

function mediaTypeOf({ 'content-type': type = '' }: IncomingHttpHeaders): string {
  return type.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/**
 * Finds out who sent a request. Returns an error response if that fails, and null if the sender may not
 * push.
 */
function createIdentify({ accessRules, jobRules, clock, steady }: JobPushOptions) {
  const check = createTokenCheck(jobRules, { clock, steady });
  const uses = openTokenUses(clock);

  function ofToken(job: TokenJob, hasQuery: boolean): Pusher | JsonResponse {
    if (hasQuery) return CLAIMED;
    return uses.take(job.tokenId, job.expiresAtMs) ? pusherOfToken(job) : USED_UP;
  }

  return async ({ headers, search: query }: ApiRequest): Promise<Pusher | JsonResponse | null> => {
    if (accessRules().hasToken(headers.authorization)) {
      const jobQuery = readJobQuery(new URLSearchParams(query));
      return typeof jobQuery === 'string'
        ? errorResponse('bad_request', { message: jobQuery })
        : pusherOfQuery(jobQuery);
    }
    const token = bearerTokenOf(headers.authorization);
    if (token === null || !looksLikeJobToken(token)) return null;
    const verdict = await check(token);
    switch (verdict.kind) {
      case 'job':
        return ofToken(verdict.job, query !== '');
      case 'forbidden':
        return forbidden(verdict.repository);
      case 'unavailable':
        return UNAVAILABLE;
      case 'invalid':
        return null;
    }
  };
}

function forbidden(repository: string): JsonResponse {
  return errorResponse('repository_not_allowed', {
    message: `Neither ${repository} nor its owner is allowed to push numbers: jobs.allowed_repositories, jobs.allowed_owners.`,
  });
}

interface Push {
  readonly body: Buffer;
  readonly reader: NumberReader;
  readonly pusher: Pusher;
  /** Null: the client gave none. */
  readonly key: string | null;
}

/** Reads the numbers and makes them durable. */
async function take(
  { body, reader, pusher, key }: Push,
  { maxNumbers, engine, clock }: JobPushOptions,
): Promise<Answer> {
  const found = read(reader, body, maxNumbers);
  if ('problems' in found) return invalid(found.problems);
  const { numbers } = found;
  const { repository, workflow } = pusher;
  const push = numbersDelivery({ repository, workflow, numbers }, pusher.idOf(body, key), clock());
  const full = await engine.uncountable(push);
  // A push that is repeated has found room before.
  if (full.length > 0 && (await engine.unseen([push.guid])).length > 0)
    return invalid(full.slice(0, MAX_PROBLEMS).map((at) => whyFull(numbers[at])));
  const [outcome] = await engine.accept([push]);
  return jsonAnswer(
    { outcome, repository, workflow, numbers: numbers.length },
    outcome === 'accepted' ? 202 : 200,
  );
}

function invalid(problems: readonly string[]): JsonResponse {
  return errorResponse('invalid_numbers', { message: `${problems.join('; ')}.` });
}

function whyFull(number: ReportedNumber | undefined): string {
  return `${number?.name} ${number?.value} would bring its counter beyond ${MAX_COUNTER} (2^53), where sums are no longer exact: use a larger unit, or a new name`;
}

function read(reader: NumberReader, body: Buffer, maxNumbers: number): ParsedNumbers {
  try {
    return reader(new TextDecoder('utf-8', { fatal: true }).decode(body), maxNumbers);
  } catch (error) {
    if (error instanceof TypeError) return { problems: ['the body is not UTF-8'] };
    throw error;
  }
}

import type { FastifyInstance } from 'fastify';
import type { Backfill, BackfillRequest, BackfillStatus } from '../domain/backfill.ts';
import type { Clock } from '../domain/contracts.ts';
import { isoTime } from '../domain/iso-time.ts';
import { errorResponse } from '../http/json-response.ts';
import { sendError } from './reply.ts';

const EXPECTED_BODY =
  'The body must be {"since_ms": …, "repositories": ["owner/name", …], "dry_run": …}; the last two may be left out, the first lies in the past.';
const NO_CREDENTIALS = errorResponse('no_credentials');
const IN_PROGRESS = errorResponse('under_way');
const REPOSITORY = /^[\w.-]{1,100}\/[\w.-]{1,100}$/;
const MAX_REPOSITORIES = 1000;

/**
 * Adds the routes that start, show and stop a backfill. `backfill` returns null without GitHub credentials.
 */
export function addBackfillRoutes(app: FastifyInstance, backfill: () => Backfill | null, clock: Clock): void {
  app.post('/api/v1/backfill', async (request, reply) => {
    const wanted = requestOf(request.body, clock());
    if (wanted === null) return sendError(reply, errorResponse('bad_request', { message: EXPECTED_BODY }));
    const found = backfill();
    if (found === null) return sendError(reply, NO_CREDENTIALS);
    return (await found.start(wanted))
      ? reply.code(202).send(toJson(found.status()))
      : sendError(reply, IN_PROGRESS);
  });

  app.get('/api/v1/backfill', async (_, reply) => {
    const found = backfill();
    return found === null ? sendError(reply, NO_CREDENTIALS) : reply.send(toJson(found.status()));
  });

  app.post('/api/v1/backfill/stop', async (_, reply) => {
    const found = backfill();
    if (found === null) return sendError(reply, NO_CREDENTIALS);
    await found.stop();
    return reply.send(toJson(found.status()));
  });
}

/** Null if the body contains anything else: a mistyped key must not read everything. */
function requestOf(body: unknown, nowMs: number): BackfillRequest | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null;
  const {
    since_ms: sinceMs,
    repositories = [],
    dry_run: isDryRun = false,
    ...rest
  } = body as Record<string, unknown>;
  if (Object.keys(rest).length > 0 || typeof isDryRun !== 'boolean') return null;
  if (typeof sinceMs !== 'number' || !(sinceMs > 0 && sinceMs < nowMs)) return null;
  const areNames =
    Array.isArray(repositories) &&
    repositories.length <= MAX_REPOSITORIES &&
    repositories.every((each) => typeof each === 'string' && REPOSITORY.test(each));
  return areNames ? { sinceMs, repositories, isDryRun } : null;
}

function toJson({ waitsUntilMs, tooOld, ...status }: BackfillStatus): object {
  return { ...status, too_old: tooOld, waits_until: isoTime(waitsUntilMs) };
}

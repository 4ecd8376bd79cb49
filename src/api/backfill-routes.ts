import type { FastifyInstance } from 'fastify';
import type { Backfill, BackfillRequest, BackfillStatus } from '../domain/backfill.ts';
import type { Clock } from '../domain/contracts.ts';
import { errorResponse } from '../http/json-response.ts';
import { sendError } from './reply.ts';
import { timeOf } from './time-of.ts';

const WHAT =
  'The body must be {"since_ms": …, "repositories": ["owner/name", …], "dry_run": …}; the last two may be left out, the first lies in the past.';
const WITHOUT = errorResponse('no_credentials');
const UNDER_WAY = errorResponse('under_way');
const REPOSITORY = /^[\w.-]{1,100}\/[\w.-]{1,100}$/;
const MOST_REPOSITORIES = 1000;

/**
 * Adds the routes that read GitHub's past: start it, look at it, stop it. `backfill` answers null without
 * credentials.
 */
export function addBackfillRoutes(app: FastifyInstance, backfill: () => Backfill | null, clock: Clock): void {
  app.post('/api/v1/backfill', async (request, reply) => {
    const wanted = requestOf(request.body, clock());
    if (wanted === null) return sendError(reply, errorResponse('bad_request', { message: WHAT }));
    const found = backfill();
    if (found === null) return sendError(reply, WITHOUT);
    return found.start(wanted) ? reply.code(202).send(shown(found.status())) : sendError(reply, UNDER_WAY);
  });

  app.get('/api/v1/backfill', async (_, reply) => {
    const found = backfill();
    return found === null ? sendError(reply, WITHOUT) : reply.send(shown(found.status()));
  });

  app.post('/api/v1/backfill/stop', async (_, reply) => {
    const found = backfill();
    if (found === null) return sendError(reply, WITHOUT);
    found.stop();
    return reply.send(shown(found.status()));
  });
}

/** Null when the body says something else: a mistyped key must not read everything. */
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
    repositories.length <= MOST_REPOSITORIES &&
    repositories.every((each) => typeof each === 'string' && REPOSITORY.test(each));
  return areNames ? { sinceMs, repositories, isDryRun } : null;
}

function shown({ waitsUntilMs, tooOld, ...status }: BackfillStatus): object {
  return { ...status, too_old: tooOld, waits_until: timeOf(waitsUntilMs) };
}

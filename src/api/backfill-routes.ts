import type { Backfill, BackfillRequest, BackfillStatus } from '../domain/backfill.ts';
import type { Clock } from '../domain/contracts.ts';
import { isoTime } from '../domain/iso-time.ts';
import { errorResponse } from '../http/json-response.ts';
import { jsonAnswer } from './routing/answer.ts';
import { withJson } from './routing/request-body.ts';
import type { Routes } from './routing/route-table.ts';

const EXPECTED_BODY =
  'The body must be {"since_ms": …, "repositories": ["owner/name", …], "dry_run": …}; the last two may be left out, the first lies in the past.';
const NO_CREDENTIALS = errorResponse('no_credentials');
const IN_PROGRESS = errorResponse('under_way');
const REPOSITORY = /^[\w.-]{1,100}\/[\w.-]{1,100}$/;
const MAX_REPOSITORIES = 1000;

/**
 * Adds the routes that start, show and stop a backfill. `backfill` returns null without GitHub credentials.
 */
export function addBackfillRoutes(routes: Routes, backfill: () => Backfill | null, clock: Clock): void {
  const start = withJson(async (body) => {
    const wanted = requestOf(body, clock());
    if (wanted === null) return errorResponse('bad_request', { message: EXPECTED_BODY });
    const found = backfill();
    if (found === null) return NO_CREDENTIALS;
    return (await found.start(wanted)) ? jsonAnswer(toJson(found.status()), 202) : IN_PROGRESS;
  });
  const stop = withJson(async () => {
    const found = backfill();
    if (found === null) return NO_CREDENTIALS;
    await found.stop();
    return jsonAnswer(toJson(found.status()));
  });
  routes.post('/api/v1/backfill', start);
  routes.post('/api/v1/backfill/stop', stop);
  routes.get('/api/v1/backfill', () => {
    const found = backfill();
    return found === null ? NO_CREDENTIALS : jsonAnswer(toJson(found.status()));
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

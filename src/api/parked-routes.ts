import type { Engine } from '../domain/contracts.ts';
import { errorResponse } from '../http/json-response.ts';
import { describeParked } from './health-summary.ts';
import { jsonAnswer } from './routing/answer.ts';
import { withJson } from './routing/request-body.ts';
import type { Routes } from './routing/route-table.ts';

const EXPECTED_BODY = 'The body must be empty, {}, or {"guid": "…"} with the id of one parked delivery.';

/** Adds the routes to list parked deliveries, and to process them again. */
export function addParkedRoutes(routes: Routes, engine: Pick<Engine, 'health' | 'replayParked'>): void {
  routes.get('/api/v1/parked', async () => {
    const { queue, parked } = await engine.health();
    return jsonAnswer({ total: queue.parked, parked: describeParked(parked) });
  });

  const replay = withJson(async (body) => {
    const selection = selectionOf(body);
    if (selection === null) return errorResponse('bad_request', { message: EXPECTED_BODY });
    return jsonAnswer({ replayed: await engine.replayParked(...selection) });
  });
  routes.post('/api/v1/parked/replay', replay);
}

/**
 * The arguments for the replay. Null if the body contains anything else: a mistyped key must not replay
 * everything.
 */
function selectionOf(body: unknown): [] | [guid: string] | null {
  if (body === undefined || body === null) return [];
  if (typeof body !== 'object' || Array.isArray(body)) return null;
  const entries = Object.entries(body);
  if (entries.length === 0) return [];
  const [[key, value] = []] = entries;
  return entries.length === 1 && key === 'guid' && typeof value === 'string' && value !== '' ? [value] : null;
}

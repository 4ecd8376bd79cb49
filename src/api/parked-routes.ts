import type { FastifyInstance } from 'fastify';
import type { Engine } from '../domain/contracts.ts';
import { errorResponse } from '../http/json-response.ts';
import { describeParked } from './health-summary.ts';
import { sendError } from './reply.ts';

const EXPECTED_BODY = 'The body must be empty, {}, or {"guid": "…"} with the id of one parked delivery.';

/** Adds the routes to list parked deliveries, and to process them again. */
export function addParkedRoutes(app: FastifyInstance, engine: Pick<Engine, 'health' | 'replayParked'>): void {
  app.get('/api/v1/parked', async () => {
    const { queue, parked } = await engine.health();
    return { total: queue.parked, parked: describeParked(parked) };
  });

  app.post('/api/v1/parked/replay', async (request, reply) => {
    const selection = selectionOf(request.body);
    if (selection === null) return sendError(reply, errorResponse('bad_request', { message: EXPECTED_BODY }));
    const replayed = await engine.replayParked(...selection);
    return reply.send({ replayed });
  });
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

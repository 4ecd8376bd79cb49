import type { FastifyInstance } from 'fastify';
import type { Engine } from '../domain/contracts.ts';
import { countedText } from '../domain/counted-text.ts';
import type { Explanation } from '../domain/explanation.ts';
import { errorResponse } from '../http/json-response.ts';
import { sendError } from './reply.ts';

const WHAT = 'Name one id: /api/v1/explain?job=ID or /api/v1/explain?run=ID.';

/**
 * Adds the route by which a user checks a number: everything that is known of one job or run, and what it
 * moved.
 */
export function addExplainRoute(
  app: FastifyInstance,
  engine: Pick<Engine, 'explainJob' | 'explainRun'>,
): void {
  app.get('/api/v1/explain', async (request, reply) => {
    const { job, run } = request.query as Record<string, unknown>;
    const jobId = idOf(job);
    const runId = idOf(run);
    if ((jobId === null) === (runId === null))
      return sendError(reply, errorResponse('bad_request', { message: WHAT }));
    const found = jobId === null ? await engine.explainRun(runId ?? 0) : await engine.explainJob(jobId);
    if (isEmpty(found)) return sendError(reply, errorResponse('not_known'));
    const observations = found.observations.map((told) => ({ ...told, counted: countedText(told.counted) }));
    return reply.send(shown({ ...found, observations }));
  });
}

function idOf(value: unknown): number | null {
  return typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : null;
}

function isEmpty({ runs, jobs, observations }: Explanation): boolean {
  return runs.length + jobs.length + observations.length === 0;
}

const DURATIONS: readonly string[] = ['queueMs', 'durationMs'];

/** The same in the form of the API: snake case, durations in seconds, and times as people write them. */
function shown(value: unknown, key = ''): unknown {
  if (typeof value === 'number' && DURATIONS.includes(key)) return value / 1000;
  if (typeof value === 'number' && key.endsWith('Ms')) return new Date(value).toISOString();
  if (Array.isArray(value)) return value.map((each) => shown(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [shownName(name), shown(each, name)]),
  );
}

function shownName(name: string): string {
  const bare = name.replace(/Ms$/, DURATIONS.includes(name) ? 'Seconds' : '');
  return bare.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

import type { Engine } from '../domain/contracts.ts';
import { countedText, type Explanation } from '../domain/explanation.ts';
import { errorResponse } from '../http/json-response.ts';
import { jsonAnswer } from './routing/answer.ts';
import type { Routes } from './routing/route-table.ts';
import { readQuery } from './routing/target.ts';

const EXPECTED_QUERY = 'Name one id: /api/v1/explain?job=ID or /api/v1/explain?run=ID.';

/** Adds the route to check a number: everything that is known about one job or run, and what it counted. */
export function addExplainRoute(routes: Routes, engine: Pick<Engine, 'explainJob' | 'explainRun'>): void {
  routes.get('/api/v1/explain', async ({ search }) => {
    const { job, run } = readQuery(search);
    const jobId = idOf(job);
    const runId = idOf(run);
    if ((jobId === null) === (runId === null))
      return errorResponse('bad_request', { message: EXPECTED_QUERY });
    const found = jobId === null ? await engine.explainRun(runId ?? 0) : await engine.explainJob(jobId);
    if (isEmpty(found)) return errorResponse('not_known');
    const observations = found.observations.map((entry) => ({
      ...entry,
      counted: countedText(entry.counted),
    }));
    return jsonAnswer(toJson({ ...found, observations }));
  });
}

function idOf([text = '', another]: readonly string[] = []): number | null {
  return another === undefined && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null;
}

function isEmpty(found: Explanation): boolean {
  return Object.values(found).every(({ length }) => length === 0);
}

const DURATION_FIELDS: readonly string[] = ['queueMs', 'durationMs'];

/** The value in the form of the API: snake case, durations in seconds, ISO times. */
function toJson(value: unknown, key = ''): unknown {
  if (typeof value === 'number' && DURATION_FIELDS.includes(key)) return value / 1000;
  if (typeof value === 'number' && key.endsWith('Ms')) return new Date(value).toISOString();
  if (Array.isArray(value)) return value.map((each) => toJson(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [jsonName(name), toJson(each, name)]),
  );
}

function jsonName(name: string): string {
  const bare = name.replace(/Ms$/, DURATION_FIELDS.includes(name) ? 'Seconds' : '');
  return bare.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finishedRun } from '../../test/fixtures/facts.ts';
import { job, run } from '../../test/fixtures/states.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { FinishedRun } from '../domain/history.ts';
import type { RunState } from '../domain/lifecycle/state.ts';
import type { ListPlace, ListQuery } from '../domain/list-query.ts';
import type { RunAttempt } from '../domain/openapi-types.ts';
import { NO_FILTERS, type WholeRun } from '../domain/queries.ts';
import { type FakeHistory, fakeReader } from './fake-reader.ts';
import { runs } from './runs.ts';

const HOUR_MS = 3_600_000;
const NOW = 90 * HOUR_MS;
const ENDED: ListQuery = {
  ...NO_FILTERS,
  statuses: ['completed'],
  window: { fromMs: 0, toMs: NOW },
  isStale: false,
  order: 'completed',
  isDescending: true,
  limit: 100,
  after: null,
};
const OPEN: ListQuery = {
  ...ENDED,
  statuses: ['requested', 'queued', 'pending', 'waiting', 'in_progress'],
  window: null,
  order: 'waiting',
};

async function list(history: Omit<FakeHistory, 'nowMs'>, query: ListQuery) {
  const answer = await runs(fakeReader({ nowMs: NOW, ...history }), { query, webUrl: 'https://gh' });
  assertAnswers('Runs', answer);
  return answer;
}

test('a run that was held, and then ended, is there as often as it was counted', async () => {
  const state = run({ status: 'completed', conclusion: 'success', runId: 2 });
  const finishedRuns = [
    finishedRun({ endedAtMs: 1000, conclusion: 'action_required', durationMs: null }),
    finishedRun({ endedAtMs: 1000, conclusion: 'success' }),
  ];
  const { runs: found } = await list({ finishedRuns, runs: [{ runs: [state], jobs: [] }] }, ENDED);
  assert.deepEqual(
    found.map(({ conclusion, duration_seconds: seconds }) => [conclusion, seconds]),
    [
      ['success', 5],
      ['action_required', null],
    ],
  );
});

test('a run waits until the first job of the attempt starts; one that was carried over does not count', async () => {
  const state = run({ runId: 2, runAttempt: 2, runStartedAtMs: 60_000 });
  const place = { runId: 2, runAttempt: 2, hasStarted: true };
  const jobs = [
    job({ ...place, startedAtMs: 10_000 }),
    job({ ...place, startedAtMs: 90_000 }),
    job({ ...place, startedAtMs: 64_000 }),
  ];
  const { runs: found } = await list({ runs: [{ runs: [state], jobs }] }, OPEN);
  assert.deepEqual(
    found.map((each) => [each.queue_seconds, each.waiting_seconds, each.url]),
    [[4, NOW / 1000 - 60, 'https://gh/o/r/actions/runs/2/attempts/2']],
  );
});

test('runs that ended at the same time, or where one part of the reading ends, are all there', async () => {
  const ends = [0, 0, 0, HOUR_MS - 1, HOUR_MS, HOUR_MS + 1, 3 * HOUR_MS, 3 * HOUR_MS + 1].map(
    (ms) => NOW - 1 - ms,
  );
  const finishedRuns = ends.map((endedAtMs, at) => finishedRun({ runId: at + 1, endedAtMs }));
  const known = ends.map((_, at) => ({ runs: [run({ runId: at + 1, status: 'completed' })], jobs: [] }));
  for (const [isDescending, limit] of [true, false].flatMap(
    (each) =>
      [
        [each, 2],
        [each, 100],
      ] as const,
  )) {
    const found = await allPages({ finishedRuns, runs: known }, { ...ENDED, isDescending, limit });
    const ids = found.map((each) => each.run_id);
    assert.deepEqual(ids.toSorted(), [1, 2, 3, 4, 5, 6, 7, 8]);
    assertOrdered(found, 'completed', isDescending);
  }
});

test('ghosts have a list of their own', async () => {
  const [old, young] = [1, 2].map((runId) =>
    run({ runId, runStartedAtMs: runId === 1 ? NOW - 36 * 86_400_000 : NOW }),
  ) as [RunState, RunState];
  const history = { runs: [{ runs: [old, young], jobs: [] }] };
  const idsOf = async (isStale: boolean) =>
    (await list(history, { ...OPEN, isStale })).runs.map((each) => [each.run_id, each.stale]);
  assert.deepEqual(await idsOf(false), [[2, false]]);
  assert.deepEqual(await idsOf(true), [[1, true]]);
});

const SHAPES = fc.array(
  fc.record({
    runAttempt: fc.integer({ min: 1, max: 2 }),
    repository: fc.constantFrom('o/a', 'o/b', 'p/a'),
    workflow: fc.constantFrom('CI', 'Release'),
    event: fc.constantFrom('push', 'schedule'),
    branch: fc.constantFrom('default', 'other'),
    status: fc.constantFrom('queued' as const, 'in_progress' as const, 'completed' as const),
    conclusion: fc.constantFrom('success', 'failure'),
    createdAtMs: fc.option(fc.nat(5000)),
    runStartedAtMs: fc.option(fc.nat(5000)),
    // Many at the same time, and at the edges of what is read at once.
    endedAtMs: fc.nat(19).map((hours) => NOW - (1 + hours) * HOUR_MS),
    jobStartedAtMs: fc.option(fc.nat(9000)),
  }),
  { maxLength: 12 },
);
const ORDERS = ['created', 'completed', 'waiting', 'queue', 'duration'] as const;
const QUERIES = fc.record({
  isEnded: fc.boolean(),
  order: fc.constantFrom(...ORDERS),
  isDescending: fc.boolean(),
  limit: fc.integer({ min: 1, max: 4 }),
  repository: fc.constantFrom<string[]>([], ['o/*'], ['o/b', 'p/a']),
  branch: fc.constantFrom<string[]>([], ['default']),
  conclusion: fc.constantFrom<string[]>([], ['failure']),
  fromMs: fc.integer({ min: 70, max: 89 }).map((hours) => hours * HOUR_MS),
});

test('page after page, every run that fits is there once, in order', async () => {
  await fc.assert(
    fc.asyncProperty(SHAPES, QUERIES, async (shapes, { isEnded, fromMs, ...asked }) => {
      const query: ListQuery = { ...(isEnded ? ENDED : OPEN), ...asked };
      const isPossible = query.order !== (isEnded ? 'waiting' : 'completed');
      const order = isPossible ? query.order : 'created';
      const conclusion = isEnded ? query.conclusion : [];
      const window = isEnded ? { fromMs, toMs: NOW } : null;
      const history = historyOf(shapes);
      const whole = { ...query, order, conclusion, window, limit: 500 };
      const found = await allPages(history, { ...whole, limit: query.limit });
      const fits = (each: RunAttempt) =>
        (each.status === 'completed') === isEnded &&
        (query.branch.length === 0 || query.branch.includes(each.branch)) &&
        (conclusion.length === 0 || conclusion.includes(each.conclusion ?? '')) &&
        (query.repository.length === 0 ||
          query.repository.some((name) => each.repository.startsWith(name.replace('*', '')))) &&
        (!isEnded || Date.parse(each.completed_at ?? '') >= fromMs);
      const everything = shapes.map((shape, at) => naiveRow(shape, at));
      assert.deepEqual(
        found.map((each) => each.run_id).sort((a, b) => a - b),
        everything.filter(fits).map((each) => each.run_id),
      );
      for (const each of found) {
        const naive = everything.find((other) => other.run_id === each.run_id);
        assert.deepEqual(keysOf(each), naive && keysOf(naive));
      }
      assertOrdered(found, order, query.isDescending);
    }),
  );
});

type Shape = typeof SHAPES extends fc.Arbitrary<readonly (infer S)[]> ? S : never;

function historyOf(shapes: readonly Shape[]): Omit<FakeHistory, 'nowMs'> {
  const finishedRuns: FinishedRun[] = [];
  const whole = shapes.map((shape, at): WholeRun => {
    const { endedAtMs, jobStartedAtMs, conclusion, ...known } = shape;
    const runId = at + 1;
    const isEnded = shape.status === 'completed';
    const state = run({ ...known, runId, conclusion: isEnded ? conclusion : null, firstSeenAtMs: 0 });
    const { repository, workflow, event, branch, runAttempt } = shape;
    const place = { runId, runAttempt, repository, workflow, event, branch };
    const startMs = shape.runStartedAtMs;
    const durationMs = startMs === null ? null : Math.max(0, endedAtMs - startMs);
    if (isEnded) finishedRuns.push(finishedRun({ ...place, endedAtMs, conclusion, durationMs }));
    const { status: _, ...ofJob } = place as typeof place & { status?: string };
    const started = { hasStarted: jobStartedAtMs !== null, startedAtMs: jobStartedAtMs };
    return { runs: [state], jobs: [job({ ...ofJob, ...started })] };
  });
  return { finishedRuns, runs: whole };
}

/** Only what is compared. */
function naiveRow(shape: Shape, at: number): RunAttempt {
  const { runStartedAtMs: startMs, createdAtMs, jobStartedAtMs: jobMs, endedAtMs } = shape;
  const isEnded = shape.status === 'completed';
  const isKnown = startMs !== null && jobMs !== null && jobMs >= startMs - 5000;
  return {
    run_id: at + 1,
    repository: shape.repository,
    branch: shape.branch,
    status: shape.status,
    conclusion: isEnded ? shape.conclusion : null,
    created_at: createdAtMs === null ? null : new Date(createdAtMs).toISOString(),
    completed_at: isEnded ? new Date(endedAtMs).toISOString() : null,
    waiting_seconds: isEnded ? null : (NOW - (startMs ?? createdAtMs ?? 0)) / 1000,
    queue_seconds: isKnown ? Math.max(0, jobMs - startMs) / 1000 : null,
    duration_seconds: isEnded && startMs !== null ? Math.max(0, endedAtMs - startMs) / 1000 : null,
  } as Partial<RunAttempt> as RunAttempt;
}

const KEYS = {
  created: ({ created_at: at }: RunAttempt) => at && Date.parse(at),
  completed: ({ completed_at: at }: RunAttempt) => at && Date.parse(at),
  waiting: ({ waiting_seconds: seconds }: RunAttempt) => seconds,
  queue: ({ queue_seconds: seconds }: RunAttempt) => seconds,
  duration: ({ duration_seconds: seconds }: RunAttempt) => seconds,
};

function keysOf(row: RunAttempt): readonly unknown[] {
  return [row.status, row.conclusion, ...ORDERS.map((order) => KEYS[order](row))];
}

function assertOrdered(
  found: readonly RunAttempt[],
  order: (typeof ORDERS)[number],
  isDescending: boolean,
): void {
  const values = found.map((each) => KEYS[order](each));
  const known = values.filter((value) => value !== null) as number[];
  assert.deepEqual(values.slice(0, known.length), known, 'unknown values are last');
  const sorted = known.toSorted((a, b) => (isDescending ? b - a : a - b));
  assert.deepEqual(known, sorted);
}

async function allPages(history: Omit<FakeHistory, 'nowMs'>, query: ListQuery): Promise<RunAttempt[]> {
  const found: RunAttempt[] = [];
  let after: ListPlace | null = null;
  do {
    const { runs: page, cursor } = await list(history, { ...query, after });
    found.push(...page);
    assert.ok(page.length === query.limit || cursor === null);
    const [, , valueMs, ...ids] = cursor === null ? [] : JSON.parse(atob(cursor));
    after = cursor === null ? null : { valueMs, ids };
  } while (after !== null);
  return found;
}

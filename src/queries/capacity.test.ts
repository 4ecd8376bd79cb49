import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finishedJob, PLACE } from '../../test/fixtures/facts.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { OpenJob } from '../domain/queries.ts';
import { type CapacityQuery, capacity } from './capacity.ts';
import { type FakeHistory, fakeReader } from './fake-reader.ts';

const START = Date.parse('2026-11-28T10:00:00Z');
const at = (second: number) => START + second * 1000;
const NOW_S = 10_000;
const QUERY: CapacityQuery = {
  window: { fromMs: at(0), toMs: at(1000) },
  runsOn: 'gpu',
  targetP95Ms: 60_000,
};

/** In seconds from the start. */
interface Life {
  readonly queued: number;
  readonly started: number;
  readonly ended: number;
}

function historyOf(lives: readonly Life[]): FakeHistory {
  const places = lives.map((life, jobId) => ({ ...life, place: { ...PLACE, runsOn: 'gpu', jobId } }));
  return {
    nowMs: at(NOW_S),
    startedJobs: places.map(({ place, queued, started }) => ({
      ...place,
      startedAtMs: at(started),
      queueMs: (started - queued) * 1000,
    })),
    finishedJobs: places.map(({ place, started, ended }) =>
      finishedJob({ ...place, endedAtMs: at(ended), durationMs: (ended - started) * 1000 }),
    ),
  };
}

function open(jobId: number, status: 'queued' | 'in_progress' | 'waiting', began: number): OpenJob {
  const times = { createdAtMs: at(began), beganAtMs: at(began), isStale: false };
  const startedAtMs = status === 'in_progress' ? at(began) : null;
  const names = { name: 'build', branchName: null, runnerName: null };
  return { ...PLACE, ...names, ...times, jobId, runsOn: 'gpu', status, startedAtMs };
}

async function ask(history: FakeHistory, query: Partial<CapacityQuery> = {}) {
  const answer = await capacity(fakeReader(history), { ...QUERY, ...query });
  assertAnswers('Capacity', answer);
  return answer;
}

/** Three jobs of 100 s at once, which one runner served one after the other. */
const THREE = [0, 100, 200].map((started) => ({ queued: 0, started, ended: started + 100 }));

test('the jobs of a window through 1, 2 and 3 runners, up to the first number without a wait', async () => {
  const { points, observed, replayed_at_observed, needed } = await ask(historyOf(THREE));
  assert.deepEqual(observed, { jobs: 3, p50: 100, p95: 200, max_concurrency: 1 });
  assert.deepEqual(replayed_at_observed, { runners: 1, p50: 100, p95: 200 });
  assert.deepEqual(
    points.map(({ runners, p50, p95, max, utilisation }) => [runners, p50, p95, max, utilisation]),
    [
      [1, 100, 200, 200, 0.3],
      [2, 0, 100, 100, 0.15],
      [3, 0, 0, 0, 0.1],
    ],
  );
  assert.equal(needed, 3);
  assert.equal((await ask(historyOf(THREE), { targetP95Ms: 100_000 })).needed, 2);
});

test('runners cost what these jobs cost, for all of the window; without a price that is not known', async () => {
  const { finishedJobs = [], ...history } = historyOf(THREE);
  const priced = finishedJobs.map((job) => ({ ...job, billedSeconds: 120, microDollars: 2 * 8000 }));
  const { points, assumptions } = await ask({ ...history, finishedJobs: priced });
  const dollars = (1000 / 60) * 0.008;
  assert.deepEqual(
    points.map(({ cost_dollars }) => cost_dollars?.toFixed(9)),
    [1, 2, 3].map((runners) => (runners * dollars).toFixed(9)),
  );
  assert.ok(assumptions.some((each) => each.startsWith('Runners are paid')));
  assert.equal((await ask(historyOf(THREE))).points[0]?.cost_dollars, null);
});

test('what ran or waited when the window began is served first, and does not count', async () => {
  const lives = [
    { queued: -200, started: -200, ended: 50 },
    { queued: -10, started: 50, ended: 80 },
    { queued: 10, started: 80, ended: 90 },
    { queued: 2000, started: 2000, ended: 2001 },
  ];
  const { observed, points, assumptions } = await ask(historyOf(lives));
  assert.deepEqual(observed, { jobs: 1, p50: 70, p95: 70, max_concurrency: 1 });
  assert.deepEqual(
    points.map(({ p95, utilisation }) => [p95, utilisation]),
    [
      [70, 0.09],
      [20, 0.045],
      [0, 0.03],
    ],
  );
  assert.ok(assumptions.some((each) => each.startsWith('2 jobs waited or ran when the window began')));
});

test('a job that still runs lasts until now; one that still waits is served, with the median of the others', async () => {
  const history = {
    ...historyOf([{ queued: 0, started: 0, ended: 60 }]),
    nowMs: at(500),
    openJobs: [open(7, 'in_progress', 100), open(8, 'queued', 200), open(9, 'waiting', 0)],
  };
  const started = { ...PLACE, runsOn: 'gpu', jobId: 7, startedAtMs: at(100), queueMs: 0 };
  const { observed, points, assumptions } = await ask({
    ...history,
    startedJobs: [...(history.startedJobs ?? []), started],
  });
  assert.deepEqual(observed, { jobs: 3, p50: 0, p95: 300, max_concurrency: 1 });
  // The last one begins when the window, which is until now, is over.
  assert.deepEqual(
    points.map(({ max, utilisation }) => [max, utilisation]),
    [
      [300, 460 / 500],
      [0, 520 / 1000],
    ],
  );
  assert.deepEqual(
    assumptions.slice(-2).map((each) => each.split(':')[0]),
    ['1 job in progress', '1 job in the queue'],
  );
});

test('a job that took no time needs a runner all the same; one whose wait is not known is only served', async () => {
  const { startedJobs, ...history } = historyOf([
    { queued: 5, started: 10, ended: 10 },
    { queued: 0, started: 0, ended: 10 },
  ]);
  const { observed, points } = await ask({ ...history, startedJobs: startedJobs?.slice(0, 1) ?? [] });
  assert.deepEqual([observed.jobs, points.map(({ p95 }) => p95)], [1, [5, 0]]);
});

test('jobs that began to wait at the same time are served as they were', async () => {
  const lives = [
    { queued: 50, started: 70, ended: 80 },
    { queued: 50, started: 50, ended: 150 },
  ];
  const { startedJobs, ...history } = historyOf(lives);
  const { points } = await ask({ ...history, startedJobs: startedJobs?.slice(0, 1) ?? [] });
  assert.deepEqual(
    points.map(({ p95 }) => p95),
    [100, 0],
  );
});

test('a job that was cancelled in the queue needed no runner', async () => {
  const { finishedJobs = [], ...history } = historyOf(THREE);
  const end = { ...PLACE, jobId: 99, runsOn: 'gpu', conclusion: 'cancelled', durationMs: null };
  const cancelled = { ...finishedJob({ ...end, endedAtMs: at(50) }), queuedAtMs: at(10) };
  const answer = await ask({ ...history, finishedJobs: [...finishedJobs, cancelled] });
  assert.deepEqual(answer, await ask(historyOf(THREE)));
});

test('without any job there is nothing to replay', async () => {
  const { observed, replayed_at_observed, points, needed } = await ask({ nowMs: at(NOW_S) });
  assert.deepEqual(observed, { jobs: 0, p50: null, p95: null, max_concurrency: 0 });
  assert.deepEqual([replayed_at_observed, points, needed], [null, [], null]);
});

test('at most 200 numbers of runners, from 1 to the last, with the one that is needed', async () => {
  const lives = Array.from({ length: 1000 }, () => ({ queued: 0, started: 0, ended: 100 }));
  const { points, needed } = await ask(historyOf(lives), { targetP95Ms: 100_000 });
  const numbers = points.map(({ runners }) => runners);
  // 950 of 1000 do not wait.
  assert.deepEqual([numbers[0], numbers.at(-1), needed], [1, 950, 475]);
  assert.ok(numbers.length <= 200 && numbers.length > 190);
  assert.ok(numbers.includes(475));
});

/** Serves jobs as so many runners would, from moment to moment. */
function served(jobs: readonly (readonly [queued: number, lasts: number])[], runners: number): Life[] {
  const free: number[] = Array(runners).fill(-1e9);
  return jobs
    .toSorted(([a], [b]) => a - b)
    .map(([queued, lasts]) => {
      free.sort((a, b) => a - b);
      const started = Math.max(queued, free[0] ?? 0);
      free[0] = started + lasts;
      return { queued, started, ended: started + lasts };
    });
}

const someWork = fc.array(fc.tuple(fc.integer({ min: -40, max: 60 }), fc.integer({ min: 1, max: 20 })), {
  minLength: 1,
  maxLength: 30,
});

test('if the jobs were served first come, first served, the replay is what happened, wherever the window begins', async () => {
  await fc.assert(
    fc.asyncProperty(someWork, fc.integer({ min: 1, max: 4 }), async (work, runners) => {
      const lives = served(work, runners);
      const window = { fromMs: at(0), toMs: at(50) };
      const { observed, replayed_at_observed, points } = await ask(historyOf(lives), { window });
      const counted = lives.filter(({ queued }) => queued >= 0 && queued < 50);
      assert.equal(observed.jobs, counted.length);
      if (counted.length === 0) return;
      // Fewer were never busy at once, or nobody waited.
      if (observed.max_concurrency === runners)
        assert.deepEqual(
          [replayed_at_observed?.p50, replayed_at_observed?.p95],
          [observed.p50, observed.p95],
        );
      const own = points.find((point) => point.runners === runners);
      assert.equal(own?.p95 ?? 0, observed.p95);
      if (own !== undefined)
        assert.equal(own.max, Math.max(...counted.map(({ queued, started }) => started - queued)));
    }),
  );
});

test('with more runners nobody waits longer, and the number needed is the first that is enough', async () => {
  await fc.assert(
    fc.asyncProperty(someWork, fc.integer({ min: 0, max: 40 }), async (work, target) => {
      const lives = served(work, 2);
      const { points, needed } = await ask(historyOf(lives), { targetP95Ms: target * 1000 });
      points.forEach((point, index) => {
        const next = points[index + 1];
        assert.equal(point.runners, index + 1);
        assert.ok(next === undefined ? point.p95 === 0 : next.p95 <= point.p95 && point.p95 > 0);
      });
      assert.equal(needed, points.find(({ p95 }) => p95 <= target)?.runners ?? null);
    }),
  );
});

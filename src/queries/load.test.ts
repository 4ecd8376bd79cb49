import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finishedJob, PLACE } from '../../test/fixtures/facts.ts';
import { assertAnswers } from '../../test/openapi.ts';
import { NO_FILTERS, type OpenJob } from '../domain/queries.ts';
import { type FakeHistory, fakeReader } from './fake-reader.ts';
import { type LoadQuery, load } from './load.ts';

const START = Date.parse('2026-11-28T10:00:00Z');
const at = (second: number) => START + second * 1000;
/** It begins and ends within a step. */
const WINDOW = { fromMs: at(30), toMs: at(270) };
const QUERY: LoadQuery = { by: 'runs_on', window: WINDOW, step: '1m', filters: NO_FILTERS, limit: 20 };

/** A job that nothing else is known of, in seconds from the start; undefined: it did not come so far. */
interface Life {
  readonly runsOn: string;
  readonly repository: string;
  readonly queued: number;
  readonly started?: number | undefined;
  readonly ended?: number | undefined;
}

function open(life: Life, jobId: number): OpenJob {
  const { queued, started, ...place } = life;
  const isRunning = started !== undefined;
  return {
    ...PLACE,
    ...place,
    jobId,
    name: 'build',
    branchName: null,
    runnerName: null,
    status: isRunning ? 'in_progress' : 'queued',
    createdAtMs: at(queued),
    startedAtMs: isRunning ? at(started) : null,
    beganAtMs: at(started ?? queued),
    isStale: false,
  };
}

/** The same lives, as the history has them. */
function historyOf(lives: readonly Life[], nowS: number): FakeHistory {
  const jobs = lives.map((life, jobId) => ({ ...life, jobId, place: { ...PLACE, ...life, jobId } }));
  return {
    nowMs: at(nowS),
    startedJobs: jobs.flatMap(({ place, queued, started }) =>
      started === undefined
        ? []
        : [{ ...place, startedAtMs: at(started), queueMs: (started - queued) * 1000 }],
    ),
    finishedJobs: jobs.flatMap(({ place, queued, started, ended }) =>
      ended === undefined
        ? []
        : [
            finishedJob({
              ...place,
              endedAtMs: at(ended),
              durationMs: started === undefined ? null : (ended - started) * 1000,
              ...(started === undefined ? { queuedAtMs: at(queued) } : {}),
            }),
          ],
    ),
    openJobs: jobs.flatMap((life) => (life.ended === undefined ? [open(life, life.jobId)] : [])),
  };
}

async function ask(history: FakeHistory, query: Partial<LoadQuery> = {}) {
  const answer = await load(fakeReader(history), { ...QUERY, ...query });
  assertAnswers('Load', answer);
  return answer;
}

const GPU = { runsOn: 'gpu', repository: 'o/r' };

test('a job counts as queued until it starts, then as running until it ends', async () => {
  const { series, groups } = await ask(historyOf([{ ...GPU, queued: 70, started: 90, ended: 150 }], 999));
  const points = [
    ['2026-11-28T10:01:00.000Z', 20 / 60, 1, 30 / 60, 1],
    ['2026-11-28T10:02:00.000Z', 0, 0, 30 / 60, 1],
  ];
  assert.deepEqual([series, groups], [[{ runs_on: 'gpu', points }], 1]);
});

test('a job that waited before the window and starts after it counts in all of it; averages are over the window', async () => {
  const { series } = await ask(historyOf([{ ...GPU, queued: -9000, started: 9000, ended: 9001 }], 9999));
  assert.deepEqual(
    series[0]?.points.map(([, average, most]) => [average, most]),
    Array(5).fill([1, 1]),
  );
});

test('a job that was cancelled in the queue waited until then', async () => {
  const { series } = await ask(historyOf([{ ...GPU, queued: 60, ended: 90 }], 999));
  assert.deepEqual(series[0]?.points, [['2026-11-28T10:01:00.000Z', 0.5, 1, 0, 0]]);
});

test('what still waits or runs counts until now, and the average of the last step is over its part until now', async () => {
  const lives = [
    { ...GPU, queued: 240 },
    { ...GPU, queued: 0, started: 240 },
  ];
  const { series } = await ask(historyOf(lives, 250));
  assert.deepEqual(series[0]?.points.at(-1), ['2026-11-28T10:04:00.000Z', 1, 1, 1, 1]);
});

test('what waits for an approval, or is stale, is no demand', async () => {
  const waiting = { ...open({ ...GPU, queued: 60 }, 1), status: 'waiting' as const };
  const stale = { ...open({ ...GPU, queued: 60 }, 2), isStale: true };
  assert.deepEqual((await ask({ nowMs: at(999), openJobs: [waiting, stale] })).series, []);
});

test('one job after the other on one runner are never two at once', async () => {
  const lives = [
    { ...GPU, queued: 60, started: 60, ended: 90 },
    { ...GPU, queued: 90, started: 90, ended: 90 },
    { ...GPU, queued: 90, started: 90, ended: 100 },
  ];
  const { series } = await ask(historyOf(lives, 999));
  assert.deepEqual(series[0]?.points, [['2026-11-28T10:01:00.000Z', 0, 0, 40 / 60, 1]]);
});

test('the busiest groups come first; the total is that of all', async () => {
  const lives = [1, 5, 3].map((length, index) => ({
    ...GPU,
    runsOn: `pool-${index}`,
    queued: 100,
    started: 100,
    ended: 100 + length,
  }));
  const { series, groups, total } = await ask(historyOf(lives, 999), { limit: 2 });
  assert.deepEqual([series.map(({ runs_on }) => runs_on), groups], [['pool-1', 'pool-2'], 3]);
  assert.deepEqual(total, [['2026-11-28T10:01:00.000Z', 0, 0, 9 / 60, 3]]);
});

const NOW_S = 300;
const someLife = fc
  .record({
    runsOn: fc.constantFrom('a', 'b', 'a,b'),
    repository: fc.constantFrom('o/r', 'p/r'),
    queued: fc.integer({ min: -100, max: 290 }),
    waits: fc.nat(150),
    runs: fc.nat(150),
    isCancelled: fc.boolean(),
  })
  .map(({ queued, waits, runs, isCancelled, ...place }): Life => {
    const known = (second: number) => (second <= NOW_S ? second : undefined);
    if (isCancelled) return { ...place, queued, ended: known(queued + waits) };
    return { ...place, queued, started: known(queued + waits), ended: known(queued + waits + runs) };
  });

/** How many jobs waited, and how many ran, in each second of a step. */
function countSeconds(lives: readonly Life[], minute: number) {
  const seconds = Array.from({ length: 60 }, (_, second) => minute * 60 + second).filter(
    (second) => second >= 30 && second < 270,
  );
  const counts = (from: (life: Life) => number | undefined, to: (life: Life) => number | undefined) =>
    seconds.map(
      (second) =>
        lives.filter((life) => (from(life) ?? 1e9) <= second && second < (to(life) ?? NOW_S)).length,
    );
  return [
    counts(
      ({ queued }) => queued,
      ({ started, ended }) => started ?? ended,
    ),
    counts(
      ({ started }) => started,
      ({ ended }) => ended,
    ),
  ] as const;
}

test('of any lives, averages and maxima are those of counting in every second, for each group and the filters', async () => {
  const filters = fc.constantFrom({}, { repository: ['p/*'] }, { label: ['b'] });
  const by = fc.constantFrom('runs_on' as const, 'repository' as const);
  await fc.assert(
    fc.asyncProperty(fc.array(someLife, { maxLength: 12 }), filters, by, async (lives, filter, group) => {
      const { series } = await ask(historyOf(lives, NOW_S), {
        by: group,
        filters: { ...NO_FILTERS, ...filter },
      });
      const fitting = lives.filter(
        ({ repository, runsOn }) =>
          (!('repository' in filter) || repository === 'p/r') && (!('label' in filter) || runsOn !== 'a'),
      );
      const groups = Object.entries(
        Object.groupBy(fitting, ({ runsOn, repository }) => (group === 'runs_on' ? runsOn : repository)),
      );
      const expected = groups.flatMap(([name, own = []]) =>
        [0, 1, 2, 3, 4].flatMap((minute) => {
          const numbers = countSeconds(own, minute).flatMap((counts) => [
            counts.reduce((sum, count) => sum + count, 0) / counts.length,
            Math.max(...counts),
          ]);
          return numbers.some((number) => number > 0)
            ? [[name, new Date(at(minute * 60)).toISOString(), ...numbers]]
            : [];
        }),
      );
      const found = series.flatMap(({ points, ...names }) => points.map((point) => [names[group], ...point]));
      const byText = (a: unknown, b: unknown) => (String(a) < String(b) ? -1 : 1);
      assert.deepEqual(found.sort(byText), expected.sort(byText));
    }),
  );
});

test('a month is what its days are, each asked for alone', async () => {
  const hours = (count: number) => Math.round(count * 3600);
  const lives = Array.from({ length: 60 }, (_, index): Life => {
    const queued = hours(-40 + 11 * index);
    const started = index % 7 === 3 ? undefined : queued + hours(index % 5);
    const ended = index % 9 === 4 ? undefined : (started ?? queued) + hours((index * index) % 90);
    return { runsOn: `pool-${index % 3}`, repository: 'o/r', queued, started, ended };
  });
  const now = hours(500);
  const history = historyOf(
    lives.filter(({ queued, started = queued, ended = started }) => ended < now),
    500 * 3600,
  );
  const midnight = (index: number) => Date.parse('2026-11-28T00:00:00Z') + index * 86_400_000;
  const month = await ask(history, { window: { fromMs: midnight(0), toMs: midnight(30) }, step: '1d' });
  const days = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      ask(history, { window: { fromMs: midnight(index), toMs: midnight(index + 1) }, step: '1d' }),
    ),
  );
  assert.deepEqual(
    month.total,
    days.flatMap(({ total }) => total),
  );
  assert.ok(month.total.length > 15);
  for (const { runs_on, points } of month.series)
    assert.deepEqual(
      points,
      days.flatMap(({ series }) =>
        series.filter((each) => each.runs_on === runs_on).flatMap((each) => each.points),
      ),
    );
  assert.equal(month.series.length, 3);
});

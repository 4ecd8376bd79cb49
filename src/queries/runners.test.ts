import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finishedJob } from '../../test/fixtures/facts.ts';
import { openJob, START } from '../../test/fixtures/now.ts';
import { assertAnswers } from '../../test/openapi.ts';
import { NO_FILTERS } from '../domain/queries.ts';
import { openWeekHours } from '../domain/week-hours.ts';
import { type FakeHistory, fakeReader } from './fake-reader.ts';
import { type RunnersQuery, runners } from './runners.ts';

const HOUR_MS = 3_600_000;
const WINDOW = { fromMs: START - 24 * HOUR_MS, toMs: START };

const NOTHING = { counted: [], labelled: [], lastIdle: [] };

async function ask(history: Omit<FakeHistory, 'nowMs'>, over: Partial<RunnersQuery> = {}) {
  const query = { window: WINDOW, filters: NO_FILTERS, timeZone: 'UTC', ...NOTHING, missing: null, ...over };
  const answer = await runners(fakeReader({ nowMs: START, ...history }), query);
  assertAnswers('Runners', answer);
  return answer;
}

test('groups have their runners, and the jobs that run on them', async () => {
  const of = { owner: 'o', group: 'gpu' };
  const counted = [
    { ...of, status: 'online', isBusy: true, count: 3 },
    { ...of, status: 'online', isBusy: false, count: 1 },
    { ...of, status: 'offline', isBusy: false, count: 2 },
    { ...of, status: 'offline', isBusy: true, count: 1 },
    { owner: 'p/own', group: 'Default', status: 'offline', isBusy: false, count: 1 },
  ];
  const running = { status: 'in_progress', runnerGroup: 'gpu' } as const;
  const openJobs = [
    openJob({ jobId: 1, ...running }),
    openJob({ jobId: 2, ...running, repository: 'p/own' }),
    openJob({ jobId: 3, ...running, isStale: true }),
    openJob({ jobId: 4, ...running, status: 'queued' }),
  ];
  const lastIdle = [{ ...of, lastIdleAtMs: Date.parse('2026-10-25T00:00:00Z') }];
  const { groups } = await ask({ openJobs }, { counted, lastIdle });
  assert.deepEqual(groups, [
    {
      owner: 'o',
      runner_group: 'gpu',
      online: 4,
      busy: 3,
      offline: 3,
      jobs_running: 1,
      saturation: 0.75,
      last_idle_at: '2026-10-25T00:00:00.000Z',
    },
    {
      owner: 'p/own',
      runner_group: 'Default',
      online: 0,
      busy: 0,
      offline: 1,
      jobs_running: 0,
      saturation: null,
      last_idle_at: null,
    },
  ]);
  const one = await ask({ openJobs }, { counted, filters: { ...NO_FILTERS, repository: ['p/own'] } });
  assert.deepEqual(
    one.groups.map(({ owner }) => owner),
    ['p/own'],
  );
});

test('labels have their runners, those of other owners and labels left out', async () => {
  const states = { status: 'online', isBusy: true, count: 3 };
  const labelled = [
    { owner: 'o', label: 'X64', ...states },
    { owner: 'o', label: 'X64', ...states, isBusy: false, count: 1 },
    { owner: 'o', label: 'gpu', ...states },
    { owner: 'p', label: 'gpu', ...states, status: 'offline' },
  ];
  const { labels } = await ask({}, { labelled });
  assert.deepEqual(labels, [
    { owner: 'o', label: 'gpu', online: 3, busy: 3, offline: 0, saturation: 1 },
    { owner: 'o', label: 'X64', online: 4, busy: 3, offline: 0, saturation: 0.75 },
    { owner: 'p', label: 'gpu', online: 0, busy: 0, offline: 3, saturation: null },
  ]);
  const filters = { ...NO_FILTERS, repository: ['o/one'], label: ['gpu'] };
  assert.equal((await ask({}, { labelled, filters })).labels.length, 1);
});

test('runners of an enterprise run the jobs of all organizations that have no group of that name', async () => {
  const online = { status: 'online', isBusy: false, count: 1 };
  const counted = [
    { owner: 'enterprises/corp', group: 'Default', ...online },
    { owner: 'enterprises/corp', group: 'shared', ...online },
    { owner: 'o', group: 'Default', ...online },
  ];
  const running = { status: 'in_progress', beganAtMs: -90_000 } as const;
  const openJobs = [
    openJob({ jobId: 1, ...running, runnerGroup: 'Default' }),
    openJob({ jobId: 2, ...running, runnerGroup: 'shared', repository: 'q/one', runsOn: 'gpu' }),
    openJob({ jobId: 3, status: 'queued', beganAtMs: -90_000, repository: 'q/two', runsOn: 'gpu' }),
  ];
  const filters = { ...NO_FILTERS, repository: ['q/one', 'q/two'] };
  const { groups, idle_while_waiting: idle } = await ask({ openJobs }, { counted });
  assert.deepEqual(
    groups.map(({ owner, runner_group, jobs_running }) => [owner, runner_group, jobs_running]),
    [
      ['enterprises/corp', 'Default', 0],
      ['enterprises/corp', 'shared', 1],
      ['o', 'Default', 1],
    ],
  );
  assert.deepEqual(idle, [
    { owner: 'enterprises/corp', runs_on: 'gpu', queued: 1, runner_group: 'shared', idle: 1 },
  ]);
  assert.equal((await ask({ openJobs }, { counted, filters })).groups.length, 2);
});

test('what can not be counted is said', async () => {
  const { groups, missing } = await ask({}, { missing: 'o needs a permission.' });
  assert.deepEqual([groups, missing], [[], 'o needs a permission.']);
});

test('labels that wait while runners are idle which took such jobs lately', async () => {
  const counted = [
    { owner: 'o', group: 'gpu', status: 'online', isBusy: false, count: 2 },
    { owner: 'o', group: 'big', status: 'online', isBusy: true, count: 2 },
    { owner: 'p', group: 'gpu', status: 'online', isBusy: false, count: 1 },
  ];
  const openJobs = [
    openJob({ jobId: 1, runsOn: 'gpu', beganAtMs: -61_000 }),
    openJob({ jobId: 2, runsOn: 'gpu', beganAtMs: -59_000 }),
    openJob({ jobId: 3, runsOn: 'gpu', beganAtMs: -90_000, isStale: true }),
    openJob({ jobId: 4, runsOn: 'arm', beganAtMs: -90_000 }),
    openJob({ jobId: 5, runsOn: 'big', beganAtMs: -90_000 }),
  ];
  const ran = (jobId: number, labels: string) =>
    finishedJob({ jobId, runsOn: labels, runnerGroup: labels, endedAtMs: START - 1000 });
  // Cancelled in the queue: it ran nowhere.
  const cancelled = { ...ran(10, 'arm'), runnerGroup: 'gpu', durationMs: null };
  const { idle_while_waiting: idle } = await ask(
    { openJobs, finishedJobs: [ran(8, 'gpu'), ran(9, 'big'), cancelled] },
    { counted },
  );
  assert.deepEqual(idle, [{ owner: 'o', runs_on: 'gpu', queued: 1, runner_group: 'gpu', idle: 2 }]);
});

/** Whole quarters of a second, so that the naive count can look at each. */
const TICK_MS = 250_000;
const interval = fc.tuple(fc.integer({ min: -900, max: 900 }), fc.integer({ min: 0, max: 900 }));

test('busy time and peaks are those of every moment', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(interval, { maxLength: 25 }),
      fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu'),
      fc.tuple(fc.integer({ min: -700, max: -1 }), fc.integer({ min: 0, max: 300 })),
      async (intervals, timeZone, [fromTick, toTick]) => {
        // The clocks of Berlin change within it.
        const zero = Date.parse('2026-10-25T01:00:00Z');
        const at = (tick: number) => zero + tick * TICK_MS;
        const finishedJobs = intervals.map(([start, length], index) =>
          finishedJob({ jobId: index + 1, endedAtMs: at(start + length), durationMs: length * TICK_MS }),
        );
        const window = { fromMs: at(fromTick), toMs: at(toTick) };
        const { heatmap } = await ask({ finishedJobs, beginsAtMs: 1 }, { timeZone, window });
        const busy = new Array<number>(168).fill(0);
        const peaks = new Array<number>(168).fill(0);
        const seconds = new Array<number>(168).fill(0);
        const hourOf = openWeekHours(timeZone);
        for (let ms = window.fromMs; ms < window.toMs; ms += 50_000) {
          const tick = (ms - zero) / TICK_MS;
          const running = intervals.filter(
            ([start, length]) => start <= tick && tick < start + length,
          ).length;
          const hour = hourOf(ms);
          busy[hour] = (busy[hour] ?? 0) + running * 50;
          seconds[hour] = (seconds[hour] ?? 0) + 50;
          peaks[hour] = Math.max(peaks[hour] ?? 0, running);
        }
        assert.deepEqual(
          heatmap.map(({ busy_seconds }) => busy_seconds),
          busy,
        );
        assert.deepEqual(
          heatmap.map((hour) => hour.seconds),
          seconds,
        );
        assert.deepEqual(
          heatmap.map(({ peak }) => peak),
          peaks,
        );
      },
    ),
    { numRuns: Math.ceil(60 * Number(process.env['ANT_WATCHER_TEST_CASES'] ?? 1)) },
  );
});

test('a job that runs counts until now, and one that ended later until the end of the window', async () => {
  const openJobs = [
    openJob({ status: 'in_progress', startedAtMs: START - 2 * HOUR_MS }),
    openJob({ jobId: 2, status: 'in_progress', startedAtMs: START - 9 * HOUR_MS, isStale: true }),
    openJob({ jobId: 3, status: 'queued' }),
  ];
  const finishedJobs = [finishedJob({ jobId: 9, endedAtMs: START, durationMs: 3 * HOUR_MS })];
  const window = { fromMs: START - 24 * HOUR_MS, toMs: START - HOUR_MS };
  const { heatmap } = await ask({ openJobs, finishedJobs }, { window });
  const total = heatmap.reduce((sum, { busy_seconds }) => sum + busy_seconds, 0);
  assert.equal(total, 3 * 3600);
});

test('an hour is only as long as the history knows of it', async () => {
  const endedAtMs = START - 2 * HOUR_MS;
  const { heatmap } = await ask({
    finishedJobs: [finishedJob({ jobId: 9, endedAtMs, durationMs: HOUR_MS / 2 })],
  });
  const known = heatmap.reduce((sum, { seconds }) => sum + seconds, 0);
  assert.equal(known, 2.5 * 3600);
  const none = await ask({});
  assert.equal(
    none.heatmap.reduce((sum, { seconds }) => sum + seconds, 0),
    0,
  );
});

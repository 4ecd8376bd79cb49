import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finishedJob, PLACE } from '../../test/fixtures/facts.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { StartedJob } from '../domain/history.ts';
import { NO_FILTERS } from '../domain/queries.ts';
import { fakeReader } from './fake-reader.ts';
import { type QueuesQuery, queues } from './queues.ts';

const MIDNIGHT = Date.parse('2026-11-28T00:00:00Z');
const HOUR = 3_600_000;
const WINDOW = { fromMs: MIDNIGHT + HOUR / 2, toMs: MIDNIGHT + 12 * HOUR };
const QUERY: QueuesQuery = {
  by: 'runs_on',
  window: WINDOW,
  step: '1h',
  filters: NO_FILTERS,
  sort: '-total_seconds',
  limit: 20,
  offset: 0,
};

function started(jobId: number, startedAtMs: number, queueS: number, over: Partial<StartedJob> = {}) {
  return { ...PLACE, jobId, startedAtMs, queueMs: queueS * 1000, ...over };
}

async function ask(
  startedJobs: readonly StartedJob[],
  query: Partial<QueuesQuery> = {},
  beginsAtMs = WINDOW.fromMs,
) {
  const reader = fakeReader({ nowMs: WINDOW.toMs, startedJobs, beginsAtMs });
  const answer = await queues(reader, { ...QUERY, ...query });
  assertAnswers('Queues', answer);
  return answer;
}

test('percentiles are nearest rank over the jobs that started in the window and in each step', async () => {
  const jobs = Array.from({ length: 20 }, (_, at) => started(at, MIDNIGHT + HOUR + (at * HOUR) / 10, at + 1));
  const outside = [started(50, WINDOW.fromMs - 1, 999), started(51, WINDOW.toMs, 999)];
  const { summary, series, total, window, groups, cursor } = await ask([...jobs, ...outside]);
  assert.deepEqual(window, { from: '2026-11-28T00:30:00.000Z', to: '2026-11-28T12:00:00.000Z', step: '1h' });
  const all = {
    count: 20,
    values: null,
    p50: 10,
    p95: 19,
    p99: 20,
    max: 20,
    total_seconds: 210,
    change: null,
  };
  assert.deepEqual([summary, total], [[{ runs_on: 'ubuntu-latest', ...all }], all]);
  assert.deepEqual(series, [
    {
      runs_on: 'ubuntu-latest',
      points: [
        ['2026-11-28T01:00:00.000Z', 10, 5, 10, 10, 10],
        ['2026-11-28T02:00:00.000Z', 10, 15, 20, 20, 20],
      ],
    },
  ]);
  assert.deepEqual([groups, cursor], [1, null]);
});

test('a job that waited since before the window counts when it starts, one without a queue time nowhere', async () => {
  const long = started(1, WINDOW.fromMs, 5 * 3600);
  const reader = fakeReader({
    nowMs: WINDOW.toMs,
    startedJobs: [long],
    finishedJobs: [
      finishedJob({ jobId: 2, endedAtMs: WINDOW.fromMs + 1, durationMs: null, conclusion: 'cancelled' }),
    ],
  });
  const { total } = await queues(reader, QUERY);
  assert.deepEqual([total.count, total.max], [1, 18_000]);
});

test('the change is that of p95 against the window before, null where that is not kept or has no job', async () => {
  const before = WINDOW.fromMs - (WINDOW.toMs - WINDOW.fromMs);
  const jobs = [
    started(1, before, 10),
    started(2, WINDOW.fromMs, 15),
    started(3, WINDOW.fromMs, 1, { runsOn: 'new' }),
  ];
  const kept = await ask(jobs, {}, before);
  assert.deepEqual(
    kept.summary.map(({ change }) => change),
    [{ absolute: 5, ratio: 0.5 }, null],
  );
  assert.deepEqual(kept.total.change, { absolute: 5, ratio: 0.5 });
  const deleted = await ask(jobs, {}, before + 1);
  assert.deepEqual(
    deleted.summary.map(({ change }) => change),
    [null, null],
  );
});

test('where there are fewer than five, the values themselves are there too', async () => {
  const jobs = [9, 1, 5, 5].map((seconds, jobId) => started(jobId, WINDOW.fromMs, seconds));
  assert.deepEqual((await ask(jobs)).summary[0]?.values, [1, 5, 5, 9]);
  assert.equal((await ask([...jobs, started(9, WINDOW.fromMs, 3)])).total.values, null);
});

test('without any job there is no percentile, and no group', async () => {
  const { total, summary, series } = await ask([]);
  const none = {
    count: 0,
    values: [],
    p50: null,
    p95: null,
    p99: null,
    max: null,
    total_seconds: 0,
    change: null,
  };
  assert.deepEqual([total, summary, series], [none, [], []]);
});

test('workflows with the same name in two repositories are two groups', async () => {
  const jobs = [started(1, WINDOW.fromMs, 3), started(2, WINDOW.fromMs, 5, { repository: 'o/other' })];
  const { summary } = await ask(jobs, { by: 'workflow' });
  assert.deepEqual(
    summary.map(({ repository, workflow, max }) => [repository, workflow, max]),
    [
      ['o/other', 'CI', 5],
      ['o/r', 'CI', 3],
    ],
  );
});

test('pages of groups in the order asked for; the total is that of all', async () => {
  const jobs = ['a', 'b', 'c'].map((runsOn, at) => started(at, WINDOW.fromMs, at, { runsOn }));
  const first = await ask(jobs, { sort: 'p95', limit: 2 });
  assert.deepEqual(
    first.summary.map((row) => row.runs_on),
    ['a', 'b'],
  );
  assert.deepEqual(
    first.series.map((row) => row.runs_on),
    ['a', 'b'],
  );
  assert.deepEqual([first.groups, first.total.count], [3, 3]);
  const next = await ask(jobs, { sort: 'p95', limit: 2, offset: 2 });
  assert.deepEqual([next.summary.map((row) => row.runs_on), next.cursor], [['c'], null]);
});

const BY = ['runs_on', 'runner_group', 'repository', 'workflow'] as const;
const MINUTES = { '15m': 15, '1h': 60, '6h': 360 } as const;

const someJob = fc.record({
  minute: fc.integer({ min: -800, max: 800 }),
  queueS: fc.nat(20),
  runsOn: fc.constantFrom('a', 'b', 'a,b'),
  repository: fc.constantFrom('o/r', 'o/s', 'p/r'),
  runnerGroup: fc.constantFrom('unknown', 'g'),
});

/** The group of a job as one text. */
function groupOf(by: (typeof BY)[number], { runsOn, runnerGroup, repository, workflow }: StartedJob): string {
  const texts = {
    runs_on: runsOn,
    runner_group: runnerGroup,
    repository,
    workflow: `${repository} ${workflow}`,
  };
  return texts[by];
}

/** The smallest value that enough others are not above. */
function rank(values: readonly number[], share: number): number | undefined {
  const isEnough = (each: number) => values.filter((other) => other <= each).length >= share * values.length;
  return values.toSorted((a, b) => a - b).find(isEnough);
}

test('of any jobs, cut in any way, each group and step is what a naive computation says, and they add up', async () => {
  const filters = fc.record({
    repository: fc.constantFrom([], ['o/*'], ['p/r']),
    label: fc.constantFrom([], ['b']),
  });
  const steps = fc.constantFrom('15m' as const, '1h' as const, '6h' as const);
  await fc.assert(
    fc.asyncProperty(
      fc.array(someJob, { maxLength: 30 }),
      fc.constantFrom(...BY),
      steps,
      filters,
      checkNaively,
    ),
  );
});

async function checkNaively(
  made: readonly {
    minute: number;
    queueS: number;
    runsOn: string;
    repository: string;
    runnerGroup: string;
  }[],
  by: (typeof BY)[number],
  step: keyof typeof MINUTES,
  filter: { readonly repository: readonly string[]; readonly label: readonly string[] },
): Promise<void> {
  const jobs = made.map(({ minute, queueS, ...place }, at) =>
    started(at, MIDNIGHT + minute * 60_000, queueS, place),
  );
  const answer = await ask(jobs, { by, step, filters: { ...NO_FILTERS, ...filter } });
  const [owner = ''] = filter.repository;
  const fitting = jobs
    .filter(({ startedAtMs }) => startedAtMs >= WINDOW.fromMs && startedAtMs < WINDOW.toMs)
    .filter(({ repository }) => repository.startsWith(owner.replace('*', '')))
    .filter(({ runsOn }) => filter.label.length === 0 || runsOn.endsWith('b'));
  const expected = new Map<string, number[]>();
  for (const job of fitting) {
    const step0 = Math.floor((job.startedAtMs - MIDNIGHT) / 60_000 / MINUTES[step]);
    const key = `${groupOf(by, job)} @ ${new Date(MIDNIGHT + step0 * MINUTES[step] * 60_000).toISOString()}`;
    expected.set(key, [...(expected.get(key) ?? []), job.queueMs / 1000]);
  }
  const found = answer.series.flatMap(({ points, ...names }) =>
    points.map(([at, ...rest]) => [`${Object.values(names).join(' ')} @ ${at}`, rest] as const),
  );
  assert.deepEqual(
    new Map(found),
    new Map(
      Array.from(expected, ([key, values]) => [
        key,
        [values.length, ...[0.5, 0.95, 0.99, 1].map((share) => rank(values, share))],
      ]),
    ),
  );
  const counted = answer.summary.reduce((sum, { count }) => sum + count, 0);
  assert.deepEqual([counted, answer.total.count], [fitting.length, fitting.length]);
}

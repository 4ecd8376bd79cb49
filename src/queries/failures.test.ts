import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PLACE } from '../../test/fixtures/facts.ts';
import { someHistory } from '../../test/fixtures/some-history.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { ExplainedJob, FailedJob, HistoryRecords } from '../domain/history.ts';
import { NO_FILTERS, type WorkflowOfDefaultBranch } from '../domain/queries.ts';
import { type FailuresQuery, failures } from './failures.ts';
import { type FakeHistory, fakeReader } from './fake-reader.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-28T12:00:00Z');
const WINDOW = { fromMs: NOW - 10 * MINUTE, toMs: NOW };
const QUERY: FailuresQuery = {
  window: WINDOW,
  filters: NO_FILTERS,
  causes: [],
  reasons: [],
  exitCode: undefined,
  step: '5m',
  webUrl: 'https://github.example',
  sort: '-count',
  offset: 0,
  limit: 500,
};

async function ask(history: Partial<FakeHistory>, query: Partial<FailuresQuery> = {}) {
  const reader = fakeReader({ nowMs: NOW, beginsAtMs: 0, ...history });
  const answer = await failures(reader, { ...QUERY, ...query });
  assertAnswers('Failures', { ...answer, reasons_read: true });
  return answer;
}

/** A job that failed some minutes ago. */
function failed(jobId: number, agoMinutes: number, over: Partial<FailedJob> = {}): FailedJob {
  return { ...PLACE, jobId, endedAtMs: NOW - agoMinutes * MINUTE, cause: 'step', step: 'test', ...over };
}

test('failures are grouped by step and cause, with the latest five and where they are at GitHub', async () => {
  const failedJobs = [
    ...[9, 8, 7, 6, 5, 4].map((ago) => failed(ago, ago, { runId: 100 + ago, runAttempt: 2 })),
    failed(20, 3, { step: 'lint' }),
    failed(21, 2, { step: null, cause: 'runner_lost' }),
  ];
  const { rows, total, groups } = await ask({ failedJobs });
  assert.deepEqual([total, groups], [8, 3]);
  const [row] = rows;
  assert.deepEqual([row?.step, row?.cause, row?.count], ['test', 'step', 6]);
  assert.deepEqual([row?.first_at, row?.last_at], ['2026-11-28T11:51:00.000Z', '2026-11-28T11:56:00.000Z']);
  assert.deepEqual(
    row?.runs.map(({ job_id: id }) => id),
    [4, 5, 6, 7, 8],
  );
  assert.deepEqual(row?.runs[0], {
    run_id: 104,
    run_attempt: 2,
    job_id: 4,
    at: '2026-11-28T11:56:00.000Z',
    url: 'https://github.example/o/r/actions/runs/104/job/4',
  });
  const others = rows.slice(1).map(({ step, cause }) => [step, cause]);
  assert.deepEqual(others, [
    ['lint', 'step'],
    [null, 'runner_lost'],
  ]);
});

test('what did not fail in the window before is new; null where that is not kept', async () => {
  const failedJobs = [
    failed(1, 15),
    failed(2, 5),
    failed(3, 5, { step: 'lint' }),
    failed(4, 25, { step: 'lint' }),
  ];
  const isNew = async (history: Partial<FakeHistory>) =>
    (await ask({ failedJobs, ...history })).rows.map((row) => [row.step, row.new]).sort();
  assert.deepEqual(await isNew({}), [
    ['lint', true],
    ['test', false],
  ]);
  assert.deepEqual(await isNew({ beginsAtMs: NOW - 20 * MINUTE + 1 }), [
    ['lint', null],
    ['test', null],
  ]);
  const { change } = await ask({ failedJobs });
  assert.deepEqual(change, { absolute: 1, ratio: 1 });
});

test('a failure has the reason that its annotations say, and is new only if it did not happen for any', async () => {
  const failedJobs = [failed(1, 15), failed(2, 5), failed(3, 4), failed(4, 3), failed(5, 2)];
  const explained = (jobId: number, agoMinutes: number, exitCode: number | null): ExplainedJob => {
    const reason = exitCode === null ? 'out_of_disk' : 'exit_code';
    return { ...PLACE, jobId, endedAtMs: NOW - agoMinutes * MINUTE, reason, exitCode };
  };
  const explainedJobs = [explained(2, 5, 137), explained(3, 4, 137), explained(4, 3, null)];
  const { rows, total } = await ask({ failedJobs, explainedJobs });
  assert.deepEqual(
    rows.map(({ reason, exit_code, count, new: isNew }) => [reason, exit_code, count, isNew]),
    [
      ['exit_code', 137, 2, false],
      ['out_of_disk', null, 1, false],
      [null, null, 1, false],
    ],
  );
  assert.equal(total, 4);
  const only = await ask({ failedJobs, explainedJobs }, { reasons: ['exit_code', 'timeout'] });
  assert.deepEqual([only.total, only.rows.length, only.rows[0]?.count], [2, 1, 2]);
  const other = await ask({ failedJobs, explainedJobs }, { reasons: ['exit_code'], exitCode: 1 });
  assert.deepEqual([other.total, other.rows.length], [0, 0]);
  assert.equal((await ask({ failedJobs, explainedJobs }, { exitCode: 137 })).total, 2);
});

test('only the causes that are asked for, in everything that is counted', async () => {
  const failedJobs = [failed(1, 15), failed(2, 5), failed(3, 4, { cause: 'timeout' })];
  const { total, rows, series, change } = await ask({ failedJobs }, { causes: ['timeout', 'startup'] });
  assert.deepEqual([total, rows.length, series.length, change], [1, 1, 1, { absolute: 1, ratio: null }]);
});

const BROKEN: WorkflowOfDefaultBranch = {
  repository: 'o/r',
  workflow: 'CI',
  failures: 2,
  failingSinceMs: NOW - 86_400_000,
  failedRunId: 7,
  lastRunMs: NOW,
  lastSuccessMs: null,
};

test('default branches that fail now are told whatever the window is, the longest first', async () => {
  const workflowStates = [
    { ...BROKEN, workflow: 'younger', failingSinceMs: NOW - 1000 },
    BROKEN,
    { ...BROKEN, workflow: 'good', failures: 0, failingSinceMs: null, failedRunId: null },
    { ...BROKEN, repository: 'p/r' },
  ];
  const filters = { ...NO_FILTERS, repository: ['o/*'] };
  const { broken } = await ask({ workflowStates }, { filters });
  assert.deepEqual(
    broken.map(({ workflow }) => workflow),
    ['CI', 'younger'],
  );
  assert.deepEqual(broken[0], {
    repository: 'o/r',
    workflow: 'CI',
    consecutive_failures: 2,
    failing_since: '2026-11-27T12:00:00.000Z',
    last_success_at: null,
    last_run_at: '2026-11-28T12:00:00.000Z',
    run_id: 7,
  });
});

test('without any failure every list is empty', async () => {
  const { total, rows, series, broken, change } = await ask({});
  assert.deepEqual([total, rows, series, broken, change], [0, [], [], [], { absolute: 0, ratio: null }]);
});

test('for any history, groups and points are what a naive computation says, and they add up', async () => {
  await fc.assert(
    fc.asyncProperty(
      someHistory(NOW - 10 * MINUTE),
      fc.constantFrom('1m' as const, '5m' as const),
      fc.constantFrom([], ['step', 'timeout']),
      checkNaively,
    ),
  );
});

async function checkNaively(
  history: HistoryRecords,
  step: '1m' | '5m',
  causes: readonly string[],
): Promise<void> {
  const { rows, series, total, change } = await ask(history, { step, causes });
  const { fromMs, toMs } = WINDOW;
  const among = (from: number, to: number) =>
    history.failedJobs
      .filter(({ endedAtMs, cause }) => endedAtMs >= from && endedAtMs < to && isAsked(cause))
      .sort((a, b) => a.endedAtMs - b.endedAtMs);
  const isAsked = (cause: string) => causes.length === 0 || causes.includes(cause);
  const inside = among(fromMs, toMs);
  const before = among(fromMs - (toMs - fromMs), fromMs);
  const reasons = new Map(history.explainedJobs.map((each) => [each.jobId, each]));
  const baseOf = ({ repository, workflow, jobName, step: name, cause }: FailedJob) =>
    JSON.stringify([repository, workflow, jobName, name, cause]);
  const nameOf = (job: FailedJob) => {
    const { reason = null, exitCode = null } = reasons.get(job.jobId) ?? {};
    return `${baseOf(job)} ${reason} ${exitCode}`;
  };
  const time = (ms: number | undefined) => new Date(ms ?? 0).toISOString();
  const expected = Map.groupBy(inside, nameOf);
  const found = rows.map((row) => [
    `${JSON.stringify([row.repository, row.workflow, row.job_name, row.step, row.cause])} ${row.reason} ${row.exit_code}`,
    [row.count, row.first_at, row.last_at, row.new, row.runs.map(({ job_id: id }) => id)],
  ]);
  assert.deepEqual(
    new Map(found as [string, unknown][]),
    new Map(
      Array.from(expected, ([name, all]) => [
        name,
        [
          all.length,
          time(all[0]?.endedAtMs),
          time(all.at(-1)?.endedAtMs),
          !before.some((each) => baseOf(each) === baseOf(all[0] as FailedJob)),
          all
            .toReversed()
            .slice(0, 5)
            .map(({ jobId }) => jobId),
        ],
      ]),
    ),
  );
  const stepMs = step === '1m' ? MINUTE : 5 * MINUTE;
  const points = Map.groupBy(
    inside,
    (each) => `${each.cause} ${time(Math.floor(each.endedAtMs / stepMs) * stepMs)}`,
  );
  const shown = series.flatMap(({ cause, points: all }) =>
    all.map(([at, count]) => [`${cause} ${at}`, count]),
  );
  assert.deepEqual(
    new Map(shown as [string, number][]),
    new Map(Array.from(points, ([name, all]) => [name, all.length])),
  );
  assert.deepEqual([total, change?.absolute], [inside.length, inside.length - before.length]);
}

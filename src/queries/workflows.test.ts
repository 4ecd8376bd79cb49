import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finishedJob, finishedRun, PLACE } from '../../test/fixtures/facts.ts';
import { naiveRank, someHistory } from '../../test/fixtures/some-history.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { FinishedJob, FinishedRun, HistoryRecords, StartedJob } from '../domain/history.ts';
import type { WorkflowRow } from '../domain/openapi-types.ts';
import { NO_FILTERS, type WorkflowOfDefaultBranch } from '../domain/queries.ts';
import { type FakeHistory, fakeReader } from './fake-reader.ts';
import { type WorkflowsQuery, workflows } from './workflows.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-28T12:00:00Z');
const WINDOW = { fromMs: NOW - 10 * MINUTE, toMs: NOW };
const QUERY: WorkflowsQuery = {
  ...{ by: 'workflow', window: WINDOW, filters: NO_FILTERS },
  ...{ sort: '-runs', offset: 0, limit: 100 },
};

async function ask(history: Partial<FakeHistory>, query: Partial<WorkflowsQuery> = {}) {
  const reader = fakeReader({ nowMs: NOW, beginsAtMs: 0, ...history });
  const answer = await workflows(reader, { ...QUERY, ...query });
  assertAnswers('Workflows', answer);
  return answer;
}

/** A run that ended some minutes ago. */
function run(agoMinutes: number, over: Partial<FinishedRun> = {}): FinishedRun {
  return finishedRun({ endedAtMs: NOW - agoMinutes * MINUTE, runId: 100 - agoMinutes, ...over });
}

function withConclusions(...conclusions: readonly string[]): FinishedRun[] {
  return conclusions.map((conclusion, at) => run(9 - at, { conclusion }));
}

test('the pass rate leaves out what neither passed nor failed', async () => {
  // github.com/expo/expo/pull/48615, github.com/PostHog/posthog/pull/89197: 53 % where 83 % passed.
  const neither = ['cancelled', 'skipped', 'neutral', 'action_required', 'stale'];
  const some = await ask({ finishedRuns: withConclusions('success', 'failure', 'timed_out', ...neither) });
  assert.deepEqual([some.rows[0]?.runs, some.rows[0]?.pass_rate], [8, 1 / 3]);
  const startup = await ask({ finishedRuns: withConclusions('success', 'startup_failure') });
  assert.equal(startup.rows[0]?.pass_rate, 0.5);
});

test('without any run that passed or failed there is no pass rate and no duration', async () => {
  // github.com/JhaSourav07/commitpulse/issues/6337: 0 by 0.
  const { rows } = await ask({ finishedRuns: withConclusions('cancelled', 'skipped') });
  assert.deepEqual([rows[0]?.pass_rate, rows[0]?.p50, rows[0]?.p95], [null, null, null]);
});

test('a later attempt is a run and a rerun, with the duration of its own', async () => {
  // github.com/WalletConnect/actions/pull/100: the night between two attempts was a duration of 17 hours.
  const finishedRuns = [
    run(5, { runId: 1, conclusion: 'failure', durationMs: 9000 }),
    run(1, { runId: 1, runAttempt: 2, durationMs: 4000 }),
  ];
  const [row] = (await ask({ finishedRuns })).rows;
  assert.deepEqual([row?.runs, row?.reruns, row?.pass_rate, row?.p95], [2, 1, 0.5, 4]);
});

test('a run that was held for an approval is in the strip once, with its real end', async () => {
  const held = { runId: 7, conclusion: 'action_required', durationMs: null };
  const finishedRuns = [
    run(9, held),
    run(5, { runId: 7 }),
    run(4, { runId: 8, conclusion: 'failure' }),
    run(3, { ...held, runId: 9 }),
  ];
  const [row] = (await ask({ finishedRuns })).rows;
  assert.deepEqual(row?.strip, [
    ['success', 5, 7],
    ['failure', 5, 8],
    ['action_required', null, 9],
  ]);
});

test('the strip has the last 60 runs before the end of the window that fit, from old to new', async () => {
  const finishedRuns = Array.from({ length: 90 }, (_, at) =>
    run(89 - at, { runId: at + 1, branch: at % 10 === 0 ? 'other' : 'default' }),
  );
  const strips = async (query: Partial<WorkflowsQuery>) =>
    (await ask({ finishedRuns }, query)).rows.map(({ strip }) => strip.map(([, , runId]) => runId))[0] ?? [];
  const all = await strips({});
  assert.deepEqual([all.length, all[0], all.at(-1)], [60, 30, 89]);
  const others = await strips({ filters: { ...NO_FILTERS, branch: ['other'] } });
  assert.deepEqual(others, [1, 11, 21, 31, 41, 51, 61, 71, 81]);
});

test('the change is that of p50 against the window before, null where that is not kept', async () => {
  const finishedRuns = [run(15, { durationMs: 4000 }), run(5, { durationMs: 6000 })];
  assert.deepEqual((await ask({ finishedRuns })).rows[0]?.change, { absolute: 2, ratio: 0.5 });
  const beginsAtMs = NOW - 20 * MINUTE + 1;
  assert.equal((await ask({ finishedRuns, beginsAtMs })).rows[0]?.change, null);
});

test('failures in a row are those of the metric; two files of one name show the worse', async () => {
  const state: WorkflowOfDefaultBranch = {
    repository: PLACE.repository,
    workflow: PLACE.workflow,
    failures: 3,
    failingSinceMs: 1,
    failedRunId: 1,
    lastRunMs: 2,
    lastSuccessMs: null,
  };
  const workflowStates = [{ ...state, failures: 0 }, state, { ...state, repository: 'o/x', failures: 9 }];
  const finishedRuns = [run(1), run(2, { workflow: 'never on the default branch' })];
  const { rows } = await ask({ finishedRuns, workflowStates });
  assert.deepEqual(
    rows.map(({ consecutive_failures: count }) => count),
    [3, null],
  );
});

test('a workflow whose run is not over has a row with the time of its jobs', async () => {
  const jobs = [finishedJob({ endedAtMs: NOW - 1, durationMs: 7000, microDollars: 2_000_000 })];
  const [row] = (await ask({ finishedJobs: jobs })).rows;
  assert.deepEqual([row?.runs, row?.last, row?.total_seconds, row?.cost_dollars], [0, null, 7, 2]);
});

test('rows come in pages, in the order asked for; those without a value come last', async () => {
  const finishedRuns = ['a', 'b', 'c'].map((workflow, at) =>
    run(at + 1, { workflow, conclusion: at === 2 ? 'cancelled' : 'success', durationMs: at * 1000 }),
  );
  const names = async (query: Partial<WorkflowsQuery>) =>
    (await ask({ finishedRuns }, query)).rows.map(({ workflow }) => workflow);
  assert.deepEqual(await names({ sort: 'p50' }), ['a', 'b', 'c']);
  assert.deepEqual(await names({ sort: '-p50' }), ['b', 'a', 'c']);
  const first = await ask({ finishedRuns }, { limit: 2 });
  assert.deepEqual([first.rows.length, first.groups, typeof first.cursor], [2, 3, 'string']);
  assert.deepEqual(await names({ offset: 2, limit: 2 }), ['c']);
});

test('for any history, each row is what a naive computation says, and the rows add up', async () => {
  await fc.assert(
    fc.asyncProperty(
      someHistory(NOW - 10 * MINUTE),
      fc.constantFrom([], ['default']),
      fc.constantFrom([], ['o/*']),
      checkNaively,
    ),
  );
});

async function checkNaively(
  history: HistoryRecords,
  branch: readonly string[],
  repository: readonly string[],
): Promise<void> {
  const { rows, groups } = await ask(history, { filters: { ...NO_FILTERS, branch, repository } });
  const branchOf = (runId: number) => history.finishedRuns.find((each) => each.runId === runId)?.branch ?? '';
  const { fromMs, toMs } = WINDOW;
  const among = <T extends JobOrRun>(
    all: readonly T[],
    timeOf: (each: T) => number,
    from: number,
    to: number,
  ) =>
    all
      .filter((each) => timeOf(each) >= from && timeOf(each) < to)
      .filter(({ runId }) => branch.length === 0 || branch.includes(branchOf(runId)))
      .filter((each) => repository.length === 0 || each.repository.startsWith('o/'));
  const parts = {
    runs: among(history.finishedRuns, ({ endedAtMs }) => endedAtMs, fromMs, toMs),
    earlier: among(history.finishedRuns, ({ endedAtMs }) => endedAtMs, fromMs - (toMs - fromMs), fromMs),
    jobs: among(history.finishedJobs, ({ endedAtMs }) => endedAtMs, fromMs, toMs),
    started: among(history.startedJobs, ({ startedAtMs }) => startedAtMs, fromMs, toMs),
  };
  const all = [...parts.runs, ...parts.jobs, ...parts.started];
  assert.equal(groups, new Set(all.map((each) => `${each.repository} ${each.workflow}`)).size);
  for (const row of rows) assert.deepEqual({ ...row, strip: [] }, naiveRow(row, parts));
  assert.equal(
    rows.reduce((sum, row) => sum + row.runs, 0),
    parts.runs.length,
  );
}

interface JobOrRun {
  readonly runId: number;
  readonly repository: string;
  readonly workflow: string;
}

interface Parts {
  readonly runs: readonly FinishedRun[];
  readonly earlier: readonly FinishedRun[];
  readonly jobs: readonly FinishedJob[];
  readonly started: readonly StartedJob[];
}

function naiveRow(
  { repository = '', workflow = '' }: WorkflowRow,
  { runs, earlier, jobs, started }: Parts,
): WorkflowRow {
  const own = <T extends JobOrRun>(all: readonly T[]) =>
    all.filter((each) => each.repository === repository && each.workflow === workflow);
  const ended = own(runs);
  const conclusions = ended.map(({ conclusion }) => conclusion);
  const passed = conclusions.filter((each) => each === 'success').length;
  const failed = conclusions.filter((each) => /failure|timed_out/.test(each)).length;
  const reruns = ended.filter(
    ({ runAttempt, conclusion }) => runAttempt > 1 && conclusion !== 'action_required',
  );
  const before = naiveRank(passedSeconds(own(earlier)), 0.5);
  const p50 = naiveRank(passedSeconds(ended), 0.5);
  const last = ended.toSorted((a, b) => b.endedAtMs - a.endedAtMs)[0];
  const waits = own(started).map(({ queueMs }) => queueMs / 1000);
  return {
    repository,
    workflow,
    runs: ended.length,
    pass_rate: passed + failed === 0 ? null : passed / (passed + failed),
    durations: passedSeconds(ended).length < 5 ? passedSeconds(ended).toSorted((a, b) => a - b) : null,
    p50,
    p95: naiveRank(passedSeconds(ended), 0.95),
    change:
      p50 === null || before === null
        ? null
        : { absolute: p50 - before, ratio: before === 0 ? null : (p50 - before) / before },
    queue_p95: naiveRank(waits, 0.95),
    total_seconds: own(jobs).reduce((sum, { durationMs }) => sum + (durationMs ?? 0) / 1000, 0),
    cost_dollars: own(jobs).reduce((sum, { microDollars }) => sum + microDollars, 0) / 1e6,
    reruns: reruns.length,
    last: last
      ? { conclusion: last.conclusion, at: new Date(last.endedAtMs).toISOString(), run_id: last.runId }
      : null,
    consecutive_failures: null,
    strip: [],
  };
}

function passedSeconds(runs: readonly FinishedRun[]): number[] {
  return runs.flatMap(({ conclusion, durationMs }) =>
    conclusion === 'success' && durationMs !== null ? [durationMs / 1000] : [],
  );
}

test('of fewer than five durations, the durations themselves are there', async () => {
  const runs = (count: number) =>
    Array.from({ length: count }, (_, at) => run(9 - at, { durationMs: (count - at) * 1000 }));
  const [few] = (await ask({ finishedRuns: runs(4) })).rows;
  assert.deepEqual(few?.durations, [1, 2, 3, 4]);
  const [enough] = (await ask({ finishedRuns: runs(5) })).rows;
  assert.equal(enough?.durations, null);
});

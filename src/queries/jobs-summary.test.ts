import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finishedJob, PLACE } from '../../test/fixtures/facts.ts';
import { naiveRank, someHistory } from '../../test/fixtures/some-history.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type {
  FailedJob,
  FinishedJob,
  FlakyJob,
  HistoryRecords,
  JobPlace,
  StartedJob,
} from '../domain/history.ts';
import type { JobSummaryRow } from '../domain/openapi-types.ts';
import { NO_FILTERS } from '../domain/queries.ts';
import { type FakeHistory, fakeReader } from './fake-reader.ts';
import { type JobsSummaryQuery, jobsSummary } from './jobs-summary.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-11-28T12:00:00Z');
const WINDOW = { fromMs: NOW - 10 * MINUTE, toMs: NOW };
const QUERY: JobsSummaryQuery = {
  window: WINDOW,
  filters: NO_FILTERS,
  isFlaky: false,
  webUrl: 'https://github.example',
  sort: '-total_seconds',
  offset: 0,
  limit: 500,
};

async function ask(history: Partial<FakeHistory>, query: Partial<JobsSummaryQuery> = {}) {
  const reader = fakeReader({ nowMs: NOW, beginsAtMs: 0, ...history });
  const answer = await jobsSummary(reader, { ...QUERY, ...query });
  assertAnswers('JobsSummary', answer);
  return answer;
}

/** A job that ended some minutes ago. */
function job(jobId: number, agoMinutes: number, over: Partial<FinishedJob> = {}): FinishedJob {
  return finishedJob({ jobId, endedAtMs: NOW - agoMinutes * MINUTE, ...over });
}

const FAILED = { conclusion: 'failure', durationMs: 9000 };

test('what the facts call wasted is wasted, for either reason', async () => {
  const finishedJobs = [
    job(1, 9, { ...FAILED, wasted: 'repeated' }),
    job(2, 8, { runAttempt: 2 }),
    job(3, 7, { ...FAILED, runId: 2 }),
    job(4, 6, { conclusion: 'cancelled', durationMs: 500, wasted: 'cancelled' }),
    job(5, 5, { conclusion: 'cancelled', durationMs: null }),
  ];
  const { rows } = await ask({ finishedJobs });
  assert.equal(rows[0]?.wasted_seconds, 9.5);
});

test('flaky is counted by the fact, and its rate is by all runs, 1 at most', async () => {
  // github.com/commontoolsinc/labs/pull/7204: by failures, one flake in ten thousand runs was 100 %.
  // github.com/flutter/flutter/issues/78091: a rate of 1.15.
  const passed = Array.from({ length: 10 }, (_, at) => job(at, 5));
  const flaky = (times: number) => [{ ...PLACE, jobId: 1, endedAtMs: NOW - 5 * MINUTE, times }];
  const some = await ask({ finishedJobs: passed, flakyJobs: flaky(2) });
  assert.deepEqual([some.rows[0]?.flaky, some.rows[0]?.flaky_rate], [2, 0.2]);
  const most = await ask({ finishedJobs: [job(1, 5)], flakyJobs: flaky(2) });
  assert.deepEqual([most.rows[0]?.flaky, most.rows[0]?.flaky_rate], [2, 1]);
});

test('a flaky job passes and fails as often as it did: the pass rate knows nothing of flakiness', async () => {
  // github.com/codecov/feedback/issues/808, github.com/PiwiTests/platform/pull/394
  const finishedJobs = [
    job(1, 9, { ...FAILED, runId: 1 }),
    job(2, 8, { runId: 1, runAttempt: 2 }),
    job(3, 7, { runId: 2 }),
  ];
  const flakyJobs = [{ ...PLACE, jobId: 2, endedAtMs: NOW - 8 * MINUTE, times: 1 }];
  const [row] = (await ask({ finishedJobs, flakyJobs })).rows;
  assert.deepEqual([row?.runs, row?.pass_rate, row?.flaky], [3, 2 / 3, 1]);
});

test('only flaky jobs, if asked for', async () => {
  const finishedJobs = [job(1, 5), job(2, 5, { jobName: 'steady' })];
  const flakyJobs = [{ ...PLACE, endedAtMs: NOW - 5 * MINUTE, times: 1 }];
  const answer = await ask({ finishedJobs, flakyJobs }, { isFlaky: true });
  assert.deepEqual([answer.groups, ...answer.rows.map(({ job_name: name }) => name)], [1, PLACE.jobName]);
});

test('the latest five flaky jobs come with where they are at GitHub', async () => {
  const flakyJobs = [1, 2, 3, 4, 5, 6].map((jobId) => ({
    ...PLACE,
    jobId,
    endedAtMs: NOW - (9 - jobId) * MINUTE,
    times: 1,
  }));
  const [row] = (await ask({ flakyJobs })).rows;
  assert.deepEqual(
    row?.flaky_jobs.map(({ job_id: id }) => id),
    [6, 5, 4, 3, 2],
  );
  assert.equal(row?.flaky_jobs[0]?.url, 'https://github.example/o/r/actions/runs/2/job/6');
});

test('failures by cause are those of the metric, whatever the conclusion is', async () => {
  const failedJobs = (['timeout', 'step', 'step', 'runner_lost'] as const).map((cause, jobId) => ({
    ...PLACE,
    jobId,
    endedAtMs: NOW - 5 * MINUTE,
    cause,
    step: null,
  }));
  const [row] = (await ask({ finishedJobs: [job(0, 5, { conclusion: 'cancelled' })], failedJobs })).rows;
  const none = { startup: 0, rejected: 0, unknown: 0 };
  assert.deepEqual(row?.failures, { ...none, step: 2, timeout: 1, runner_lost: 1 });
});

test('the change is that of p50 against the window before', async () => {
  const finishedJobs = [job(1, 15, { durationMs: 8000 }), job(2, 5, { durationMs: 6000 })];
  assert.deepEqual((await ask({ finishedJobs })).rows[0]?.change, { absolute: -2, ratio: -0.25 });
  const beginsAtMs = NOW - 15 * MINUTE;
  assert.equal((await ask({ finishedJobs, beginsAtMs })).rows[0]?.change, null);
});

test('for any history, each row is what a naive computation says, and the rows add up', async () => {
  await fc.assert(
    fc.asyncProperty(someHistory(NOW - 10 * MINUTE), fc.constantFrom([], ['gpu']), checkNaively),
  );
});

async function checkNaively(history: HistoryRecords, label: readonly string[]): Promise<void> {
  const { rows } = await ask(history, { filters: { ...NO_FILTERS, label } });
  const isInside = (atMs: number) => atMs >= WINDOW.fromMs && atMs < WINDOW.toMs;
  const fits = ({ runsOn }: JobPlace) => label.length === 0 || runsOn.endsWith('gpu');
  const ended = <T extends JobPlace & { readonly endedAtMs: number }>(all: readonly T[]) =>
    all.filter((each) => isInside(each.endedAtMs) && fits(each));
  const parts = {
    jobs: ended(history.finishedJobs),
    failed: ended(history.failedJobs),
    flaky: ended(history.flakyJobs),
    started: history.startedJobs.filter((each) => isInside(each.startedAtMs) && fits(each)),
  };
  const { jobs, failed, flaky, started } = parts;
  assert.equal(rows.length, new Set([...jobs, ...failed, ...flaky, ...started].map(nameOf)).size);
  for (const row of rows) assert.deepEqual({ ...row, change: null }, naiveRow(row, parts));
  const counted = rows.map((row) => [row.runs, addUp(Object.values(row.failures)), row.flaky]);
  const totals = [0, 1, 2].map((at) => addUp(counted.map((each) => each[at] ?? 0)));
  assert.deepEqual(totals, [jobs.length, failed.length, addUp(flaky.map(({ times }) => times))]);
}

interface Parts {
  readonly jobs: readonly FinishedJob[];
  readonly failed: readonly FailedJob[];
  readonly flaky: readonly FlakyJob[];
  readonly started: readonly StartedJob[];
}

function naiveRow(row: JobSummaryRow, parts: Parts): JobSummaryRow {
  const own = <T extends JobPlace>(all: readonly T[]) =>
    all.filter((each) => nameOf(each) === `${row.repository} ${row.workflow} ${row.job_name}`);
  const jobs = own(parts.jobs);
  const passed = jobs.filter(({ conclusion }) => conclusion === 'success');
  const verdicts = passed.length + jobs.filter(isFailed).length;
  const seconds = passed.flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs / 1000]));
  const waits = own(parts.started).map(({ queueMs }) => queueMs / 1000);
  const causes = own(parts.failed).map(({ cause }) => cause);
  const failures = ['step', 'timeout', 'runner_lost', 'startup', 'rejected', 'unknown'].map((cause) => [
    cause,
    causes.filter((each) => each === cause).length,
  ]);
  const times = addUp(own(parts.flaky).map((each) => each.times));
  const wasted = jobs.filter((each) => each.wasted !== null);
  return {
    repository: row.repository,
    workflow: row.workflow,
    job_name: row.job_name,
    runs: jobs.length,
    pass_rate: verdicts === 0 ? null : passed.length / verdicts,
    durations: seconds.length < 5 ? seconds.toSorted((a, b) => a - b) : null,
    p50: naiveRank(seconds, 0.5),
    p95: naiveRank(seconds, 0.95),
    change: null,
    queue_p95: naiveRank(waits, 0.95),
    total_seconds: secondsOf(jobs),
    failures: Object.fromEntries(failures) as JobSummaryRow['failures'],
    flaky: times,
    flaky_rate: jobs.length === 0 ? null : Math.min(1, times / jobs.length),
    flaky_jobs: row.flaky_jobs,
    wasted_seconds: secondsOf(wasted),
  };
}

function nameOf({ repository, workflow, jobName }: JobPlace): string {
  return `${repository} ${workflow} ${jobName}`;
}

function isFailed({ conclusion }: FinishedJob): boolean {
  return /failure|timed_out/.test(conclusion);
}

function secondsOf(jobs: readonly FinishedJob[]): number {
  return addUp(jobs.map(({ durationMs }) => (durationMs ?? 0) / 1000));
}

function addUp(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job, Run } from '../model.ts';
import { stepsAtEnd } from '../steps-of.ts';
import { companyRuns } from './company.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PRESENT_MS = Date.parse('2026-11-25T09:00:00Z');

/** The runs of the last three days and of the next hour. */
const RUNS = runsSince(PRESENT_MS - 3 * DAY_MS);
const JOBS = RUNS.flatMap((run) =>
  run.attempts.flatMap(({ jobs }) => jobs.filter((job) => !job.carriedOver).map((job) => ({ job, run }))),
);

function runsSince(startMs: number): Run[] {
  const runs: Run[] = [];
  for (const run of companyRuns({ seed: 'test', startMs, presentMs: PRESENT_MS })) {
    if (run.createdMs > PRESENT_MS + HOUR_MS) break;
    runs.push(run);
  }
  return runs;
}

function nearestRank(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN;
}

function of(repository: string, workflow: string): Run[] {
  return RUNS.filter((run) => run.repository.name === repository && run.workflow.name === workflow);
}

test('the same options give the same runs', () => {
  const startMs = PRESENT_MS - 3 * HOUR_MS;
  assert.deepEqual(runsSince(startMs), runsSince(startMs));
});

test('runs come in order of creation, and all times are whole seconds in order', () => {
  for (const [place, run] of RUNS.entries())
    assert.ok(place === 0 || run.createdMs >= (RUNS[place - 1]?.createdMs ?? 0));
  for (const { job } of JOBS) {
    const times = job.moments.map(({ atMs }) => atMs);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    for (const atMs of times) assert.equal(atMs % 1000, 0);
  }
  assert.equal(new Set(JOBS.map(({ job }) => job.id)).size, JOBS.length);
});

test('no runner has two jobs at the same time', () => {
  const started = JOBS.filter(({ job }) => job.kind === 'ran').map(({ job }) => job);
  for (const [, jobs] of Map.groupBy(started, ({ runner }) => runner?.id)) {
    const inOrder = jobs.toSorted((a, b) => a.startedMs - b.startedMs);
    for (const [place, job] of inOrder.entries())
      assert.ok(job.startedMs >= (inOrder[place - 1]?.completedMs ?? 0), `${job.runner?.name}`);
  }
});

test('nothing that is under way at the beginning is older than an hour', () => {
  const underWay = JOBS.filter(({ job }) => {
    const [first, last] = [job.moments[0], job.moments.at(-1)];
    return first !== undefined && first.atMs <= PRESENT_MS && (last?.atMs ?? 0) > PRESENT_MS;
  });
  assert.ok(underWay.length > 40, `${underWay.length} jobs under way`);
  for (const { job } of underWay) assert.ok(PRESENT_MS - job.createdMs < HOUR_MS, job.name);
  assert.ok(
    underWay.some(({ job }) => job.startedMs > PRESENT_MS),
    'something waits',
  );
});

test('nights are quiet, and the last day was a working day', () => {
  const between = (fromHours: number, toHours: number) =>
    RUNS.filter(({ createdMs }) => {
      const hours = (createdMs - PRESENT_MS) / HOUR_MS;
      return hours >= fromHours && hours < toHours;
    }).length;
  // It is half past ten at the company: from midnight to four, and yesterday from ten to two.
  assert.ok(between(-10.5, -6.5) * 4 < between(-24.5, -20.5));
});

test('one kind of runner waits longest, because it has too few', () => {
  const waits = Map.groupBy(
    JOBS.filter(({ job }) => job.kind === 'ran' && job.startedMs > PRESENT_MS - DAY_MS),
    ({ job }) => job.labels.join(','),
  );
  const p95 = [...waits].map(([labels, jobs]) => [
    labels,
    nearestRank(
      jobs.map(({ job }) => job.startedMs - releasedMs(job)),
      0.95,
    ),
  ]);
  const [longest, second] = p95.toSorted(([, a], [, b]) => Number(b) - Number(a));
  assert.equal(longest?.[0], 'self-hosted,gpu');
  assert.ok(Number(longest?.[1]) > 1.5 * Number(second?.[1]));
});

function releasedMs(job: Job): number {
  return job.moments.findLast(({ action }) => action === 'queued')?.atMs ?? 0;
}

test('a default branch is broken since yesterday, by one step', () => {
  const onMain = of('payments', 'CI').filter(({ event }) => event === 'push');
  const since = PRESENT_MS - 19 * HOUR_MS;
  const broken = onMain.filter(({ createdMs }) => createdMs > since);
  assert.ok(broken.length > 3);
  for (const { attempts } of broken) {
    assert.equal(attempts.at(-1)?.conclusion, 'failure');
    const failed = attempts.flatMap(({ jobs }) => jobs).filter(({ conclusion }) => conclusion === 'failure');
    const steps = failed.flatMap(stepsAtEnd).filter(({ conclusion }) => conclusion === 'failure');
    assert.ok(steps.some(({ name }) => name === 'Apply database migrations'));
  }
  const before = onMain.filter(({ createdMs }) => createdMs < since - HOUR_MS);
  assert.ok(before.filter(({ attempts }) => attempts.at(-1)?.conclusion === 'success').length > 3);
});

test('one step takes most of the time of the slowest workflow', () => {
  const jobs = of('data-platform', 'Warehouse tests')
    .flatMap(({ attempts }) => attempts.flatMap((attempt) => attempt.jobs))
    .filter(({ conclusion }) => conclusion === 'success');
  const share = (job: Job) => {
    const step = stepsAtEnd(job).find(({ name }) => name === 'Run dbt build');
    return (
      (Date.parse(step?.completed_at ?? '') - Date.parse(step?.started_at ?? '')) /
      (job.completedMs - job.startedMs)
    );
  };
  assert.ok(jobs.length > 5);
  assert.ok(nearestRank(jobs.map(share), 0.5) > 0.5);
  assert.ok(
    nearestRank(
      jobs.map((job) => job.completedMs - job.startedMs),
      0.5,
    ) >
      20 * 60_000,
  );
});

test('flaky jobs pass when they are run again', () => {
  const again = of('storefront', 'End-to-end').filter(({ attempts }) => attempts.length > 1);
  const healed = again.filter(({ attempts }) => attempts.at(-1)?.conclusion === 'success');
  assert.ok(healed.length > 5, `${healed.length} of ${again.length}`);
});

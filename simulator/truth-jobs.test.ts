import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, attempt, carried, job, linesLike, PRIVATE, PUBLIC, runOf } from '../test/fixtures/truth.ts';
import type { Job } from './model.ts';
import { truthOfRuns } from './truth.ts';

/*
 * Failures, flakes, runner time and bills of completed runs.
 */

const LATE = at(100_000);

function truthOfJobs(attempts: readonly (readonly Job[])[], repository = PRIVATE): string {
  const lived = attempts.map((jobs, i) => attempt(i + 1, [i * 1000, i * 1000 + 900], 'failure', jobs));
  return truthOfRuns([runOf(repository, lived)], LATE, LATE);
}

const failed = { conclusion: 'failure', failure: 'step' } as const;

test('failures are counted by their cause', () => {
  const jobs = [
    job('a', [0, 1, 2], failed),
    job('b (1)', [0, 1, 2], { conclusion: 'failure', failure: 'runner_lost' }),
    job('b (2)', [0, 1, 2], { conclusion: 'timed_out', failure: 'timeout' }),
    job('c', [0, 9, 9], { kind: 'not_started', runner: null, conclusion: 'failure', failure: 'startup' }),
    job('d', [0, 1, 2], { conclusion: 'cancelled' }),
    job('e', [0, 1, 2]),
  ];
  assert.deepEqual(linesLike(truthOfJobs([jobs]), /failures_total/), [
    'job_failures_total{job_name="a",cause="step"} 1',
    'job_failures_total{job_name="b",cause="runner_lost"} 1',
    'job_failures_total{job_name="b",cause="timeout"} 1',
    'job_failures_total{job_name="c",cause="startup"} 1',
  ]);
});

test('a job is flaky when it passes in a later attempt than it failed in, whatever lies between', () => {
  const first = [
    job('a', [0, 1, 2], failed),
    job('b', [0, 1, 2], failed),
    job('c', [0, 1, 2]),
    job('d (1)', [0, 1, 2], failed),
    job('d (2)', [0, 1, 2]),
  ];
  const second = [
    job('a', [1000, 1001, 1002]),
    job('b', [1000, 1001, 1002], { conclusion: 'cancelled' }),
    job('c', [1000, 1001, 1002], failed),
    job('d (2)', [1000, 1001, 1002]),
  ];
  const third = [job('a', [2000, 2001, 2002]), job('b', [2000, 2001, 2002])];
  assert.deepEqual(linesLike(truthOfJobs([first, second, third]), /flaky/), [
    'flaky_jobs_total{job_name="a"} 1',
    'flaky_jobs_total{job_name="b"} 1',
  ]);
});

test('what was cancelled, or failed and ran again later, was for nothing', () => {
  const first = [
    job('a', [0, 1, 61], failed),
    job('b', [0, 1, 3], { conclusion: 'cancelled' }),
    job('c', [0, 1, 4], failed),
  ];
  const second = [job('a', [1000, 1001, 1002], failed), carried(first[2] as Job, 1000)];
  assert.deepEqual(linesLike(truthOfJobs([first, second]), /wasted/), [
    'wasted_dollars_total{reason="cancelled"} 0.006',
    'wasted_dollars_total{reason="repeated"} 0.006',
    'wasted_seconds_total{reason="cancelled"} 2',
    'wasted_seconds_total{reason="repeated"} 60',
  ]);
});

test('a job that never began or took no time has no busy time', () => {
  const text = truthOfJobs([
    [
      job('a', [0, 10, 70]),
      job('b', [0, 10, 25]),
      job('c', [0, 10, 9], { labels: ['windows-latest'] }),
      job('d', [0, 9, 9], { kind: 'not_started', runner: null, labels: ['gpu'], conclusion: 'cancelled' }),
    ],
  ]);
  assert.deepEqual(linesLike(text, /busy/), [
    'runner_busy_seconds_total{repository="lumen-works/payments",runs_on="ubuntu-latest",runner_group="GitHub Actions"} 75',
  ]);
});

const hosted: readonly Job[] = [
  job('a', [0, 10, 70]),
  job('a', [0, 10, 71]),
  job('a', [0, 10, 9]),
  job('b', [0, 10, 70], { labels: ['macos-15'] }),
  job('c', [0, 10, 70], { labels: ['windows-latest'] }),
  job('d', [0, 10, 70], { labels: ['ubuntu-24.04-arm'] }),
  job('e', [0, 10, 70], { labels: ['ubuntu-slim'] }),
  job('f', [0, 10, 70], { labels: ['ubuntu-latest-8-cores'] }),
  job('g', [0, 10, 70], { labels: ['self-hosted', 'linux'] }),
];

test('standard runners cost money in private repositories only, for whole minutes per job', () => {
  assert.deepEqual(linesLike(truthOfJobs([hosted]), /billed|cost/), [
    'billed_seconds_total{sku="linux"} 240',
    'billed_seconds_total{sku="linux_2_core_arm"} 60',
    'billed_seconds_total{sku="linux_slim"} 60',
    'billed_seconds_total{sku="macos"} 60',
    'billed_seconds_total{sku="windows"} 60',
    'cost_dollars_total{sku="linux"} 0.024',
    'cost_dollars_total{sku="linux_2_core_arm"} 0.005',
    'cost_dollars_total{sku="linux_slim"} 0.002',
    'cost_dollars_total{sku="macos"} 0.062',
    'cost_dollars_total{sku="windows"} 0.01',
  ]);
  assert.deepEqual(linesLike(truthOfJobs([hosted], PUBLIC), /billed|cost/), []);
});

test('costs are added exactly', () => {
  const windows = { labels: ['windows-latest'] };
  const text = truthOfJobs([[job('a', [0, 0, 600], windows), job('b', [0, 0, 1200], windows)]]);
  assert.deepEqual(linesLike(text, /cost/), ['cost_dollars_total{sku="windows"} 0.3']);
});

test('the price is that of the day on which the job ended', () => {
  const [first] = hosted as [Job];
  const newYear = Date.parse('2026-01-01T00:00:00Z');
  const cost = (completedMs: number) =>
    linesLike(truthOfJobs([[{ ...first, startedMs: completedMs - 1000, completedMs }]]), /cost/);
  assert.deepEqual(cost(newYear - 1000), ['cost_dollars_total{sku="linux"} 0.008']);
  assert.deepEqual(cost(newYear), ['cost_dollars_total{sku="linux"} 0.006']);
});

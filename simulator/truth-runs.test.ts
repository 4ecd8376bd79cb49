import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, attempt, carried, job, linesLike, PUBLIC, runOf } from '../test/fixtures/truth.ts';
import type { Run, RunConclusion } from './model.ts';
import { truthOfRuns } from './truth.ts';

/*
 * Attempts, default branches, and runs whose end is never reported.
 */

const LATE = at(100_000);
const DAY_S = 86_400;

function endedAt(seconds: number, conclusion: RunConclusion, rest: Partial<Run> = {}): Run {
  return runOf(PUBLIC, [attempt(1, [seconds - 50, seconds], conclusion, [])], rest);
}

function workflowLines(runs: readonly Run[]): string[] {
  return linesLike(truthOfRuns(runs, LATE, LATE), /actions_workflow_/);
}

test('a re-run is counted when it is over, by what it repeated', () => {
  const [build, lint] = [job('build', [0, 5, 20]), job('lint', [0, 3, 9], { conclusion: 'failure' })];
  const attempts = [
    attempt(1, [0, 50], 'failure', [build, lint]),
    attempt(2, [100, 150], 'failure', [
      carried(build, 101),
      job('lint', [102, 110, 140], { conclusion: 'failure' }),
    ]),
    attempt(3, [200, 250], 'success', [job('build', [202, 204, 240]), job('lint', [202, 209, 240])]),
    attempt(4, [300, 350], 'startup_failure', []),
  ];
  const lines = (seconds: number, like: RegExp) =>
    linesLike(truthOfRuns([runOf(PUBLIC, attempts)], at(seconds), at(seconds)), like);
  assert.deepEqual(lines(149, /reruns/), []);
  assert.deepEqual(lines(150, /reruns/), ['reruns_total{kind="failed"} 1']);
  assert.deepEqual(lines(1000, /reruns|run_queue/), [
    'reruns_total{kind="all"} 1',
    'reruns_total{kind="failed"} 1',
    'reruns_total{kind="unknown"} 1',
    'run_queue_seconds_sum{} 17',
    'run_queue_seconds_count{} 3',
  ]);
});

test('a series of failures on the default branch ends only with a success', () => {
  const runs = [
    endedAt(700, 'failure'),
    endedAt(800, 'cancelled'),
    endedAt(900, 'startup_failure'),
    endedAt(950, 'skipped'),
    endedAt(500, 'failure'),
    endedAt(600, 'success'),
  ];
  assert.deepEqual(workflowLines(runs), [
    'workflow_consecutive_failures{} 2',
    `workflow_last_run_timestamp_seconds{} ${at(950) / 1000}`,
    `workflow_last_success_timestamp_seconds{} ${at(600) / 1000}`,
  ]);
  assert.deepEqual(
    workflowLines([...runs, endedAt(1000, 'success')])[0],
    'workflow_consecutive_failures{} 0',
  );
});

test('a workflow that never passed has no last success', () => {
  assert.deepEqual(workflowLines([endedAt(500, 'failure')]), [
    'workflow_consecutive_failures{} 1',
    `workflow_last_run_timestamp_seconds{} ${at(500) / 1000}`,
  ]);
});

test('other branches, pull requests and unfinished runs say nothing about the default branch', () => {
  const { defaultBranch } = PUBLIC;
  const runs = [
    endedAt(500, 'failure', { headBranch: 'topic' }),
    endedAt(500, 'failure', { headBranch: null }),
    endedAt(500, 'failure', { event: 'pull_request', headBranch: defaultBranch }),
    endedAt(200_000, 'failure'),
  ];
  assert.deepEqual(workflowLines(runs), []);
});

test('a run whose end is never reported is active for 35 days', () => {
  const forgotten = runOf(PUBLIC, [
    {
      ...attempt(1, [0, 500], 'success', []),
      moments: [{ action: 'in_progress', status: 'in_progress', atMs: at(5) }],
    },
  ]);
  const active = (seconds: number) =>
    linesLike(truthOfRuns([forgotten], at(1000), at(seconds)), /active_runs/);
  assert.deepEqual(active(35 * DAY_S), ['active_runs{status="in_progress"} 1']);
  assert.deepEqual(active(35 * DAY_S + 1), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, attempt, carried, endOnly, job, PUBLIC, runOf } from '../test/fixtures/truth.ts';
import type { Job } from './model.ts';
import { truthSamplesOf, truthSamplesOfRuns } from './truth-samples.ts';
import { pastWorld } from './world.ts';

/*
 * The samples to be pushed for a few runs with known times.
 */

const PLACE = `repository="${PUBLIC.fullName}",workflow="CI"`;

function samples(attempts: readonly (readonly Job[])[], untilS = 100_000): string[] {
  const lived = attempts.map((jobs, i) => attempt(i + 1, [i * 1000, i * 1000 + 900], 'success', jobs));
  return truthSamplesOfRuns([runOf(PUBLIC, lived)], at(untilS))
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(PLACE, '…').replace('github_actions_event_', ''));
}

function jobSamples(attempts: readonly (readonly Job[])[], untilS?: number): string[] {
  return samples(attempts, untilS).filter((line) => line.startsWith('job_'));
}

test('each attempt has a sample at its end, with the run id in its milliseconds', () => {
  assert.deepEqual(samples([[], []]), [
    `run_duration_seconds{…,event="push",branch="default",conclusion="success"} 900 ${at(900) + 1}`,
    `run_duration_seconds{…,event="push",branch="default",conclusion="success"} 900 ${at(1900) + 1}`,
  ]);
  assert.equal(samples([[], []], 1899).length, 1);
});

test('a job has a sample of its duration at its end, and one of its queue time at its start', () => {
  const jobs = [job('test (20, linux)', [2, 5, 65], { id: 7_000_000_742 })];
  assert.deepEqual(jobSamples([jobs]), [
    `job_duration_seconds{…,job_name="test",runs_on="ubuntu-latest",conclusion="success"} 60 ${at(65) + 742}`,
    `job_queue_seconds{…,job_name="test",runs_on="ubuntu-latest"} 3 ${at(5) + 742}`,
  ]);
  assert.equal(jobSamples([jobs], 64).length, 1);
  assert.equal(jobSamples([jobs], 4).join(), '');
});

test('a negative time gives no sample', () => {
  assert.deepEqual(jobSamples([[job('a', [2, 1, 0], { id: 1 })]]), [
    `job_duration_seconds{…,job_name="a",runs_on="ubuntu-latest",conclusion="success"} 0 ${at(0) + 1}`,
    `job_queue_seconds{…,job_name="a",runs_on="ubuntu-latest"} 0 ${at(1) + 1}`,
  ]);
});

test('jobs that never started and check runs have no samples', () => {
  const none: Partial<Job>[] = [
    { kind: 'skipped', conclusion: 'skipped', labels: [] },
    { kind: 'not_started', conclusion: 'cancelled', runner: null },
    { kind: 'check_run', labels: [], plan: null },
  ];
  assert.deepEqual(jobSamples([none.map((rest) => job('a', [0, 1, 2], rest))]), [''].filter(Boolean));
});

test('a carried-over job has one sample, at any of the times that its reports lead to', () => {
  const original = job('a', [0, 10, 70], { id: 5_001 });
  const sameCreation = carried(original, 1001, { id: 5_002 });
  const otherCreation = carried(original, 2001, { id: 5_003, createdMs: at(2000) });
  const attempts = [[original], [sameCreation], [otherCreation]];
  assert.deepEqual(jobSamples(attempts), [
    `job_duration_seconds{…,job_name="a",runs_on="ubuntu-latest",conclusion="success"} 60 ${at(70) + 1} # or ${at(70) + 2} ${at(70) + 3}`,
    `job_queue_seconds{…,job_name="a",runs_on="ubuntu-latest"} 10 ${at(10) + 1} # or ${at(10) + 2}`,
  ]);
  assert.match(jobSamples(attempts, 2000)[0] ?? '', / # or \d+$/);
});

test("after a gate the queue time begins with the release, which only the job's own deliveries show", () => {
  const gated = job('a', [0, 310, 370], {
    id: 1,
    moments: [
      { action: 'queued', status: 'queued', atMs: at(0) },
      { action: 'waiting', status: 'waiting', atMs: at(1) },
      { action: 'queued', status: 'queued', atMs: at(300) },
      { action: 'in_progress', status: 'in_progress', atMs: at(310) },
      ...endOnly(370).moments,
    ],
  });
  const queue = jobSamples([[gated], [carried(gated, 1001, { id: 2 })]])[1];
  assert.equal(queue, `job_queue_seconds{…,job_name="a",runs_on="ubuntu-latest"} 10 ${at(310) + 1}`);
});

test('the samples of a world are sorted, and each is well-formed', () => {
  const options = { seed: 'samples', runs: 60, inFlight: 0.1, endMs: at(0), spanMs: 12 * 3_600_000 };
  const lines = truthSamplesOf(pastWorld(options)).trimEnd().split('\n');
  assert.deepEqual(lines, lines.toSorted());
  const shape =
    /^github_actions_event_(run_duration|job_duration|job_queue)_seconds\{.+\} \d+ \d{13}( # or( \d{13})+)?$/;
  for (const line of lines) assert.match(line, shape);
  assert.ok(lines.some((line) => line.includes(' # or ')));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job, Run } from './model.ts';
import { MAX_RUN_MS } from './run-life.ts';
import { ongoingWorld, pastWorld, runsOf } from './world.ts';

const END_MS = Date.parse('2026-11-20T12:00:00Z');
const SPAN_MS = 12 * 3_600_000;

function past(runs: number, inFlight = 0) {
  return pastWorld({ seed: 'test', runs, inFlight, endMs: END_MS, spanMs: SPAN_MS });
}

function isCompleted(run: Run): boolean {
  const last = run.attempts.map((attempt) => attempt.moments.filter((each) => each.atMs <= END_MS).at(-1));
  return last.every((moment) => moment?.status === 'completed');
}

test('a past world is over at its end, except for the share in flight and the ends that GitHub never reported', () => {
  const runs = [...runsOf(past(400, 0.1))];
  assert.equal(runs.length, 400);
  assert.equal(runs.filter((run) => run.endMs > END_MS).length, 40);
  assert.ok(!runs.some((run) => run.endMs > END_MS && isCompleted(run)));
  const untold = runs.filter((run) => run.endMs <= END_MS && !isCompleted(run));
  assert.ok(untold.length > 0 && untold.length < 10, `${untold.length} runs without an end`);
  assert.ok(runs.every((run) => run.createdMs >= END_MS - SPAN_MS && run.createdMs <= END_MS));
  assert.ok(runs.every((run, i) => i === 0 || run.createdMs >= (runs[i - 1]?.createdMs ?? 0)));
});

test('all reported times are whole seconds and nothing lives longer than the limit', () => {
  for (const run of runsOf(past(400))) {
    assert.ok(run.endMs - run.createdMs <= MAX_RUN_MS);
    for (const job of run.attempts.flatMap((attempt) => attempt.jobs)) {
      for (const ms of [job.createdMs, job.startedMs, job.completedMs]) assert.equal(ms % 1000, 0);
      assert.ok(job.moments.every((each, i) => i === 0 || each.atMs >= (job.moments[i - 1]?.atMs ?? 0)));
    }
  }
});

test('ids look real and never repeat, not even between worlds', () => {
  const other = pastWorld({ seed: 'other', runs: 200, inFlight: 0, endMs: END_MS, spanMs: SPAN_MS });
  const runs = [...runsOf(past(200)), ...runsOf(other)];
  const jobs = runs.flatMap((run) => run.attempts.flatMap((attempt) => attempt.jobs));
  for (const ids of [runs.map((run) => run.id), jobs.map((job) => job.id)]) {
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.every((id) => id > 2 ** 32 && Number.isSafeInteger(id)));
  }
});

test('a re-run of failed jobs carries the other jobs over with new ids and old times', () => {
  let carried = 0;
  for (const run of runsOf(past(600))) {
    for (const [index, attempt] of run.attempts.entries()) {
      const before = run.attempts[index - 1];
      for (const job of attempt.jobs.filter((each) => each.carriedOver)) {
        carried++;
        const original = before?.jobs.find((each) => each.name === job.name) as Job;
        assert.notEqual(job.id, original.id);
        assert.deepEqual(timesOf(job), timesOf(original));
        assert.ok(job.startedMs < attempt.startedMs);
        assert.deepEqual(actionsOf(job), ['completed']);
        assert.ok(original.conclusion === 'success' || original.conclusion === 'skipped');
      }
    }
  }
  assert.ok(carried > 20, `${carried} carried over`);
});

function timesOf(job: Job) {
  return [job.startedMs, job.completedMs, job.runner, job.conclusion];
}

function actionsOf(job: Job) {
  return job.moments.map((moment) => moment.action);
}

test('every kind of job life and run fate occurs', () => {
  const seen = new Set<string>();
  for (const run of runsOf(past(1500))) {
    if (run.headRepository !== run.repository) seen.add('fork');
    if (run.attempts.length > 1 && run.attempts.at(-1)?.jobs.every((job) => !job.carriedOver))
      seen.add('re-run all');
    for (const attempt of run.attempts) {
      seen.add(`run ${attempt.moments.map((moment) => moment.status).join(' ')}: ${attempt.conclusion}`);
      for (const job of attempt.jobs) {
        if (job.carriedOver) continue;
        seen.add(`${job.kind} ${job.moments.map((moment) => moment.status).join(' ')}: ${job.conclusion}`);
        seen.add(`${job.kind}, failed: ${job.failure}`);
        if (job.kind === 'ran') seen.add(`on ${job.runner?.groupName}`);
        if (job.kind === 'ran' && job.startedMs < job.createdMs) seen.add('negative queue time');
        if (job.kind === 'ran' && job.completedMs < job.startedMs) seen.add('negative duration');
        if (job.kind === 'skipped' && job.startedMs < job.createdMs) seen.add('inverted skip');
      }
    }
  }
  const wanted = [
    'fork',
    're-run all',
    'run completed: action_required',
    'run queued completed: startup_failure',
    'run pending completed: cancelled',
    'run queued in_progress completed: success',
    'run queued in_progress completed: failure',
    'run queued in_progress completed: cancelled',
    'run queued completed: skipped',
    'ran queued in_progress completed: success',
    'ran queued in_progress completed: failure',
    'ran queued in_progress completed: timed_out',
    'ran queued in_progress completed: cancelled',
    'ran queued waiting queued in_progress completed: success',
    'ran waiting waiting queued in_progress completed: success',
    'not_started queued completed: cancelled',
    'skipped completed: skipped',
    'not_started queued completed: failure',
    'ran queued: success',
    'ran queued in_progress: success',
    'ran, failed: step',
    'ran, failed: timeout',
    'ran, failed: runner_lost',
    'not_started, failed: startup',
    'on GitHub Actions',
    'on Default Larger Runners',
    'on Build machines',
    'on Default',
    'check_run completed: success',
    'check_run completed: failure',
    'negative queue time',
    'negative duration',
    'inverted skip',
  ];
  assert.deepEqual(
    wanted.filter((each) => !seen.has(each)),
    [],
  );
});

test('an ongoing world keeps its rate, and its runs do not depend on when it ends', () => {
  const options = { seed: 'on', startMs: END_MS, runsPerHour: 60 };
  const short = [...runsOf(ongoingWorld({ ...options, endMs: END_MS + 3_600_000 }))];
  const long = [...runsOf(ongoingWorld({ ...options, endMs: END_MS + 7_200_000 }))];
  assert.ok(Math.abs(short.length - 60) <= 1, `${short.length} runs`);
  assert.deepEqual(long.slice(0, short.length), short);
});

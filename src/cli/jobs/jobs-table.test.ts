import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobsTable } from './jobs-table.ts';

const JOB = {
  ...{ repository: 'o/r', workflow: 'CI', name: 'build (1)', runs_on: 'self-hosted,gpu', status: 'queued' },
  ...{
    conclusion: null,
    completed_at: null,
    waiting_seconds: 3661,
    queue_seconds: null,
    duration_seconds: null,
  },
  ...{ runner: null, url: 'https://github.com/o/r/actions/runs/5/job/7' },
};
const WINDOW = { from: '2026-11-27T12:00:00.000Z', to: '2026-11-28T12:00:00.000Z' };

test('jobs in flight are shown with how long they have waited or run, and how to get the next page', () => {
  const running = { ...JOB, status: 'in_progress', waiting_seconds: 90_061, runner: 'r5' };
  assert.equal(
    jobsTable({ window: null, jobs: [JOB, running], cursor: 'abc' }),
    [
      'AGE    STATUS       RUNS ON          RUNNER  REPOSITORY  WORKFLOW  JOB        URL',
      '1h 1m  queued       self-hosted,gpu  -       o/r         CI        build (1)  https://github.com/o/r/actions/runs/5/job/7',
      '1d 1h  in_progress  self-hosted,gpu  r5      o/r         CI        build (1)  https://github.com/o/r/actions/runs/5/job/7',
      '',
      'There are more: add --cursor abc',
      '',
    ].join('\n'),
  );
});

test('completed jobs are shown with their end, queue time and duration', () => {
  const over = { status: 'completed', conclusion: 'failure', completed_at: '2026-11-28T11:59:07.000Z' };
  const job = { ...JOB, ...over, waiting_seconds: null, queue_seconds: 0, duration_seconds: 65 };
  const [titles, line] = jobsTable({ window: WINDOW, jobs: [job], cursor: null }).split('\n');
  assert.match(titles ?? '', /^ENDED +CONCLUSION +QUEUED +RAN +RUNS ON/);
  assert.match(line ?? '', /^2026-11-28T11:59:07Z +failure +0s +1m 5s +self-hosted,gpu/);
  assert.equal(
    jobsTable({ window: WINDOW, jobs: [], cursor: null }),
    `No such jobs that ended from ${WINDOW.from} to ${WINDOW.to}.\n`,
  );
  assert.equal(jobsTable({ window: null, jobs: [], cursor: null }), 'No such jobs.\n');
});

test('a name cannot control the terminal, and a long one is cut', () => {
  const name = `\u001b[2Jx\n\u202e${'long '.repeat(50)}`;
  const table = jobsTable({ window: null, jobs: [{ ...JOB, name }], cursor: null });
  assert.doesNotMatch(table.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  assert.equal(table.split('\n').length, 3);
  assert.match(table, /\?\[2Jx\?\?long .*… {2}https:/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Annotation, explains, type FailureReason, failureReasonOf } from './failure-reason.ts';

/** As GitHub writes them, with where they were seen. */
const OF_JOB = { path: '.github', level: 'failure' };

function failure(message: string): Annotation {
  return { ...OF_JOB, message };
}

function reasonOf(...messages: string[]): FailureReason['reason'] {
  return failureReasonOf(messages.map(failure)).reason;
}

const ADVICE =
  'Verify the machine is running and has a healthy network connection. Anything in your workflow that terminates the runner process, starves it for CPU/Memory, or blocks its network access can cause this error.';

test('a runner that went away is runner_lost, however GitHub words it', () => {
  for (const message of [
    `The self-hosted runner: 04922ab0a5cde170c99dee4153a188a070226aa0 lost communication with the server. ${ADVICE}`,
    `The self-hosted runner lost communication with the server. ${ADVICE}`,
    `The self-hosted runner: lost communication with the server. ${ADVICE}`,
    `The hosted runner: GitHub Actions 8 lost communication with the server. ${ADVICE.slice(74)}`,
    'The hosted runner encountered an error while running your job. (Error Type: Disconnect).',
    'An error occurred while provisioning resources (Error Type: Disconnect).',
    'The runner has received a shutdown signal. This can happen when the runner service is stopped, or a manually started runner is canceled.',
  ])
    assert.equal(reasonOf(message), 'runner_lost', message);
});

test('time limits of jobs and of steps are timeout, in both wordings of GitHub', () => {
  for (const message of [
    'The job running on runner GitHub Actions 3 has exceeded the maximum execution time of 360 minutes.',
    'The job running on runner ghrunner-yza3xr has exceeded the maximum execution time of 360.',
    'The job has exceeded the maximum execution time of 6h0m0s',
    'The job has exceeded the maximum execution time of 1m0s',
    "The action 'Run tests' has timed out after 5 minutes.",
  ])
    assert.equal(reasonOf(message), 'timeout', message);
});

test('a full disk and no memory are told from what they cause', () => {
  const warning = {
    ...failure(
      'You are running out of disk space. The runner will stop working when the machine runs out of disk space. Free space left: 90 MB',
    ),
    level: 'warning',
  };
  const lost = failure(`The hosted runner: GitHub Actions 8 lost communication with the server. ${ADVICE}`);
  assert.equal(failureReasonOf([lost, warning]).reason, 'out_of_disk');
  for (const message of [
    "No space left on device : '/home/runner/actions-runner/cached/_diag/Worker_20251110-081310-utc.log'",
    'System.IO.IOException: There is not enough space on the disk.',
  ])
    assert.equal(reasonOf('Process completed with exit code 1.', message), 'out_of_disk', message);
  for (const message of [
    'GitHub actions runner worker process crashed with error: Out of memory.',
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    'java.lang.OutOfMemoryError: Java heap space',
    "Exception of type 'System.OutOfMemoryException' was thrown.",
  ])
    assert.equal(reasonOf('Process completed with exit code 134.', message), 'out_of_memory', message);
});

test('a newer run of the same group is cancelled_by_concurrency; a person is not', () => {
  const superseded = 'Canceling since a higher priority waiting request for CI-refs/pull/5/merge exists';
  assert.equal(reasonOf('The operation was canceled.', superseded), 'cancelled_by_concurrency');
  assert.equal(reasonOf('The run was canceled by @octocat.', 'The operation was canceled.'), 'unknown');
});

test('the exit code is known with all its digits and its sign', () => {
  for (const [message, exitCode] of [
    ['Process completed with exit code 1.', 1],
    ['Process completed with exit code 137.', 137],
    ['Process completed with exit code 143.', 143],
    ['Process completed with exit code -1073741819.', -1_073_741_819],
    ["The process '/usr/bin/git' failed with exit code 128", 128],
    ['Docker build failed with exit code 1', 1],
  ] as const)
    assert.deepEqual(failureReasonOf([failure(message)]), { reason: 'exit_code', exitCode }, message);
});

test('deprecations, notices, and the findings of linters say nothing about the job', () => {
  const deprecated =
    'Node.js 16 actions are deprecated. Please update the following actions to use Node.js 20';
  const migrates = 'The ubuntu-latest label will migrate to Ubuntu 26';
  const all: Annotation[] = [
    { ...failure(deprecated), level: 'warning' },
    { ...failure(migrates), level: 'notice' },
    { ...failure('No space left on device'), level: 'notice' },
    ...Array.from({ length: 97 }, (_, index) => ({
      path: `src/file-${index}.c`,
      level: 'failure',
      message: 'out of memory is not handled: no space left on device',
    })),
  ];
  assert.deepEqual(failureReasonOf(all), { reason: 'unknown', exitCode: null });
  assert.deepEqual(failureReasonOf([]), { reason: 'unknown', exitCode: null });
  const [code] = [failure('Process completed with exit code 2.')];
  assert.deepEqual(failureReasonOf([...all, code]), { reason: 'exit_code', exitCode: 2 });
});

test('long texts are only read at their beginning', () => {
  const long = `${'x'.repeat(5000)} No space left on device`;
  assert.equal(reasonOf(long), 'unknown');
});

test('a job that was cancelled is explained by a newer run or its time limit alone', () => {
  const of = (reason: FailureReason['reason']) => ({ reason, exitCode: null });
  assert.deepEqual(
    (['cancelled_by_concurrency', 'timeout', 'runner_lost', 'exit_code', 'unknown'] as const).map((reason) =>
      explains(of(reason), 'cancelled'),
    ),
    [true, true, false, false, false],
  );
  assert.equal(explains(of('unknown'), 'failure'), true);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Webhook } from '../pipeline.ts';
import { at, completed, PLACE, shown, shownInAnyOrder, step } from './github.ts';

const DAY_S = 86_400;
const failuresOf = (sent: readonly Webhook[]) => shown(sent, 'github_actions_job_failures_total');
const failedBy = (cause: string) => [
  `github_actions_job_failures_total{${PLACE},job_name="build",cause="${cause}"} 1`,
];

/** A job that failed on a runner so many days ago. */
function failed(daysAgo: number, steps: object[]) {
  const times = { started_at: at(-daysAgo * DAY_S), completed_at: at(60 - daysAgo * DAY_S) };
  return { conclusion: 'failure', created_at: times.started_at, ...times, steps };
}

/** As a list shows it now. */
function listed(job: object): Webhook {
  return { ...completed(60, { ...job }), source: 'api' };
}

test('a failed job without steps that a list returns long after its end has an unknown cause: GitHub deletes steps', async () => {
  assert.deepEqual(await failuresOf([listed(failed(100, []))]), failedBy('unknown'));
  assert.deepEqual(
    await failuresOf([listed(failed(100, [step('Run make', { conclusion: 'failure' })]))]),
    failedBy('step'),
  );
});

test('soon after its end, a failed job without steps lost its runner before the first, by list or by webhook', async () => {
  const lost = failed(0, []);
  assert.deepEqual(await failuresOf([listed(lost)]), failedBy('runner_lost'));
  assert.deepEqual(
    await shownInAnyOrder([completed(68, lost), listed(lost)], 'github_actions_job_failures'),
    failedBy('runner_lost'),
  );
});

test('steps from a webhook stay when a list without them comes later', async () => {
  const steps = [step('Run make', { conclusion: 'failure' })];
  const sent = completed(68 - 100 * DAY_S, failed(100, steps));
  assert.deepEqual(await failuresOf([sent, listed(failed(100, []))]), failedBy('step'));
});

test('a webhook that is read long after it was made has the steps of its time', async () => {
  const sent = completed(68 - 100 * DAY_S, failed(100, []));
  assert.deepEqual(await failuresOf([sent]), failedBy('runner_lost'));
  assert.deepEqual(
    await failuresOf([{ ...sent, guid: 'a-recording', source: 'redelivery' }]),
    failedBy('runner_lost'),
  );
});

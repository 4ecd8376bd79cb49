import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startService } from '../service.ts';
import { drained, pushingTo, startReceivers } from './receivers.ts';

const JOBS = 256;
const FIRST_ID = 100_520_616_165;

/** A job of a matrix that was cancelled as a whole; the last three digits of the ids have only 25 values. */
function cancelled(number: number) {
  const end = new Date(Math.floor(Date.now() / 1000) * 1000 - 60_000).toISOString();
  const job = {
    id: FIRST_ID + number * 40,
    run_id: 16_000_000_001,
    run_attempt: 1,
    workflow_name: 'CI',
    name: `build (${number})`,
    status: 'completed',
    conclusion: 'cancelled',
    created_at: end,
    started_at: end,
    completed_at: end,
    labels: ['ubuntu-latest'],
    runner_id: number + 1,
    runner_name: `GitHub Actions ${number}`,
    steps: [{ name: 'Set up job', number: 1, status: 'completed', conclusion: 'success' }],
  };
  return { action: 'completed', workflow_job: job, repository: { full_name: 'o/r' } };
}

test('jobs of one series that end in the same second all arrive, even when their ids agree in the last digits', async () => {
  await using receivers = await startReceivers();
  const urls = { victoria: receivers.victoria.url, prometheus: receivers.prometheus.url };
  await using service = await startService({ env: pushingTo(urls) });
  const answers = Array.from({ length: JOBS }, (_, number) =>
    service.post('workflow_job', cancelled(number)),
  );
  assert.ok((await Promise.all(answers)).every(({ status }) => status === 202));
  await drained(service);
  for (const [name, stored] of Object.entries(await receivers.samples())) {
    const ends = stored.filter((each) => JSON.stringify(each).includes('event_job_duration_seconds'));
    assert.equal(ends.length, JOBS, name);
  }
});

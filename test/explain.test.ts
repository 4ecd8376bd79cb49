import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startAntWatcher } from './run-ant-watcher.ts';
import { startService } from './service.ts';

const JOB = {
  id: 41_546_348_818,
  run_id: 14_796_710_445,
  run_attempt: 1,
  workflow_name: 'CI',
  name: 'build (20)',
  created_at: '2026-11-20T12:00:00Z',
  labels: ['ubuntu-latest'],
  runner_id: 5,
  runner_name: 'GitHub Actions 5',
  runner_group_name: 'GitHub Actions',
  steps: [{ name: 'Set up job', number: 1, status: 'completed', conclusion: 'success' }],
};
const COMPLETED = {
  ...JOB,
  status: 'completed',
  conclusion: 'success',
  started_at: '2026-11-20T12:00:07Z',
  completed_at: '2026-11-20T12:01:07Z',
};

/** The parts of an answer that are checked. */
interface ExplainAnswer {
  readonly jobs: readonly {
    readonly started_at: string;
    readonly queue_seconds: number;
    readonly duration_seconds: number;
  }[];
  readonly observations: readonly {
    readonly action: string;
    readonly counted: readonly string[];
    readonly why: string;
  }[];
}

function body(action: string, job: object): string {
  return JSON.stringify({ action, workflow_job: job, repository: { full_name: 'o/r', private: false } });
}

test('a job of unknown cost is explained with the setting that gives it a price', async () => {
  await using service = await startService();
  const larger = { ...COMPLETED, labels: ['big-16'], runner_group_name: 'Large' };
  await service.post('workflow_job', body('completed', larger));
  await service.settled();
  const explained = (await (await service.get(`/api/v1/explain?job=${JOB.id}`)).json()) as ExplainAnswer;
  const unpriced =
    'github_actions_unpriced_seconds_total{repository="o/r",workflow="CI",runs_on="big-16"} +60';
  assert.ok(explained.observations[0]?.counted.includes(unpriced));
  assert.match(explained.observations[0]?.why ?? '', /The price of its runner is unknown.*prices\.rules/);
});

test('explain shows which metrics a job changed, which it did not, and why', async () => {
  await using service = await startService();
  await service.post('workflow_job', body('completed', COMPLETED));
  await service.post(
    'workflow_job',
    body('in_progress', { ...COMPLETED, status: 'in_progress', conclusion: null }),
  );
  // The same execution, reported again for the second attempt.
  await service.post('workflow_job', body('completed', { ...COMPLETED, id: 41_546_348_999, run_attempt: 2 }));
  await service.settled();

  const explained = (await (await service.get(`/api/v1/explain?job=${JOB.id}`)).json()) as ExplainAnswer;
  assert.deepEqual(
    explained.observations.map(({ action }) => action),
    ['completed', 'in_progress'],
  );
  assert.ok(
    explained.observations[0]?.counted.includes(
      'github_actions_job_queue_seconds{repository="o/r",workflow="CI",runs_on="ubuntu-latest"} observed 7',
    ),
  );
  assert.deepEqual(explained.observations[1]?.counted, []);
  assert.match(explained.observations[1]?.why ?? '', /completed before/);
  const [{ started_at, queue_seconds, duration_seconds } = assert.fail()] = explained.jobs;
  assert.deepEqual([started_at, queue_seconds, duration_seconds], ['2026-11-20T12:00:07.000Z', 7, 60]);

  const again = (await (await service.get('/api/v1/explain?job=41546348999')).json()) as ExplainAnswer;
  assert.match(again.observations[0]?.why ?? '', /counted under another id/);

  using command = startAntWatcher([
    'explain',
    '--run',
    String(JOB.run_id),
    '--url',
    `http://${service.apiAddress}`,
  ]);
  const { code, stdout } = await command.ended();
  assert.equal(code, 0);
  assert.match(stdout, /Job 41546348818 "build \(20\)", attempt 1/);
  assert.match(stdout, /counted github_actions_job_duration_seconds\{.*\} observed 60/);
  assert.match(stdout, /counted nothing\n {2}The same execution is counted under another id/);
});

test('an unknown job is 404, and an invalid question 400', async () => {
  await using service = await startService();
  assert.equal((await service.get('/api/v1/explain?job=1')).status, 404);
  for (const query of ['', '?job=x', '?job=1&run=2', '?job=-1']) {
    assert.equal((await service.get(`/api/v1/explain${query}`)).status, 400, query);
  }
});

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { sumOf } from './samples.ts';
import { startService } from './service.ts';

const WARNING = 'Webhooks taken at any path';

test('hooks that were made for other exporters deliver to their old paths, and what several send counts once', async () => {
  await using service = await startService({ env: { ANT_WATCHER_WEBHOOK_PATH: '/webhook, /gh_event,/' } });
  for (const path of ['/webhook', '/gh_event/', '/'])
    assert.equal((await service.post('workflow_job', completedJob(), { path })).status, 202, path);
  assert.equal((await service.post('workflow_job', completedJob(), { path: '/github' })).status, 404);
  assert.equal(sumOf(await service.metrics(), 'github_actions_jobs_total', { conclusion: 'success' }), 1);
  assert.ok(!service.log.includes(WARNING));
});

test('with * every path is taken, and the log has a warning at the start', async () => {
  await using service = await startService({ env: { ANT_WATCHER_WEBHOOK_PATH: '*' } });
  assert.equal(service.log.split(WARNING).length, 2);
  const options = { path: '/any/where', guid: randomUUID() };
  assert.equal((await service.post('ping', { zen: 'Design for failure.' }, options)).status, 202);
});

function completedJob(): object {
  const now = new Date(Math.floor(Date.now() / 1000) * 1000).toISOString();
  const job = {
    ...{ id: 7, run_id: 3, run_attempt: 1, name: 'build', workflow_name: 'CI', labels: ['ubuntu-latest'] },
    ...{ status: 'completed', conclusion: 'success', runner_id: 5, runner_name: 'r', runner_group_name: '' },
    ...{ created_at: now, started_at: now, completed_at: now, head_branch: 'main', head_sha: 'a'.repeat(40) },
    steps: [{ name: 's', number: 1, status: 'completed', conclusion: 'success' }],
  };
  const repository = { id: 1, name: 'r', full_name: 'o/r', default_branch: 'main', private: false };
  return { action: 'completed', workflow_job: job, repository };
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePort } from './free-port.ts';
import { until } from './push/receivers.ts';
import { startService } from './service.ts';

/* A GitHub that can't be reached when the service starts: nothing is read from it, and nobody must have to guess. */

test('polling that waits for a GitHub out of reach says so, in the log and in /health', async () => {
  await using service = await startService({
    env: {
      ANT_WATCHER_WEBHOOK_SECRET: '',
      ANT_WATCHER_GITHUB_API_URL: `http://127.0.0.1:${await freePort()}`,
      ANT_WATCHER_GITHUB_TOKEN: 'test-token',
      ANT_WATCHER_GITHUB_REPOSITORIES: 'o/r',
    },
  });
  const health = async () =>
    (await (await service.get('/health')).json()) as {
      status: string;
      checks: { github: { reason?: string } };
    };
  await until('It claims to be healthy.', async () => (await health()).status === 'degraded');
  const { reason = '' } = (await health()).checks.github;
  assert.match(reason, /^GitHub does not answer: connect ECONNREFUSED/);
  assert.match(
    service.log,
    /"code":"github_silent","msg":"GitHub does not answer; recovery and polling wait"/,
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { truthOf } from '../../simulator/truth.ts';
import { countedAtOnce } from '../counted-at-once.ts';
import { startGitHub } from '../fixtures/fake-github.ts';
import { until } from '../push/receivers.ts';
import { worldOf } from '../recovery/lossy-github.ts';
import { parseExposition, sumOf } from '../samples.ts';
import { startService } from '../service.ts';
import { DAY, openMachine } from './machine.ts';

const AHEAD = 130 * DAY;

test('a GitHub server whose clock is ahead for a while makes nothing old: repeated events count once', async () => {
  using machine = openMachine();
  let ahead = 0;
  await using github = await startGitHub(() => ({
    status: 404,
    body: { message: 'Not Found' },
    headers: {
      Date: new Date(Date.now() + ahead * 1000).toUTCString(),
      'X-GitHub-Request-Id': 'C0FE:1234:5678',
      'Content-Type': 'application/json',
    },
  }));
  await using service = await startService({
    env: {
      ...machine.env,
      ANT_WATCHER_GITHUB_API_URL: github.url,
      ANT_WATCHER_GITHUB_TOKEN: 'test-token',
      ANT_WATCHER_GITHUB_REPOSITORIES: 'o/r',
      ANT_WATCHER_RECOVERY_INTERVAL: '1s',
      // Nobody listens there, so all samples wait.
      ANT_WATCHER_PUSH_URL: 'http://127.0.0.1:9',
    },
  });
  const world = worldOf('ahead', { runs: 20 });
  const send = async () => {
    for (const { event, guid, body } of deliveriesOf(world))
      assert.equal((await service.post(event, body(), { guid })).status, 202);
  };
  const numbers = async () => countedAtOnce(await service.settled());
  const offset = async () => sumOf(await service.metrics(), 'ant_watcher_clock_offset_seconds');
  const truth = countedAtOnce(parseExposition(truthOf(world)));
  await send();
  assert.deepEqual(await numbers(), truth);
  ahead = AHEAD;
  await machine.step(service, 60);
  await machine.step(service, 0);
  await until('Nobody believes it.', async () => (await offset()) < -AHEAD / 2);
  await machine.letWork();
  ahead = 0;
  await machine.step(service, 60);
  await machine.step(service, 0);
  await until('It stays.', async () => Math.abs(await offset()) < 1);
  await send();
  assert.deepEqual(await numbers(), truth);
});

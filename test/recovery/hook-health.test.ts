import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { until } from '../push/receivers.ts';
import { openLossyGitHub, worldOf } from './lossy-github.ts';
import { AMPLE } from './recovered.ts';

/*
 * GitHub does not reach the service: the real process against a simulated GitHub.
 */

const WARNINGS = 'ant_watcher_log_events_total{level="warn",code="hook_not_reaching_us"}';
const REFUSED = 'ant_watcher_hook_deliveries_total{hook="app",event="workflow_job",status="refused"}';
const HOOK = '{hook="app"}';

test('while GitHub does not reach us, /health, /metrics and the log say what it saw, until it does', async () => {
  const world = worldOf('unreached', { runs: 20 });
  await using lossy = await openLossyGitHub({ world, limits: AMPLE });
  const { service } = lossy;
  const github = async () => {
    const health = await (await service.get('/health')).json();
    return (health as { checks: { github: { ok: boolean; reason?: string } } }).checks.github;
  };
  const timeOf = async (which: 'delivery' | 'failure') =>
    (await service.metrics()).get(`ant_watcher_hook_last_${which}_timestamp_seconds${HOOK}`) ?? 0;

  const all = [...deliveriesOf(world)];
  const half = all.length >> 1;
  const startedAtS = Date.now() / 1000 - 1;
  await lossy.send(all.slice(0, half));
  await lossy.send(all.slice(half, half + 5), () => true);
  await until('/health does not say that GitHub does not reach us', async () => !(await github()).ok);
  assert.match(
    (await github()).reason ?? '',
    /can't deliver webhooks of app \(failed to connect to host, since .*webhook\.path/,
  );
  assert.ok((await timeOf('failure')) > startedAtS);
  assert.ok((await service.metrics()).has(REFUSED), 'at 0 before it is counted');
  await until('the warning is not counted', async () => (await service.metrics()).get(WARNINGS) === 1);

  await lossy.send(all.slice(half + 5));
  await until('/health does not say that GitHub reaches us again', async () => (await github()).ok);
  assert.ok((await timeOf('delivery')) >= (await timeOf('failure')));
  assert.equal((await service.metrics()).get(WARNINGS), 1);
});

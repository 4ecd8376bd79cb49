import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { TOKEN } from '../fixtures/simulated-rest.ts';
import { openLossyGitHub, worldOf } from '../recovery/lossy-github.ts';
import { sumOf } from '../samples.ts';
import type { Service } from '../service.ts';
import { type Configuration, until } from './configured.ts';

/*
 * The parts that ask GitHub's API are restarted: what webhooks lost is still recovered, once.
 */

const RELOADS = 8;

/** Gives the service a configuration file, and waits until it is active. */
async function change(service: Service, configuration: Configuration): Promise<void> {
  mkdirSync(join(service.folder, 'config'), { recursive: true });
  writeFileSync(join(service.folder, 'config/config.json'), JSON.stringify(configuration));
  const before = reloadsOf(service);
  service.signal('SIGHUP');
  await until('no reload', () => reloadsOf(service) > before);
}

function reloadsOf(service: Service): number {
  return service.log.match(/"msg":"Configuration reloaded"/g)?.length ?? 0;
}

test('recovery is restarted while it fetches lost deliveries: the numbers are complete', async () => {
  const world = worldOf('reloaded recovery', { runs: 60 });
  await using lossy = await openLossyGitHub({ world });
  let count = 0;
  const sending = lossy.send(deliveriesOf(world), () => ++count % 5 === 0);
  for (let reload = 1; reload <= RELOADS; reload += 1)
    await change(lossy.service, { github: { concurrency: reload } });
  const { lost } = await sending;
  for (let reload = 1; reload <= RELOADS; reload += 1)
    await change(lossy.service, { github: { concurrency: reload, reserve: 10 } });
  await lossy.returned(lost);
  const { samples, faults } = await lossy.whole();
  assert.deepEqual(faults, []);
  assert.equal(sumOf(samples, 'ant_watcher_recovered_deliveries_total'), lost);
});

test('with a token added by a reload, recovery begins; without it, it ends', async () => {
  const world = worldOf('token by reload', { runs: 5 });
  const env = { ANT_WATCHER_GITHUB_TOKEN: '' };
  await using lossy = await openLossyGitHub({ world, token: true, env });
  const { service } = lossy;
  const value = async (metric: string) => sumOf(await service.metrics(), metric);
  assert.equal(await value('ant_watcher_github_requests_total'), 0);
  await change(service, { github: { token: TOKEN } });
  await lossy.send(deliveriesOf(world));
  await until('no recovery', async () => (await value('ant_watcher_recovery_passes_total')) > 1);
  assert.ok((await value('ant_watcher_github_rate_limit_remaining')) > 0);
  await change(service, {});
  assert.equal(await value('ant_watcher_github_rate_limit_remaining'), 0);
});

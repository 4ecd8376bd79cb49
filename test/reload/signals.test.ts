import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectSamples } from '../push/expected-samples.ts';
import { drained } from '../push/receivers.ts';
import { sentWorld } from '../push/sent-world.ts';
import { hasAccepted, Resender } from '../resender.ts';
import { startAntWatcher } from '../run-ant-watcher.ts';
import { sumOf } from '../samples.ts';
import { startVictoriaMetrics } from '../victoria-metrics.ts';
import { startConfigured, until } from './configured.ts';

/*
 * SIGHUP at any moment of a process's life, and a kill at any moment of a reload.
 */

const ENV = { ANT_WATCHER_WEBHOOK_SECRET: 'hunter2-hunter2-hunter2' };
const EVENTS = '{__name__=~"github_actions_event_.*"}';
const KILLS = 5;

/** A service that is slow to start or to stop, and logs what it does. */
function slowApp(): string {
  return `
    logger.info('Starting');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const alive = setInterval(() => {}, 1000);
    return {
      webhookAddress: null, apiAddress: { host: '127.0.0.1', port: 1 },
      failed: new Promise(() => {}),
      async reload() { logger.info('Reloading'); },
      announceStop() {},
      async close() {
        logger.info('Closing');
        await new Promise((resolve) => setTimeout(resolve, 500));
      },
    };`;
}

test('SIGHUP during the start is remembered until a reload is possible, and several count as one', async () => {
  using service = startAntWatcher([], { env: ENV, app: slowApp() });
  await service.logged('Starting');
  for (let count = 0; count < 3; count += 1) service.signal('SIGHUP');
  await service.logged('Ready');
  await service.logged('Reloading');
  service.signal('SIGTERM');
  const { code, stdout } = await service.ended();
  assert.equal(code, 0);
  assert.equal(stdout.match(/Reloading/g)?.length, 1);
  assert.ok(stdout.indexOf('Ready') < stdout.indexOf('Reloading'));
});

test('SIGHUP during the stop does not disturb it', async () => {
  await using configured = await startConfigured({});
  const { service } = configured;
  const { pid } = service;
  const stopped = service.stop();
  for (let count = 0; count < 20; count += 1) {
    hangUp(pid);
    await sleep(5);
  }
  const { code, log } = await stopped;
  assert.equal(code, 0, log);
  assert.match(log, /"msg":"Stopped"/);
});

/** A process that has ended gets no signal, which is fine. */
function hangUp(pid: number): void {
  spawnSync('sh', ['-c', `kill -HUP ${pid}`]);
}

test('kill -HUP, as in ExecReload of a systemd unit, is enough', async () => {
  await using configured = await startConfigured({});
  const { service } = configured;
  configured.write({ metrics: { max_series: 77 }, webhook: { path: '/hook' } });
  hangUp(service.pid);
  await until('no reload', () => service.log.includes('Restart needed'));
  assert.match(service.log, /"applied":"metrics.max_series"/);
  assert.match(service.log, /"settings":"webhook.path"/);
});

test('a stop in the middle of reloads ends the service cleanly', async () => {
  await using configured = await startConfigured({});
  const { service } = configured;
  for (let count = 0; count < 20; count += 1) {
    configured.write({ push: { url: `http://127.0.0.1:9/${count}` } });
    service.signal('SIGHUP');
    await sleep(1);
  }
  const { code, log } = await service.stop();
  assert.equal(code, 0, log);
  assert.match(log, /"msg":"Stopped"/);
});

test(`the process is killed ${KILLS} times in the middle of reloads: the receiver has every sample, exactly`, async () => {
  const { letters, expected } = sentWorld('killed reloads', 40);
  await using victoria = await startVictoriaMetrics();
  const at = (number: number) => ({
    push: { url: victoria.url, batch_age: '10ms', batch_samples: 10 + number },
    metrics: { max_series: 5000 + number },
  });
  await using configured = await startConfigured(at(0));
  const { service } = configured;
  const fresh = letters.values();
  const resender = new Resender(service, 8, () => fresh.next().value);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const running = resender.run();
    await hasAccepted(resender, (letters.length * kill) / (KILLS + 1), running);
    configured.write(at(kill));
    service.signal('SIGHUP');
    await sleep(3 * kill);
    await service.kill();
    await running;
    await service.start();
  }
  await resender.finish();
  await drained(service);
  expectSamples(await victoria.samples(EVENTS), expected, 'vm');
  const sent = sumOf(await service.metrics(), 'ant_watcher_samples_total', { outcome: 'sent' });
  assert.equal(sent, expected.length);
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { preload } from './faults.ts';
import { until } from './push/receivers.ts';
import { BIN } from './run-ant-watcher.ts';
import { parseExposition, sumOf } from './samples.ts';
import { type Service, startService } from './service.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/*
 * The process has fewer file descriptors than connections that it would allow, or none left at all.
 */

const LIMIT = 200;

/** Starts the service where nobody may open more files than that. */
async function startLimited(context: TestContext): Promise<Service> {
  const folder = openTemporaryFolder();
  const bin = join(folder.path, 'limited.sh');
  writeFileSync(bin, `#!/bin/sh\nulimit -n ${LIMIT}\nexec ${BIN} "$@"\n`);
  chmodSync(bin, 0o700);
  const service = await startService({ bin });
  context.after(async () => {
    await service[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });
  return service;
}

function openConnections(context: TestContext, address: string, count: number): Socket[] {
  const [host = '', port = ''] = address.split(':');
  const sockets = Array.from({ length: count }, () => connect(Number(port), host).on('error', () => {}));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  return sockets;
}

test('with few descriptors fewer connections are allowed, so that a flood of them leaves enough for all else', async (context) => {
  const service = await startLimited(context);
  assert.match(
    service.log,
    /"limit":200,"needed":3\d\d\d,"webhookConnections":\d+,"apiConnections":\d+,"hint":"raise.*"code":"descriptors_scarce"/,
  );
  const post = () =>
    service.post('workflow_dispatch', { workflow: 'a.yml', repository: { full_name: 'o/r' } });
  assert.equal((await post()).status, 202);
  const flood = openConnections(context, new URL(service.webhookUrl).host, 300);
  await until('Nobody is turned away.', () => flood.some((socket) => socket.closed));
  const samples = await service.metrics();
  assert.equal(sumOf(samples, 'process_max_fds'), LIMIT);
  assert.ok(sumOf(samples, 'process_open_fds') < LIMIT - 16);
  assert.ok(sumOf(samples, 'ant_watcher_webhook_connections') > 20);
  assert.equal((await service.get('/readyz')).status, 200);
  for (const socket of flood) socket.destroy();
  await until('They stay.', async () => (await post().catch(() => null))?.status === 202);
  assert.doesNotMatch(service.log, /descriptors_short/);
});

test('a connection that the system does not hand over is logged, and ends nothing', async () => {
  const fail = `
    import { Server } from 'node:net';
    const { listen } = Server.prototype;
    Server.prototype.listen = function (...values) {
      const fail = () => this.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }));
      process.on('SIGUSR2', fail);
      return listen.apply(this, values);
    };`;
  await using service = await startService({ env: { NODE_OPTIONS: preload(fail) } });
  for (const listener of ['webhook', 'api']) {
    service.signal('SIGUSR2');
    const line = new RegExp(`"listener":"${listener}".*accept EMFILE.*"code":"connection_failed"`);
    await until('It is not logged.', () => line.test(service.log));
  }
  assert.equal((await service.get('/readyz')).status, 200);
  const { code, log } = await service.stop();
  assert.equal(code, 0, log);
});

test('when none are left it is not ready, says so once, and goes on when there are', async (context) => {
  await using service = await startService();
  // New connections are closed at once, but the one that there is stays.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => agent.destroy());
  const ask = (path: string) => askOver(agent, service, path);
  assert.equal((await ask('/readyz')).status, 200);
  const open = readdirSync(`/proc/${service.pid}/fd`).length;
  limitDescriptors(service, open + 2);
  await until('It does not notice.', () => service.log.includes('"code":"descriptors_short"'));
  const [first = '', ...more] = service.log.split('\n').filter((line) => line.includes('descriptors_short'));
  assert.match(
    first,
    new RegExp(`"level":"error".*"limit":${open + 2},"free":\\d,"hint":"raise the limit on open files`),
  );
  assert.deepEqual(more, []);
  const { status, body } = await ask('/readyz');
  assert.equal(status, 503);
  assert.match(body, /\d of \d+ file descriptors are left, so connections may not be accepted/);
  assert.equal((await ask('/health')).status, 503);
  const samples = parseExposition((await ask('/metrics')).body);
  assert.equal(sumOf(samples, 'process_max_fds'), open + 2);
  assert.ok(sumOf(samples, 'process_open_fds') >= open - 2);
  assert.equal(sumOf(samples, 'ant_watcher_log_events_total', { code: 'descriptors_short' }), 1);
  limitDescriptors(service, 4096);
  await until('It stays.', async () => (await ask('/readyz')).status === 200);
  assert.match(service.log, /"msg":"File descriptors free again"/);
  const { code } = await service.stop();
  assert.equal(code, 0);
});

test('with not a single one left it goes on, and metrics are still answered', async (context) => {
  await using service = await startService();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => agent.destroy());
  assert.equal((await askOver(agent, service, '/readyz')).status, 200);
  limitDescriptors(service, 3);
  await until('It does not notice.', () => service.log.includes('"code":"descriptors_short"'));
  // What is measured each second, and more often, has been measured.
  await sleep(2000);
  const { status, body } = await askOver(agent, service, '/metrics');
  assert.equal(status, 200, body);
  const samples = parseExposition(body);
  assert.equal(sumOf(samples, 'process_open_fds'), sumOf(samples, 'process_max_fds'));
  assert.ok(sumOf(samples, 'process_resident_memory_bytes') > 1e7);
  limitDescriptors(service, 4096);
  await until('It stays.', async () => (await askOver(agent, service, '/readyz')).status === 200);
  const { code, log } = await service.stop();
  assert.equal(code, 0);
  assert.doesNotMatch(log, /EMFILE|internal_error/);
});

/** Over the agent's connection, because new ones are closed at once where no descriptor is left. */
async function askOver(
  agent: Agent,
  service: Service,
  path: string,
): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  get(`${service.apiUrl}${path}`, { agent }, async (response) => {
    resolve({ status: response.statusCode ?? 0, body: await text(response) });
  }).on('error', reject);
  return promise;
}

function limitDescriptors({ pid }: Service, count: number): void {
  const { status, stderr } = spawnSync('prlimit', [`--pid=${pid}`, `--nofile=${count}:`]);
  assert.equal(status, 0, String(stderr));
}

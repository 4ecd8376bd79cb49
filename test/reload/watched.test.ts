import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Service } from '../service.ts';
import { startConfigured, until } from './configured.ts';

/*
 * Changes that nobody announces by a signal.
 */

const WATCH = { config: { watch: '20ms' } };

function reloadsOf({ log }: Service): number {
  return log.match(/"msg":"Configuration reloaded"/g)?.length ?? 0;
}

async function isRefused({ apiAddress }: Service, token: string): Promise<boolean> {
  const response = await fetch(`http://${apiAddress}/api/v1/runs`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  await response.arrayBuffer();
  return response.status === 401;
}

/** As the kubelet does: all files of a Secret are links through one link that is replaced. */
function mountSecret(folder: string, version: string, token: string): void {
  mkdirSync(join(folder, version), { recursive: true });
  writeFileSync(join(folder, version, 'token'), token);
  symlinkSync(version, join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
}

test('a secret that Kubernetes changes is used without a signal', async () => {
  await using service = new Service({
    env: { ANT_WATCHER_API_TOKENS_FILE: 'secret/token', ANT_WATCHER_CONFIG_WATCH: '20ms' },
  });
  const folder = join(service.folder, 'secret');
  mkdirSync(folder);
  mountSecret(folder, '..1', 'the-first-token-of-all');
  symlinkSync('..data/token', join(folder, 'token'));
  await service.start();
  assert.equal(await isRefused(service, 'the-second-token-of-all'), true);

  mountSecret(folder, '..2', 'the-second-token-of-all');
  await until(
    'the new token is not used',
    async () => !(await isRefused(service, 'the-second-token-of-all')),
  );
  assert.equal(await isRefused(service, 'the-first-token-of-all'), true);
  assert.equal(reloadsOf(service), 1);
});

test('a configuration file that is wrong is refused once, and used when it is right again', async () => {
  await using configured = await startConfigured(WATCH);
  const { service } = configured;
  configured.writeFile('config/config.json', '{ "metrics": ');
  const refusals = () => service.log.match(/"code":"reload_failed"/g)?.length ?? 0;
  await until('the wrong file is not noticed', () => refusals() > 0);
  configured.write({ ...WATCH, metrics: { max_series: 7 } });
  await until('the right file is not noticed', () => reloadsOf(service) === 1);
  assert.equal(refusals(), 1);
  assert.match(service.log, /metrics\.max_series/);
});

test('a configuration file that is away for a moment changes nothing', async () => {
  await using configured = await startConfigured(WATCH);
  const { service } = configured;
  rmSync(join(service.folder, 'config/config.json'));
  await until('it is not noticed', () => service.log.includes('"code":"reload_failed"'));
  configured.write({ ...WATCH, metrics: { max_series: 7 } });
  await until('the new file is not noticed', () => reloadsOf(service) === 1);
});

test('a secret from a pipe is read once', async () => {
  await using service = new Service({
    env: { ANT_WATCHER_API_TOKENS_FILE: 'pipe', ANT_WATCHER_CONFIG_WATCH: '20ms' },
  });
  const pipe = join(service.folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const written = writeOnce(pipe, 'the-token-of-a-pipe');
  await service.start();
  await written;
  service.signal('SIGHUP');
  const writtenAgain = writeOnce(pipe, 'the-other-token-of-a-pipe');
  await until('SIGHUP does nothing', () => reloadsOf(service) === 1);
  await writtenAgain;
  assert.equal(await isRefused(service, 'the-other-token-of-a-pipe'), false);
});

/** Resolves when somebody has read it. */
async function writeOnce(pipe: string, text: string): Promise<void> {
  const { writeFile } = await import('node:fs/promises');
  await writeFile(pipe, text);
}

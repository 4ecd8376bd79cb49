import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSettings } from '../../src/config/load-settings.ts';
import { longTest } from '../long-form.ts';
import { peerPath } from '../peers.ts';
import { sentWorld } from '../push/sent-world.ts';
import { Resender } from '../resender.ts';
import { BIN } from '../run-ant-watcher.ts';
import { type Service, startService } from '../service.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';

/*
 * deploy/systemd/ant-watcher.service: what it says fits the service, and what it forbids the service does not need.
 */

const UNIT = readFileSync(join(import.meta.dirname, '../../deploy/systemd/ant-watcher.service'), 'utf8');

/** All values of a directive, in their order. */
function valuesOf(directive: string): string[] {
  const lines = UNIT.split('\n').filter((line) => line.startsWith(`${directive}=`));
  return lines.map((line) => line.slice(directive.length + 1));
}

test('the unit starts the service with settings that it knows, and stops it within the time that it takes', () => {
  using folder = openTemporaryFolder();
  for (const [name, text] of [
    ['config.yaml', ''],
    ['webhook-secret', 'a'.repeat(64)],
  ] as const)
    writeFileSync(join(folder.path, name), text);
  const here = (text: string) => text.replace(/\/etc\/ant-watcher|%d/, folder.path);
  const [command = '', verb, ...flags] = (valuesOf('ExecStart')[0] ?? '').split(' ');
  assert.deepEqual([command, verb], ['/opt/ant-watcher/bin/ant-watcher', 'serve']);
  const env = Object.fromEntries(
    valuesOf('Environment').map((each) => here(each).split(/=(.*)/s).slice(0, 2)),
  );
  const loaded = loadSettings({ flags: flags.map(here), env, cwd: folder.path, forServing: true });
  assert.ok('settings' in loaded, JSON.stringify(loaded));
  assert.equal(loaded.settings.storage.url, 'sqlite:/var/lib/ant-watcher/ant-watcher.db');
  const stopMs = Number.parseInt(valuesOf('TimeoutStopSec')[0] ?? '', 10) * 1000;
  const { delayMs, graceMs } = loaded.settings.shutdown;
  assert.ok(stopMs > delayMs + graceMs);
});

longTest('systemd accepts the unit without a warning, and rates its exposure at most 1.5', () => {
  using folder = openTemporaryFolder();
  const file = join(folder.path, 'ant-watcher.service');
  writeFileSync(file, UNIT.replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true'));
  const analyze = (...args: string[]) =>
    execFileSync(peerPath('systemd-analyze'), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  assert.equal(analyze('verify', file), '');
  const [, exposure = ''] = /Overall exposure level for ant-watcher.service: (\d+\.\d+)/.exec(
    analyze('security', '--offline=true', '--no-pager', file),
  ) ?? [''];
  assert.ok(Number(exposure) <= 1.5, exposure);
});

/** The calls that `SystemCallFilter` allows. */
function allowedCalls(): Set<string> {
  const [allowed = '', removed = ''] = valuesOf('SystemCallFilter');
  const calls = callsOf(allowed.split(' '));
  const refused = callsOf(removed.slice(1).split(' '));
  return new Set([...calls].filter((call) => !refused.has(call)));
}

/** Of groups, and of those that they name. */
function callsOf(names: readonly string[]): Set<string> {
  const calls = new Set<string>();
  for (const name of names) {
    if (!name.startsWith('@')) calls.add(name);
    else {
      const text = execFileSync(peerPath('systemd-analyze'), ['syscall-filter', name], { encoding: 'utf8' });
      const members = text
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
      for (const call of callsOf(members.filter((each) => /^@?\w/.test(each)))) calls.add(call);
    }
  }
  return calls;
}

/** Becomes a user without rights, if it is root. */
const AS_NOBODY =
  process.getuid?.() === 0
    ? 'setpriv --reuid 65532 --regid 65532 --clear-groups --no-new-privs --bounding-set -all'
    : 'env';

/** Starts it by a script in that folder, which ends with the command. */
function startBy(command: string, folder: string): Promise<Service> {
  const bin = join(folder, 'start.sh');
  const own = process.getuid?.() === 0 ? `chown -R 65532:65532 . ${folder}\n` : '';
  writeFileSync(bin, `#!/bin/sh -eu\n${own}exec ${command} ${BIN} "$@"\n`);
  chmodSync(bin, 0o755);
  return startService({ bin });
}

/** A world of runs, received and answered about. */
async function work(service: Service): Promise<void> {
  const { letters } = sentWorld('systemd', 50);
  const fresh = letters.values();
  await new Resender(service, 4, () => fresh.next().value).finish();
  await service.settled();
  for (const path of ['/metrics', '/api/v1/jobs', '/health', '/']) await service.get(path);
}

longTest('the service makes no system call that the unit refuses', async () => {
  using folder = openTemporaryFolder();
  const calls = join(folder.path, 'calls');
  {
    const strace = `${peerPath('strace')} -D -f -qq -c -U name -o ${calls}`;
    await using service = await startBy(`${AS_NOBODY} ${strace}`, folder.path);
    await work(service);
    assert.equal((await service.stop()).code, 0);
  }
  const made = readFileSync(calls, 'utf8')
    .split('\n')
    .map((line) => line.trim());
  const allowed = allowedCalls();
  const names = made.filter((each) => /^\w+$/.test(each) && !['syscall', 'total'].includes(each));
  assert.ok(names.length > 40, `${names}`);
  assert.deepEqual(
    names.filter((name) => !allowed.has(name)),
    [],
  );
});

longTest('it works where /proc shows its own processes alone', async () => {
  using folder = openTemporaryFolder();
  const mount = 'mount -t proc -o subset=pid,hidepid=2 proc /proc';
  const hidden = `unshare --mount sh -c '${mount}; exec "$@"' sh ${AS_NOBODY}`;
  await using service = await startBy(hidden, folder.path);
  await work(service);
  assert.ok((await service.metrics()).size > 0);
});

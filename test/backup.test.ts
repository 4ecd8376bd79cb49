import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { storeWorld } from '../bench/stored-world.ts';
import { preload } from './faults.ts';
import { startAntWatcher } from './run-ant-watcher.ts';
import { linesOf } from './samples.ts';
import { type Service, type ServiceOptions, startService } from './service.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/*
 * A running service is backed up and restored, and no failure on the way leaves a partial backup that looks
 * whole.
 */

/** More than a connection buffers by itself. */
const LARGE_WORLD = { completedJobs: 100_000, activeJobs: 0, seriesLines: 0 };

function folderOf(context: TestContext): string {
  const folder = openTemporaryFolder();
  context.after(() => folder[Symbol.dispose]());
  return folder.path;
}

function backUp(service: Service, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return startAntWatcher(['backup', ...args, '--url', service.apiUrl], { env });
}

async function ended(command: ReturnType<typeof startAntWatcher>) {
  using running = command;
  return await running.ended();
}

/** Each dispatch of a separate workflow, with a name that no label treats as an id. */
function dispatch(service: Service, guid: string) {
  const body = { workflow: `${lettersOf(guid)}.yml`, repository: { full_name: 'o/r' } };
  return service.post('workflow_dispatch', body, { guid });
}

/** A restored service on the backup, as docs/upgrade-and-backup.md says. */
function restore(folder: string, backup: string): Promise<Service> {
  const path = join(folder, 'restored.db');
  copyFileSync(backup, path);
  return startService({ storage: `sqlite:${path}` });
}

async function startLarge(context: TestContext, options: ServiceOptions = {}): Promise<Service> {
  const storage = `sqlite:${join(folderOf(context), 'ant-watcher.db')}`;
  await storeWorld(storage, LARGE_WORLD);
  return startService({ storage, ...options });
}

test('a backup under load, restored: everything before it counts once, even when all is sent again', async (t) => {
  await using service = await startService({ env: { ANT_WATCHER_COLLECTOR_AT_ONCE: '3' } });
  const folder = folderOf(t);
  const accepted: string[] = [];
  let isOver = false;
  const send = async () => {
    while (!isOver) {
      const guid = randomUUID();
      if ((await dispatch(service, guid)).status === 202) accepted.push(guid);
    }
  };
  const load = Array.from({ length: 8 }, send);
  while (accepted.length < 200) await new Promise((resolve) => setTimeout(resolve, 5));
  const before = [...accepted];
  const file = join(folder, 'backup.db');
  const { code, stdout } = await ended(backUp(service, [file]));
  isOver = true;
  await Promise.all(load);
  assert.deepEqual(
    [code, stdout],
    [0, `${file}: ${(statSync(file).size / 1024 ** 2).toFixed(1)} MiB, checked\n`],
  );
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder), ['backup.db']);
  assert.deepEqual(
    readdirSync(service.folder).filter((name) => name.includes('.copy-')),
    [],
  );

  await using restored = await restore(folder, file);
  const known = numbersOf(await restored.settled());
  for (const guid of before) assert.equal(known.get(lettersOf(guid)), 1, 'accepted before the backup');
  const names = new Set(accepted.map(lettersOf));
  for (const name of known.keys()) assert.ok(names.has(name));
  for (const guid of accepted) assert.equal((await dispatch(restored, guid)).status, 202);
  const again = numbersOf(await restored.settled());
  assert.equal(again.size, accepted.length);
  assert.ok([...again.values()].every((count) => count === 1));
});

/** No id has this form. */
function lettersOf(guid: string): string {
  return guid.replaceAll('-', '').replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? '');
}

/** How often each counts, by the name of its workflow. */
function numbersOf(samples: Awaited<ReturnType<Service['settled']>>): Map<string, number> {
  const lines = linesOf(samples, 'github_actions_dispatches_total');
  const guids = lines.flatMap((line) => /workflow="(?:.*\/)?([a-p]+)\.yml"/.exec(line)?.[1] ?? []);
  return new Map(guids.map((guid) => [guid, lines.filter((line) => line.includes(guid)).length]));
}

test('- writes the backup to standard output', async () => {
  await using service = await startService();
  await dispatch(service, 'a');
  await service.settled();
  const args = ['backup', '-', '--url', service.apiUrl];
  const { stdout, status } = spawnSync('bin/ant-watcher', args, { maxBuffer: 2 ** 26 });
  assert.deepEqual([status, stdout.toString('latin1', 0, 15)], [0, 'SQLite format 3']);
  const full = spawnSync('sh', ['-c', `bin/ant-watcher ${args.join(' ')} > /dev/full`]);
  assert.deepEqual(
    [full.status, /not whole: .*no space/.test(String(full.stderr))],
    [1, true],
    String(full.stderr),
  );
});

test('a backup overwrites nothing unless told to, and names the existing file', async (t) => {
  await using service = await startService({ token: 'a-token-of-the-api' });
  const folder = folderOf(t);
  const file = join(folder, 'backup.db');
  const env = { ANT_WATCHER_API_TOKEN: 'a-token-of-the-api' };
  writeFileSync(file, 'precious');
  const expected = [
    [[file], env, 2, /backup\.db already exists\nhint: .*--force/],
    [[folder], env, 2, /is not a regular file/],
    [[join(folder, 'none', 'b.db')], env, 2, /there is no folder .*none/],
    [[], env, 2, /name one FILE/],
    [[join(folder, 'other.db')], {}, 1, /answered 401[\s\S]*ANT_WATCHER_API_TOKEN/],
  ] as const;
  for (const [args, variables, code, message] of expected) {
    const { stderr, ...end } = await ended(backUp(service, args, variables));
    assert.equal(end.code, code, stderr);
    assert.match(stderr, message);
  }
  assert.equal(readFileSync(file, 'utf8'), 'precious');
  assert.equal((await ended(backUp(service, [file, '--force'], env))).code, 0);
  using database = new DatabaseSync(file);
  assert.equal(database.prepare('SELECT COUNT(*) AS count FROM jobs').get()?.['count'], 0);
  assert.deepEqual(readdirSync(folder), ['backup.db']);
});

test('a store in memory says that it cannot be backed up', async (t) => {
  await using service = await startService({ storage: 'memory:' });
  const { code, stderr } = await ended(backUp(service, [join(folderOf(t), 'b.db')]));
  assert.equal(code, 1);
  assert.match(stderr, /backup_unsupported.*in-memory/);
});

test('a full target disk leaves no file, and the next backup is complete', async (t) => {
  await using service = await startLarge(t);
  const folder = folderOf(t);
  const file = join(folder, 'backup.db');
  const script = `ulimit -f 2048; exec bin/ant-watcher backup ${file} --url ${service.apiUrl}`;
  const env = { ...process.env, NODE_OPTIONS: preload("process.on('SIGXFSZ', () => {})") };
  const { status, stderr } = spawnSync('bash', ['-c', script], { env });
  assert.deepEqual([status, /not whole: .*EFBIG/.test(String(stderr))], [1, true], String(stderr));
  assert.deepEqual(readdirSync(folder), []);
  assert.equal((await ended(backUp(service, [file]))).code, 0);
});

test('killed during a backup, neither side leaves anything that looks like one', async (t) => {
  const folder = folderOf(t);
  const file = join(folder, 'backup.db');
  await using service = await startLarge(t);
  {
    using client = backUp(service, [file]);
    // Stopped as soon as it receives, so that it is in the middle whenever the kill happens.
    while (!existsSync(`${file}.partial`)) await new Promise((resolve) => setTimeout(resolve, 1));
    client.signal('SIGSTOP');
    client.signal('SIGKILL');
    await client.ended();
    assert.equal(existsSync(file), false);
  }
  // The service soon notices that nobody reads the first one any more.
  const log = () => service.log.includes('Backup aborted') || service.log.includes('Backup sent');
  while (!log()) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal((await ended(backUp(service, [file]))).code, 0);
  assert.deepEqual(readdirSync(folder), ['backup.db']);

  using client = backUp(service, [join(folder, 'second.db')]);
  while (!existsSync(join(folder, 'second.db.partial')))
    await new Promise((resolve) => setTimeout(resolve, 1));
  client.signal('SIGSTOP');
  await service.kill();
  client.signal('SIGCONT');
  const end = await client.ended();
  // What had arrived may have been the whole file.
  assert.equal(existsSync(join(folder, 'second.db')), end.code === 0);
  await service.start();
  assert.equal((await ended(backUp(service, [join(folder, 'third.db')]))).code, 0);
});

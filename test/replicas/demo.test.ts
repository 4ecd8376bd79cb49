import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openTemporaryFolder } from '../temporary-folder.ts';

/*
 * `npm run demo -- --replicas 3`: what it kills is exact all the same, and nothing is left of it.
 */

const ROOT = join(import.meta.dirname, '../..');
const FLAGS = ['--replicas', '3', '--ports', 'free', '--past', '1h', '--kill-every', '1s'];
const COMPARED = /^\d+ s, sent: .*$/gm;

/** The demo, with a folder of its own for everything that is temporary. */
function startDemo() {
  const folder = openTemporaryFolder();
  // PostgreSQL may run as another user.
  chmodSync(folder.path, 0o755);
  const child = spawn(join(ROOT, 'bin/node'), [join(ROOT, 'scripts/demo.ts'), ...FLAGS], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder.path },
  });
  const ended = once(child, 'close');
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      said += part;
    });
  return {
    child,
    folder: folder.path,
    said: () => said,
    /** Ends it as Ctrl-C does, and expects nothing of it afterwards. */
    async stop() {
      const processes = descendantsOf(child.pid ?? 0);
      child.kill('SIGINT');
      assert.deepEqual(await ended, [0, null], said);
      assert.deepEqual(globSync('*', { cwd: folder.path }), []);
      const left = listProcesses().filter(
        ({ pid, command }) => processes.has(pid) || command.includes(folder.path),
      );
      assert.deepEqual(left, []);
    },
    [Symbol.dispose]() {
      child.kill('SIGINT');
      folder[Symbol.dispose]();
    },
  };
}

test('three replicas, two of them killed, show what was sent; nothing is left behind', async () => {
  using demo = startDemo();
  const count = (words: RegExp) => [...demo.said().matchAll(words)].length;
  // Who led may have been killed first, and its lease lasts for a while.
  await until(() => count(/is started again\./g) >= 2 && count(/leads now\.$/gm) > 0);
  const before = count(COMPARED);
  await until(() => count(COMPARED) > before);
  const api = /^The page is at (http:\S+)\/$/m.exec(demo.said())?.[1];
  await demo.stop();
  const said = demo.said();
  assert.match(said, /^Replica \d leads now\.$/m);
  assert.match(said, /^Replica \d is killed; (Replica \d leads|nobody leads until its lease ends)\.$/m);
  for (const [line] of said.matchAll(COMPARED)) assert.match(line, / \| differences: 0$/);
  assert.match(said, /\| Replica 1: [1-9][\d,]*, [1-9][\d,]* \|/);
  assert.match(said, /^The end: .*, [1-9]\d* to two replicas at once, .* kills; differences: 0\n$/m);
  await assert.rejects(fetch(`${api}/livez`));
});

for (const [moment, pattern] of [
  ['PostgreSQL', 'ant-watcher-postgres-*'],
  ['its server', 'ant-watcher-postgres-*/data/postmaster.pid'],
  ['replicas', 'ant-watcher-??????'],
] as const)
  test(`stopped while it starts ${moment}, it leaves nothing behind`, async () => {
    using demo = startDemo();
    await until(() => globSync(pattern, { cwd: demo.folder }).length > 0);
    await demo.stop();
    assert.doesNotMatch(demo.said(), /Error|fail/);
  });

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(20);
}

/** But for those that have ended, and whose end nobody has asked about yet. */
function listProcesses() {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      return { pid: Number(pid), parent: Number(parent), command };
    })
    .filter(({ command }) => !command.endsWith(' <defunct>'));
}

function descendantsOf(pid: number): ReadonlySet<number> {
  const found = new Set([pid]);
  for (const each of listProcesses().toSorted((a, b) => a.pid - b.pid))
    if (found.has(each.parent)) found.add(each.pid);
  return found;
}

import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { accept, delivery, NOW } from '../../../test/store-conformance/store-case.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { openSqliteStore } from './store.ts';

const PAGE_BYTES = 4096;

function place(context: TestContext) {
  const folder = openTemporaryFolder();
  context.after(() => folder[Symbol.dispose]());
  const path = join(folder.path, 'ant.db');
  const logged: string[] = [];
  const log = (code: string) => void logged.push(code);
  const open = () =>
    openSqliteStore({ url: `sqlite:${path}`, clock: () => NOW, logger: { warn: log, error: log } });
  return { path, logged, open };
}

test('a store that is closed in the moment its file is removed puts all of it back', async (t) => {
  const { path, logged, open } = place(t);
  const store = await open();
  await accept(store, [delivery('a')]);
  rmSync(path);
  await store[Symbol.asyncDispose]();
  assert.deepEqual(logged, ['database_saved']);
  assert.equal(existsSync(`${path}-wal`), false);
  await using again = await open();
  assert.deepEqual(await again.unseen(['a', 'b']), ['b']);
});

test('what a reader takes for damage, while another program writes the file, is no damage', async (t) => {
  const { path, logged, open } = place(t);
  await (await open())[Symbol.asyncDispose]();
  const store = await open();
  const sound = readFileSync(path);
  writeFileSync(path, Buffer.concat([sound.subarray(0, PAGE_BYTES), Buffer.alloc(sound.length, 7)]));
  await store.releaseMemory();
  const overwritten = { code: 'store_unavailable', message: /is being overwritten by another program/ };
  await assert.rejects(store.readActivity(NOW), overwritten);
  await assert.rejects(store.proveDurable(), overwritten);
  await store[Symbol.asyncDispose]();
  assert.deepEqual(logged, ['database_overwritten']);
});

test('where the path leads elsewhere, what is stored may be read, and nothing is written', async (t) => {
  const { path, logged, open } = place(t);
  const store = await open();
  await accept(store, [delivery('a')]);
  renameSync(path, `${path}.away`);
  const moved = { code: 'store_unavailable', message: /ant\.db is no longer the file that is open/ };
  for (let count = 0; count < 3; count += 1) {
    await assert.rejects(accept(store, [delivery('b')]), moved);
    await assert.rejects(store.provePlace(), moved);
  }
  assert.deepEqual(await store.unseen(['a', 'b']), ['b']);
  renameSync(`${path}.away`, path);
  await accept(store, [delivery('b')]);
  assert.deepEqual(logged, ['database_moved', 'database_back']);
  await store[Symbol.asyncDispose]();
});

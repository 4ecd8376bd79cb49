import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { accept, delivery, NOW } from '../../../test/store-conformance/store-case.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { NO_CHANGES, NO_KEYS } from '../../domain/transaction.ts';
import { openSqliteStore } from './store.ts';

const PAGE_BYTES = 4096;
const OPTIONS = { clock: () => NOW };

function pathIn(context: TestContext): string {
  const folder = openTemporaryFolder();
  context.after(() => folder[Symbol.dispose]());
  return join(folder.path, 'a.db');
}

function open(path: string) {
  return openSqliteStore({ url: `sqlite:${path}`, ...OPTIONS });
}

/** Ids of the deliveries in the queue of the database. */
function guidsIn(path: string): unknown[] {
  using database = new DatabaseSync(path);
  return database
    .prepare('SELECT guid FROM deliveries ORDER BY id')
    .all()
    .map(({ guid }) => guid);
}

function copiesIn(path: string): string[] {
  return readdirSync(join(path, '..')).filter((name) => name.includes('.copy-'));
}

test('a copy is one file with everything accepted before it, whatever is written meanwhile', async (t) => {
  const path = pathIn(t);
  await using store = await open(path);
  const acceptFrom = (from: number) =>
    accept(
      store,
      Array.from({ length: 500 }, (_, index) => ({
        ...delivery(`${from + index}`),
        payload: 'x'.repeat(500),
      })),
    );
  for (let from = 0; from < 20_000; from += 500) await acceptFrom(from);
  let isOver = false;
  let count = 20_000;
  const copying = store.copy().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await acceptFrom(count);
    count += 500;
    await new Promise(setImmediate);
  }
  const copy = await copying;
  assert.equal(copy.bytes, statSync(copy.path).size);
  assert.equal(statSync(copy.path).mode & 0o777, 0o600);
  assert.deepEqual(copiesIn(path).length, 1);
  const guids = guidsIn(copy.path);
  assert.ok(guids.length >= 20_000);
  assert.deepEqual(
    guids,
    Array.from({ length: guids.length }, (_, number) => `${number}`),
  );
  // As of one point in time between two transactions.
  assert.equal(guids.length % 500, 0);
  await using restored = await open(copy.path);
  assert.deepEqual(await accept(restored, [delivery('0'), delivery('new')]), ['duplicate', 'accepted']);
});

test('a copy that begins during a transaction waits for its end', async (t) => {
  const path = pathIn(t);
  await using store = await open(path);
  for (let count = 0; count < 10; count += 1) {
    const copying = store.copy();
    await store.process({ arrived: [delivery(`${count}`)] }, NO_KEYS, () => {
      // Meanwhile the copying takes its first step on another thread.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      return NO_CHANGES;
    });
    rmSync((await copying).path);
  }
});

test('several concurrent copies are each complete', async (t) => {
  const path = pathIn(t);
  await using store = await open(path);
  await accept(store, [delivery('a')]);
  const copies = await Promise.all([store.copy(), store.copy(), store.copy()]);
  for (const copy of copies) assert.deepEqual(guidsIn(copy.path), ['a']);
});

test('a store in memory cannot be copied', async () => {
  await using store = await openSqliteStore({ url: 'memory:', ...OPTIONS });
  await assert.rejects(store.copy(), { code: 'backup_unsupported' });
});

test('damage is found before anything is handed out, and no file remains', async (t) => {
  const path = pathIn(t);
  await (await open(path))[Symbol.asyncDispose]();
  using raw = new DatabaseSync(path);
  const row = raw.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'observations'").get();
  raw.close();
  const bytes = readFileSync(path);
  bytes.fill(255, (Number(row?.['rootpage']) - 1) * PAGE_BYTES, Number(row?.['rootpage']) * PAGE_BYTES);
  writeFileSync(path, bytes);
  await using store = await open(path);
  await assert.rejects(store.copy(), { code: 'store_damaged' });
  assert.deepEqual(copiesIn(path), []);
});

test('leftovers of a copy in a killed process are removed, and nothing else', async (t) => {
  const path = pathIn(t);
  writeFileSync(`${path}.copy-of-a-killed-process`, 'half');
  writeFileSync(`${path}.of-somebody-else`, 'whole');
  await using store = await open(path);
  assert.ok(store);
  const own = ['a.db', 'a.db-lock', 'a.db-shm', 'a.db-wal'];
  assert.deepEqual(readdirSync(join(path, '..')).sort(), [...own, 'a.db.of-somebody-else']);
});

test('closing aborts the copy under way, and nothing of it remains', async (t) => {
  const path = pathIn(t);
  const store = await open(path);
  await accept(
    store,
    Array.from({ length: 500 }, (_, index) => ({ ...delivery(`${index}`), payload: 'x'.repeat(20_000) })),
  );
  const copying = store.copy();
  const outcome = copying.then(
    ({ path: made }) => rmSync(made),
    ({ code }) => assert.equal(code, 'store_unavailable'),
  );
  await store[Symbol.asyncDispose]();
  await outcome;
  assert.deepEqual(copiesIn(path), []);
  assert.ok(!existsSync(`${path}-wal`));
});

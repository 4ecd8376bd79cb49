import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { test } from 'node:test';
import { accept, commit } from '../../../test/store-conformance/store-case.ts';
import { type TestDatabase, testStore } from '../../../test/store-conformance/test-store.ts';
import { EVENTS } from '../../domain/catalogue.ts';
import { openSqliteStore } from './store.ts';

function temporary(): TestDatabase & { readonly path: string } {
  const folder = mkdtempSync(join(tmpdir(), 'ant-watcher-'));
  const path = join(folder, 'data', 'test.db');
  return {
    path,
    open: (options) => openSqliteStore({ url: `sqlite:${path}`, ...options }),
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true });
    },
  };
}

const OPTIONS = { clock: Date.now };

testStore('sqlite', temporary, { time: 'of the process' });

test('sqlite: a second process cannot open the file, and gets a hint', async () => {
  await using database = temporary();
  await using _store = await database.open(OPTIONS);
  await assert.rejects(database.open(OPTIONS), { code: 'store_locked', hint: /storage\.url/ });
});

test('sqlite: a database of a newer version is refused', async () => {
  await using database = temporary();
  await using store = await database.open(OPTIONS);
  await store[Symbol.asyncDispose]();
  const raw = new DatabaseSync(database.path);
  raw.exec('PRAGMA user_version = 999');
  raw.close();
  await assert.rejects(database.open(OPTIONS), { code: 'store_too_new' });
});

test('sqlite: a file that is not a database, and a missing folder, are distinguished from bugs', async () => {
  await using database = temporary();
  await using store = await database.open(OPTIONS);
  await store[Symbol.asyncDispose]();
  writeFileSync(database.path, 'not a database, but long enough to be looked at as one'.repeat(100));
  await assert.rejects(database.open(OPTIONS), { code: 'store_damaged', message: /test\.db/ });
  const unwritable = { url: 'sqlite:/dev/null/folder/x.db', ...OPTIONS };
  await assert.rejects(openSqliteStore(unwritable), { code: 'store_unavailable' });
  const unmakeable = { url: 'sqlite:/proc/ant-watcher/deep/x.db', ...OPTIONS };
  await assert.rejects(openSqliteStore(unmakeable), { code: 'store_unavailable' });
});

test('sqlite: memory: works like a file, without one', async () => {
  await using store = await openSqliteStore({ url: 'memory:', ...OPTIONS });
  const delivery = {
    guid: 'a',
    event: 'e',
    action: '',
    source: 'webhook',
    receivedAtMs: 0,
    payload: '',
  } as const;
  assert.deepEqual(await accept(store, [delivery, delivery]), ['accepted', 'duplicate']);
});

test('sqlite: a disk that is temporarily unreadable and unwritable costs no sample', async ({ mock }) => {
  await using store = await openSqliteStore({ url: 'memory:', ...OPTIONS });
  const put = (value: number) =>
    commit(store, { samples: [{ metric: EVENTS.jobQueue.name, labels: [], value, atMs: 0 }] });
  const fail = () => {
    throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
  };
  await store.openSinks({ samples: ['a'], traces: [] });
  await put(1);
  const faults = (['get', 'all', 'run'] as const).map((name) =>
    mock.method(StatementSync.prototype, name, fail),
  );
  for (const work of [
    () => put(2),
    () => store.samples.progress(),
    () => store.openSinks({ samples: ['a'], traces: [] }),
  ])
    await assert.rejects(work, { code: 'store_unavailable' });
  for (const { mock: fault } of faults) fault.restore();
  await store.openSinks({ samples: ['a'], traces: [] });
  await put(3);
  const { entries } = await store.samples.read('a', 10);
  assert.deepEqual(
    entries.map(({ value }) => value),
    [1, 3],
  );
});

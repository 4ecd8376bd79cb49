import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { accept, delivery, NOW } from '../../../test/store-conformance/store-case.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { parseStored } from '../stored-json.ts';
import { openSqliteStore } from './store.ts';
import { storeError } from './store-error.ts';

const PAGE_BYTES = 4096;

function sqliteError(errcode: number): Error {
  return Object.assign(new Error('of SQLite'), { errcode });
}

test('trouble of the machine is transient, damage is not, and anything else is a bug', () => {
  const codes = {
    busy: 5,
    full: 13,
    'writing failed': 778,
    damaged: 11,
    'damaged index': 779,
    'no database': 26,
  };
  const found = Object.entries(codes).map(([name, code]) => [
    name,
    Reflect.get(Object(storeError(sqliteError(code))), 'code'),
  ]);
  assert.deepEqual(Object.fromEntries(found), {
    ...{ busy: 'store_unavailable', full: 'store_unavailable', 'writing failed': 'store_unavailable' },
    ...{ damaged: 'store_damaged', 'damaged index': 'store_damaged', 'no database': 'store_damaged' },
  });
  for (const bug of [sqliteError(1), new TypeError('a bug'), 'text']) assert.equal(storeError(bug), bug);
});

test('a number that the store cannot have written is damage', () => {
  using database = new DatabaseSync(':memory:');
  try {
    database.prepare('SELECT 9223372036854775807').get();
    assert.fail('it was read');
  } catch (error) {
    assert.equal(Reflect.get(Object(storeError(error)), 'code'), 'store_damaged');
  }
  const other = new RangeError('of other code');
  assert.equal(storeError(other), other);
});

test('JSON that the store did not write is damage, and its table is named', () => {
  assert.deepEqual(parseStored('["a"]', 'jobs'), ['a']);
  for (const json of ['', '[', undefined])
    assert.throws(() => parseStored(json, 'jobs'), { code: 'store_damaged', message: /a row of jobs/ });
});

test('an error from a damaged page is damage', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  const options = { url: `sqlite:${path}`, clock: () => NOW };

  {
    await using store = await openSqliteStore(options);
    await accept(store, [delivery('a')]);
  }
  using database = new DatabaseSync(path);
  const { root } = database
    .prepare("SELECT rootpage AS root FROM sqlite_schema WHERE name = 'deliveries'")
    .get() as { root: number };
  database.close();
  const bytes = readFileSync(path);
  bytes.fill(255, (root - 1) * PAGE_BYTES, root * PAGE_BYTES);
  writeFileSync(path, bytes);
  await using store = await openSqliteStore(options);
  await assert.rejects(store.lease(1, 1000), { code: 'store_damaged' });
  await assert.rejects(accept(store, [delivery('b')]), { code: 'store_damaged' });
  await assert.rejects(store.queueStatus(), { code: 'store_damaged' });
});

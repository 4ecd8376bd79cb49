import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { checkStorage, judgeStorage } from './check-storage.ts';

const GIB = 1024 ** 3;
const OPTIONS = { clock: Date.now, admit: (added: never) => added, stored: () => {} };

function levels(url: string) {
  return checkStorage(url).map(({ level }) => level);
}

/** Answers what it was. */
function changeSchema(path: string, version: number) {
  using database = new DatabaseSync(path);
  const before = database.prepare('PRAGMA user_version').get()?.['user_version'];
  database.exec(`PRAGMA user_version = ${version}`);
  return before;
}

test('a database is told as absent, as held, and as one that can be written, and never changed', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'data', 'x.db');
  const url = `sqlite:${path}`;
  assert.match(checkStorage(url)[0]?.what ?? '', /will be made/);
  assert.equal(existsSync(join(folder.path, 'data')), false);
  const store = openSqliteStore({ url, ...OPTIONS } as unknown as Parameters<typeof openSqliteStore>[0]);
  assert.deepEqual(
    checkStorage(url).map(({ level, what }) => [level, what]),
    [['ok', `${url} is held by a running process`]],
  );
  await store[Symbol.asyncDispose]();
  assert.match(checkStorage(url)[0]?.what ?? '', /can be written; it has schema \d+$/);
  changeSchema(path, 2);
  assert.match(checkStorage(url)[0]?.what ?? '', /schema 2, and is upgraded to \d+ at the start/);
  assert.equal(changeSchema(path, 999), 2);
  assert.deepEqual(levels(url), ['failed']);
});

test('what is no database has failed, and so has a path that can not be', () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'x.db');
  writeFileSync(path, 'not a database, but long enough to be looked at as one'.repeat(100));
  assert.deepEqual(levels(`sqlite:${path}`), ['failed']);
  assert.deepEqual(levels('sqlite:/proc/none/x.db'), ['failed']);
  assert.deepEqual(levels('memory:'), ['warning']);
});

test('a disk with little room is a warning, with next to none a failure', () => {
  const absent = { kind: 'absent', folder: '/data', isWritable: true } as const;
  const ready = { kind: 'ready', schema: 4, newest: 4 } as const;
  for (const [freeBytes, level] of [
    [GIB, 'ok'],
    [GIB - 1, 'warning'],
    [64 * 1024 ** 2 - 1, 'failed'],
  ] as const) {
    for (const found of [absent, ready]) {
      const findings = judgeStorage('sqlite:x', { ...found, freeBytes });
      assert.equal(findings[1]?.level, level);
    }
  }
  assert.equal(
    judgeStorage('sqlite:x', { ...absent, isWritable: false, freeBytes: GIB })[0]?.level,
    'failed',
  );
});

import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { openSqliteStore } from '../../store/sqlite/store.ts';
import { checkStorage, judgeStorage } from './check-storage.ts';

const PAGE_BYTES = 4096;
const GIB = 1024 ** 3;
const OPTIONS = { clock: Date.now };

function levels(url: string) {
  return checkStorage(url).map(({ level }) => level);
}

function rootOf(path: string, table: string): number {
  using database = new DatabaseSync(path);
  const row = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table);
  return Number(row?.['rootpage']);
}

/** Returns the original content. */
function changeSchema(path: string, version: number) {
  using database = new DatabaseSync(path);
  const before = database.prepare('PRAGMA user_version').get()?.['user_version'];
  database.exec(`PRAGMA user_version = ${version}`);
  return before;
}

test('a database is reported as absent, in use or writable, and is never changed', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'data', 'x.db');
  const url = `sqlite:${path}`;
  assert.match(checkStorage(url)[0]?.what ?? '', /will be made/);
  assert.equal(existsSync(join(folder.path, 'data')), false);
  const store = await openSqliteStore({ url, ...OPTIONS });
  assert.deepEqual(
    checkStorage(url).map(({ level, what }) => [level, what]),
    [['ok', `${url} is held by a running process; ant-watcher backup checks all of it`]],
  );
  await store[Symbol.asyncDispose]();
  assert.match(checkStorage(url)[0]?.what ?? '', /can be written; it has schema \d+$/);
  changeSchema(path, 2);
  assert.match(checkStorage(url)[0]?.what ?? '', /schema 2, and is upgraded to \d+ at the start/);
  assert.equal(changeSchema(path, 999), 2);
  assert.deepEqual(levels(url), ['failed']);
});

test('a file that is not a database fails, and so does an impossible path', () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'x.db');
  writeFileSync(path, 'not a database, but long enough to be looked at as one'.repeat(100));
  assert.deepEqual(levels(`sqlite:${path}`), ['failed']);
  assert.deepEqual(levels('sqlite:/proc/none/x.db'), ['failed']);
  assert.deepEqual(levels('memory:'), ['warning']);
});

test('a damaged page that a start does not read is found, and nothing is changed', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'x.db');
  const url = `sqlite:${path}`;
  const options = { url, ...OPTIONS };
  await (await openSqliteStore(options))[Symbol.asyncDispose]();
  assert.match(checkStorage(url)[1]?.what ?? '', /finds nothing wrong/);
  const bytes = readFileSync(path);
  const root = rootOf(path, 'observations');
  bytes.fill(255, (root - 1) * PAGE_BYTES, root * PAGE_BYTES);
  writeFileSync(path, bytes);
  await (await openSqliteStore(options))[Symbol.asyncDispose]();
  const before = readFileSync(path);
  const [, found] = checkStorage(url);
  assert.deepEqual([found?.level, found?.hint?.includes('backup')], ['failed', true]);
  assert.match(found?.what ?? '', /is damaged/);
  assert.ok(readFileSync(path).equals(before));
});

test('files that others on the machine can read or replace are a warning with the command that fixes it', async () => {
  using folder = openTemporaryFolder();
  const data = join(folder.path, 'data');
  const path = join(data, 'x.db');
  const options = { url: `sqlite:${path}`, ...OPTIONS };
  await (await openSqliteStore(options))[Symbol.asyncDispose]();
  const warned = (folderMode: number, fileMode: number) => {
    chmodSync(data, folderMode);
    chmodSync(path, fileMode);
    const warnings = checkStorage(`sqlite:${path}`).filter(
      ({ about, level }) => about === 'storage' && level === 'warning',
    );
    return warnings.flatMap(({ hint }) => /chmod go-rwx (.*)/.exec(hint ?? '')?.[1] ?? []);
  };
  assert.deepEqual(warned(0o700, 0o600), []);
  assert.deepEqual(warned(0o755, 0o600), []);
  assert.deepEqual(warned(0o700, 0o644), []);
  assert.deepEqual(warned(0o755, 0o644), [path]);
  assert.deepEqual(warned(0o750, 0o640), [path]);
  assert.deepEqual(warned(0o710, 0o604), []);
  assert.deepEqual(warned(0o777, 0o600), [data]);
});

test('a disk with little room is a warning, and one that is nearly full fails', () => {
  const absent = { kind: 'absent', folder: '/data', isWritable: true } as const;
  const ready = { kind: 'ready', schema: 4, newest: 4, problems: [], loose: null } as const;
  for (const [freeBytes, level] of [
    [GIB, 'ok'],
    [GIB - 1, 'warning'],
    [64 * 1024 ** 2 - 1, 'failed'],
  ] as const) {
    for (const found of [absent, ready]) {
      const findings = judgeStorage('sqlite:x', { ...found, freeBytes });
      assert.equal(findings.at(-1)?.level, level);
    }
  }
  assert.equal(
    judgeStorage('sqlite:x', { ...absent, isWritable: false, freeBytes: GIB })[0]?.level,
    'failed',
  );
});

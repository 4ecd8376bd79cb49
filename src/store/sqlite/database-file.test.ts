import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { openDatabase } from './database.ts';
import { inspectDatabase } from './inspect.ts';

/** Everything in the folder, with the bytes of the files. */
function contentOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const read = (name: string) => {
    const path = join(folder, name);
    return statSync(path).isFile() ? readFileSync(path, 'base64') : 'folder';
  };
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}

function makeDatabase(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

/** As a killed process leaves it. */
function makeKilled(path: string, sql: string): void {
  makeDatabase(`${path}.living`, 'PRAGMA journal_mode = WAL');
  const living = new DatabaseSync(`${path}.living`);
  living.exec(sql);
  for (const end of ['', '-wal']) writeFileSync(`${path}${end}`, readFileSync(`${path}.living${end}`));
  living.close();
}

const FOREIGN: Readonly<Record<string, (path: string) => void>> = {
  'a database with another application id': (path) =>
    makeDatabase(path, 'PRAGMA application_id = 252006674; CREATE TABLE jobs (id)'),
  'one without an id': (path) => makeDatabase(path, 'CREATE TABLE jobs (id); PRAGMA user_version = 3'),
  'one whose log waits': (path) =>
    makeKilled(path, 'PRAGMA application_id = 7; CREATE TABLE a (b); INSERT INTO a VALUES (1)'),
  'one without an id whose log waits': (path) => makeKilled(path, 'CREATE TABLE a (b)'),
  'a text': (path) => writeFileSync(path, 'not a database\n'),
  'an encrypted database': (path) => writeFileSync(path, Buffer.alloc(8192, 'a7f31c', 'hex')),
  'a log without its database': (path) => writeFileSync(`${path}-wal`, 'a log'),
  'the log of another beside an empty file': (path) => {
    writeFileSync(path, '');
    writeFileSync(`${path}-wal`, 'a log');
  },
  'one behind a link': (path) => {
    makeDatabase(`${path}.elsewhere`, 'CREATE TABLE jobs (id)');
    symlinkSync(`${path}.elsewhere`, path);
  },
};

for (const [name, make] of Object.entries(FOREIGN)) {
  test(`${name} is refused and not changed`, () => {
    using folder = openTemporaryFolder();
    const path = join(folder.path, 'x.db');
    make(path);
    const before = contentOf(folder.path);
    for (const open of [openDatabase, inspectDatabase])
      assert.throws(() => open(`sqlite:${path}`), { code: 'store_damaged', message: /x\.db/, hint: /./ });
    assert.deepEqual(contentOf(folder.path), before);
  });
}

test('a folder and a special file are refused with that reason', () => {
  using folder = openTemporaryFolder();
  mkdirSync(join(folder.path, 'x.db'));
  const refused = { code: 'store_unavailable', message: /x\.db is a folder/, hint: /x\.db\/ant-watcher\.db/ };
  assert.throws(() => openDatabase(`sqlite:${folder.path}/x.db`), refused);
  assert.throws(() => openDatabase('sqlite:/dev/null'), {
    code: 'store_unavailable',
    message: /not a regular file/,
  });
});

test('a newer schema of ours is not changed, with or without its log', () => {
  for (const mode of ['WAL', 'DELETE']) {
    using folder = openTemporaryFolder();
    const path = join(folder.path, 'x.db');
    openDatabase(`sqlite:${path}`).close();
    makeDatabase(path, `PRAGMA user_version = 999; PRAGMA journal_mode = ${mode}`);
    const before = contentOf(folder.path);
    assert.throws(() => openDatabase(`sqlite:${path}`), { code: 'store_too_new' });
    assert.deepEqual(contentOf(folder.path), before);
  }
});

test('an empty file, a symlink to our database, and a database from before the application id are opened', () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'x.db');
  writeFileSync(path, '');
  openDatabase(`sqlite:${path}`).close();
  symlinkSync(path, join(folder.path, 'link.db'));
  openDatabase(`sqlite:${join(folder.path, 'link.db')}`).close();
  makeDatabase(path, 'PRAGMA application_id = 0');
  const database = openDatabase(`sqlite:${path}`);
  assert.equal(database.prepare('PRAGMA application_id').get()?.['application_id'], 0x416e7457);
  database.close();
});

test('the id is in the file itself from the start, even if the process is killed right away', () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'x.db');
  const database = openDatabase(`sqlite:${path}`);
  assert.equal(readFileSync(path).readUInt32BE(68), 0x416e7457);
  for (const end of ['', '-wal'])
    writeFileSync(join(folder.path, `killed.db${end}`), readFileSync(`${path}${end}`));
  database.close();
  openDatabase(`sqlite:${join(folder.path, 'killed.db')}`).close();
});

test('a log of another database next to a restored one is refused before it is applied', () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'x.db');
  openDatabase(`sqlite:${path}`).close();
  makeDatabase(path, 'PRAGMA journal_mode = DELETE');
  writeFileSync(`${path}-wal`, 'of the database that was there before');
  const before = contentOf(folder.path);
  assert.throws(() => openDatabase(`sqlite:${path}`), { code: 'store_damaged', message: /x\.db-wal/ });
  assert.deepEqual(contentOf(folder.path), before);
});

test('new files are for the owner alone, whatever the umask; existing files keep their permissions', () => {
  using folder = openTemporaryFolder();
  const before = process.umask(0);
  try {
    const data = join(folder.path, 'deep', 'data');
    const path = join(data, 'x.db');
    const database = openDatabase(`sqlite:${path}`);
    database.exec('BEGIN IMMEDIATE; CREATE TABLE a (b); COMMIT');
    const modes = [join(folder.path, 'deep'), data, path, `${path}-wal`].map(modeOf);
    database.close();
    assert.deepEqual(modes, ['700', '700', '600', '600']);
    assert.equal(inspectDatabase(`sqlite:${path}`).kind, 'ready');
    chmodSync(path, 0o640);
    openDatabase(`sqlite:${path}`).close();
    assert.equal(modeOf(path), '640');
  } finally {
    process.umask(before);
  }
});

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

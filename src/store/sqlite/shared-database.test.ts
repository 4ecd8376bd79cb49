import assert from 'node:assert/strict';
import { mkdirSync, type statfsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { ReadingProgram } from '../../../test/reading-program.ts';
import { accept, delivery, NOW } from '../../../test/store-conformance/store-case.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { NO_FILTERS } from '../../domain/queries.ts';
import { readOnly } from './read-only.ts';
import { networkFileSystemOf } from './shared-memory.ts';
import { openSqliteStore } from './store.ts';

function open(path: string, warned: string[] = []) {
  const logger = {
    warn: (code: string) => void warned.push(code),
    error: (code: string) => assert.fail(code),
  };
  return openSqliteStore({ url: `sqlite:${path}`, clock: () => NOW, logger });
}

test('where memory cannot be shared, the service has the database for itself, and says so', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  // Where the index of the log would be.
  mkdirSync(`${path}-shm`);
  const warned: string[] = [];
  await using store = await open(path, warned);
  assert.deepEqual(warned, ['database_not_shared']);
  assert.equal(store.readableAt, null);
  assert.deepEqual(await accept(store, [delivery('a')]), ['accepted']);
  await using program = new ReadingProgram(path);
  const [row] = await program.ask('SELECT COUNT(*) FROM jobs');
  assert.match(String(row?.['error']), /locked|unable to open/);
});

test('network file systems are known by their number', () => {
  const typed = (type: number) => ((_: string) => ({ type })) as unknown as typeof statfsSync;
  assert.equal(networkFileSystemOf('/a/b.db', typed(0x6969)), 'NFS');
  assert.equal(networkFileSystemOf('/a/b.db', typed(-11317950)), 'CIFS');
  assert.equal(networkFileSystemOf('/a/b.db', typed(0xef53)), null);
});

test('another program that moves the log into the database, and empties it, has not overwritten it', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  await using store = await open(path);
  using other = new DatabaseSync(path);
  for (let round = 0; round < 3; round += 1) {
    for (let number = 0; number < 50; number += 1)
      assert.deepEqual(await accept(store, [delivery(`${round}-${number}`)]), ['accepted']);
    const { busy } = { ...other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() };
    assert.equal(busy, 0);
    await store.provePlace();
  }
});

/** What takes another program some milliseconds. */
const COUNT =
  `SELECT COUNT(*) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
  SELECT i FROM n)`.replaceAll('\n', ' ');

test('another program that writes for a moment is waited for, and no delivery is refused', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  await using store = await open(path);
  await using program = new ReadingProgram(path, { readOnly: false });
  for (let round = 0; round < 5; round += 1) {
    assert.deepEqual(await program.ask('BEGIN IMMEDIATE'), []);
    const done = [program.ask(COUNT), program.ask('COMMIT')];
    assert.deepEqual(await accept(store, [delivery(`${round}`)]), ['accepted']);
    await Promise.all(done);
  }
});

test('a question reads one moment, and gives up after ten seconds', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  await using store = await open(path);
  let nowMs = 0;
  const moment = { nowMs: NOW, asOfMs: NOW };
  const count = () => {
    using database = new DatabaseSync(path, { readOnly: true });
    return database.prepare('SELECT COUNT(*) AS count FROM seen_deliveries').get()?.['count'];
  };
  await readOnly(path, moment, async (reader) => {
    assert.equal(await reader.beginsAtMs(), null);
    await accept(store, [delivery('later')]);
    assert.equal(count(), 1);
    assert.equal(reader.nowMs, NOW);
  });
  const tooSlow = readOnly(
    path,
    moment,
    async (reader) => {
      nowMs = 10_001;
      const window = { fromMs: 0, toMs: NOW };
      for await (const batch of reader.startedJobs(window, NO_FILTERS, ['jobId'])) assert.ok(batch);
    },
    () => nowMs,
  );
  await assert.rejects(tooSlow, { code: 'query_too_slow' });
  await assert.rejects(
    readOnly(join(folder.path, 'missing.db'), moment, async () => null),
    {
      code: 'store_unavailable',
    },
  );
});

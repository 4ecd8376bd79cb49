import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  checkPackedHours,
  HOURS,
  startedJob,
} from '../../../test/store-conformance/packed-hours-property.ts';
import { commit } from '../../../test/store-conformance/store-case.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { NO_HISTORY } from '../../domain/history.ts';
import { NO_FILTERS } from '../../domain/queries.ts';
import { HOUR_MS } from '../hours.ts';
import { openSqliteStore } from './store.ts';

const CASES = Number(process.env['ANT_WATCHER_TEST_CASES'] ?? 1);

test('packed or not, readings are the same: in any order of writing, packing, forgetting and restarts', async () => {
  await checkPackedHours(async () => {
    const folder = openTemporaryFolder();
    const url = `sqlite:${join(folder.path, 'state.db')}`;
    return {
      stores: 1,
      open: () => openSqliteStore({ url, clock: () => 0 }),
      [Symbol.asyncDispose]: async () => folder[Symbol.dispose](),
    };
  }, 100 * CASES);
});

test('a million facts are read in hours: what is packed is not read from its table again', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'state.db');
  {
    await using store = await openSqliteStore({ url: `sqlite:${path}`, clock: () => 0 });
    const records = fc
      .sample(startedJob, { numRuns: 50, seed: 7 })
      .map(([of, own], jobId) => ({ ...of, ...own, jobId }));
    const history = {
      startedJobs: records,
      finishedJobs: [],
      failedJobs: [],
      explainedJobs: [],
      flakyJobs: [],
      repeatedJobs: [],
      finishedRuns: [],
    };
    await commit(store, { history });
    assert.equal(await store.packHistory(HOURS * HOUR_MS, 1), false, 'one hour, then the rest another time');
    assert.equal(await store.packHistory(HOURS * HOUR_MS, 1000), true);
  }
  const count = (sql: string) => Number(database.prepare(sql).get()?.['count']);
  using database = new DatabaseSync(path);
  assert.equal(count('SELECT SUM(size) AS count FROM packed_hours'), 50);
  assert.equal(count('SELECT COUNT(*) AS count FROM packed_hours WHERE size IS NULL'), 0);
});

test('what a version before 24 packed, which had another form, is deleted and packed once more', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'state.db');
  const open = () => openSqliteStore({ url: `sqlite:${path}`, clock: () => 0 });
  const [[of, own] = assert.fail()] = fc.sample(startedJob, { numRuns: 1, seed: 7 });
  const startedJobs = [{ ...of, ...own, startedAtMs: 5, queueMs: 77 }];
  {
    await using store = await open();
    await commit(store, { history: { ...NO_HISTORY, startedJobs } });
    await store.packHistory(HOUR_MS, 1000);
  }
  {
    using database = new DatabaseSync(path);
    const before = new Uint8Array(Float64Array.of(78).buffer);
    const { changes } = database.prepare('UPDATE packed_columns SET packed = ?').run(before);
    assert.ok(changes > 0);
    database.exec(
      readFileSync(new URL('./migrations/0024-narrow-packed-history.sql', import.meta.url), 'utf8'),
    );
  }
  await using store = await open();
  for (const isPacked of [false, true]) {
    if (isPacked) await store.packHistory(HOUR_MS, 1000);
    await store.readFor({ nowMs: 0, asOfMs: 0 }, async (reader) => {
      const waits: number[] = [];
      const window = { fromMs: 0, toMs: HOUR_MS };
      for await (const { queueMs } of reader.startedJobs(window, NO_FILTERS, ['queueMs']))
        waits.push(...queueMs);
      assert.deepEqual(waits, [77], `packed: ${isPacked}`);
    });
  }
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { job, run } from '../../../test/fixtures/states.ts';
import { commit, NOW } from '../../../test/store-conformance/store-case.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import type { Status } from '../../domain/observation.ts';
import { openSqliteStore } from './store.ts';

const MIGRATION = new URL('./migrations/0016-in-flight.sql', import.meta.url);
const COLUMNS = 'began_at_ms, stale_after_ms, is_gone';
const STATUSES: readonly Status[] = ['requested', 'queued', 'pending', 'waiting', 'in_progress'];

const time = fc.integer({ min: NOW, max: NOW + 9 });
const maybe = fc.option(time);
const states = fc.record({
  status: fc.constantFrom(...STATUSES),
  createdAtMs: maybe,
  startedAtMs: maybe,
  waitedAtMs: maybe,
  queuedAtMs: maybe,
  releasedAtMs: maybe,
  runStartedAtMs: maybe,
  goneAtMs: maybe,
  confirmedAtMs: maybe,
  statusAtMs: time,
  firstSeenAtMs: time,
});

function columnsOf(database: DatabaseSync): unknown {
  return ['jobs', 'runs'].map((table) =>
    database.prepare(`SELECT ${COLUMNS} FROM ${table} ORDER BY run_id`).all(),
  );
}

test('work in flight stored by earlier versions is upgraded to what the current rules say', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'state.db');
  const updates = readFileSync(MIGRATION, 'utf8').replace(/^ALTER TABLE.*$/gm, '');
  const all = fc.sample(states, 500);
  {
    await using store = await openSqliteStore({ url: `sqlite:${path}`, clock: () => NOW });
    await commit(store, {
      jobs: all.map(({ runStartedAtMs, ...each }, index) => job({ ...each, jobId: index, runId: index })),
      runs: all.map(({ status, createdAtMs, runStartedAtMs, goneAtMs, confirmedAtMs, statusAtMs }, index) =>
        run({ runId: index, status, createdAtMs, runStartedAtMs, goneAtMs, confirmedAtMs, statusAtMs }),
      ),
    });
  }
  using database = new DatabaseSync(path);
  const written = columnsOf(database);
  for (const table of ['jobs', 'runs'])
    database.exec(`UPDATE ${table} SET began_at_ms = NULL, stale_after_ms = NULL, is_gone = 0`);
  database.exec(updates);
  assert.deepEqual(columnsOf(database), written);
});

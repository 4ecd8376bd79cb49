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

const ACTIVE: readonly Status[] = ['requested', 'queued', 'pending', 'waiting', 'in_progress'];

/**
 * By migration: the columns it fills, what they hold before it does, and the statuses of the states it fills
 * them for.
 */
const MIGRATIONS: readonly (readonly [file: string, before: Record<string, null | 0>, readonly Status[]])[] =
  [
    ['0016-in-flight.sql', { began_at_ms: null, stale_after_ms: null, is_gone: 0 }, ACTIVE],
    ['0017-last-events.sql', { last_event_ms: 0, is_open: 0 }, [...ACTIVE, 'completed']],
  ];

const time = fc.integer({ min: NOW, max: NOW + 9 });
const maybe = fc.option(time);

function statesOf(statuses: readonly Status[]) {
  return fc.record({
    status: fc.constantFrom(...statuses),
    isJob: fc.boolean(),
    heldUntilMs: maybe,
    createdAtMs: maybe,
    startedAtMs: maybe,
    completedAtMs: maybe,
    waitedAtMs: maybe,
    queuedAtMs: maybe,
    releasedAtMs: maybe,
    runStartedAtMs: maybe,
    updatedAtMs: maybe,
    goneAtMs: maybe,
    confirmedAtMs: maybe,
    statusAtMs: time,
    firstSeenAtMs: time,
  });
}

for (const [file, before, statuses] of MIGRATIONS)
  test(`${file} fills its columns as the current rules do`, async () => {
    using folder = openTemporaryFolder();
    const path = join(folder.path, 'state.db');
    const updates = readFileSync(join(import.meta.dirname, 'migrations', file), 'utf8');
    const all = fc.sample(statesOf(statuses), 500);
    {
      await using store = await openSqliteStore({ url: `sqlite:${path}`, clock: () => NOW });
      await commit(store, {
        jobs: all.map(({ runStartedAtMs, updatedAtMs, ...each }, index) =>
          job({ ...each, jobId: index, runId: index }),
        ),
        runs: all.map(({ status, createdAtMs, goneAtMs, confirmedAtMs, statusAtMs, ...each }, index) => {
          const { runStartedAtMs, updatedAtMs } = each;
          const times = { createdAtMs, runStartedAtMs, updatedAtMs, goneAtMs, confirmedAtMs, statusAtMs };
          return run({ runId: index, status, ...times });
        }),
      });
    }
    using database = new DatabaseSync(path);
    const columns = () =>
      ['jobs', 'runs'].map((table) =>
        database.prepare(`SELECT ${Object.keys(before)} FROM ${table} ORDER BY run_id`).all(),
      );
    const written = columns();
    const reset = Object.entries(before).map(([column, value]) => `${column} = ${value}`);
    for (const table of ['jobs', 'runs']) database.exec(`UPDATE ${table} SET ${reset}`);
    assert.notDeepEqual(columns(), written);
    database.exec(updates.replace(/^ALTER TABLE.*$/gm, ''));
    assert.deepEqual(columns(), written);
  });

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { run } from '../../../test/fixtures/states.ts';
import { commit } from '../../../test/store-conformance/store-case.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import type { Store } from '../../domain/contracts.ts';
import type { RunState } from '../../domain/lifecycle/state.ts';
import { openSqliteStore } from './store.ts';
import { LOOKUPS } from './workflows.ts';

const MIGRATIONS = new URL('./migrations/', import.meta.url);
const NOW = Date.UTC(2026, 10, 20, 12);

function open(url: string): Promise<Store> {
  return openSqliteStore({ url, clock: () => NOW });
}

/** A run on the default branch that ended in that second. */
function ended(runId: number, second: number, over: Partial<RunState> = {}): RunState {
  const endMs = NOW + second * 1000;
  const times = {
    createdAtMs: endMs - 1000,
    runStartedAtMs: endMs - 1000,
    updatedAtMs: endMs,
    statusAtMs: endMs,
  };
  return run({ runId, status: 'completed', conclusion: 'failure', ...times, ...over });
}

async function gaugesOf(store: Store): Promise<string[]> {
  const readings = await store.readActivity(NOW);
  return readings
    .filter(({ metric }) => /workflow_(consecutive|last_success)/.test(metric))
    .map(({ metric, labels, value }) => `${metric.slice(24)} ${labels.join(' ')} ${value}`)
    .sort();
}

/** A database as the previous version made it. */
function makeOld(path: string): void {
  using database = new DatabaseSync(path);
  const before = readdirSync(MIGRATIONS)
    .sort()
    .filter((file) => file < '0014');
  for (const file of before) database.exec(readFileSync(new URL(file, MIGRATIONS), 'utf8'));
  database.exec(`
    PRAGMA user_version = ${before.length};
    INSERT INTO workflows VALUES ('o/r', 'CI', ${NOW}, ${NOW - 9000}), ('o/r', 'Other', ${NOW}, NULL);
    INSERT INTO runs (run_id, run_attempt, repository, workflow, status, conclusion, event, branch, updated_at_ms,
      first_seen_at_ms, status_at_ms, completion_counted)
    VALUES
      (1, 1, 'o/r', 'CI', 'completed', 'failure', 'push', 'default', ${NOW - 9001}, 1, 1, 1),
      (2, 1, 'o/r', 'CI', 'completed', 'failure', 'push', 'default', ${NOW - 2}, 1, 1, 1),
      (3, 1, 'o/r', 'CI', 'completed', 'timed_out', 'push', 'default', ${NOW}, 1, 1, 1),
      (4, 1, 'o/r', 'Other', 'completed', 'failure', 'push', 'default', ${NOW}, 1, 1, 1)`);
}

test('workflows known to an earlier version continue, and get the id and the file of the next run', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'old.db');
  makeOld(path);
  await using store = await open(`sqlite:${path}`);
  const other = 'consecutive_failures o/r Other unknown 1';
  const success = `${(NOW - 9000) / 1000}`;
  assert.deepEqual(await gaugesOf(store), [
    'consecutive_failures o/r CI unknown 2',
    other,
    `last_success_timestamp_seconds o/r CI unknown ${success}`,
  ]);
  await commit(store, { runs: [ended(9, 1)] });
  assert.deepEqual(await gaugesOf(store), [
    'consecutive_failures o/r CI .github/workflows/ci.yml 3',
    other,
    `last_success_timestamp_seconds o/r CI .github/workflows/ci.yml ${success}`,
  ]);
  await commit(store, { runs: [ended(10, 2, { repository: 'o/renamed', conclusion: 'success' })] });
  assert.deepEqual(await gaugesOf(store), [
    'consecutive_failures o/renamed CI .github/workflows/ci.yml 0',
    'consecutive_failures o/renamed Other unknown 1',
    `last_success_timestamp_seconds o/renamed CI .github/workflows/ci.yml ${NOW / 1000 + 2}`,
  ]);
});

for (const [name, sql] of Object.entries(LOOKUPS)) {
  test(`the statement "${name}" finds workflows by an index, however many there are`, async () => {
    using folder = openTemporaryFolder();
    const path = join(folder.path, 'state.db');
    await (await open(`sqlite:${path}`))[Symbol.asyncDispose]();
    using database = new DatabaseSync(path);
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    const steps = plan.map(({ detail }) => String(detail)).filter((detail) => / workflow/.test(detail));
    assert.ok(steps.length > 0 && steps.every((step) => step.startsWith('SEARCH ')), steps.join('; '));
  });
}

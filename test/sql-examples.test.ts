import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { NO_HISTORY } from '../src/domain/history.ts';
import { openSqliteStore } from '../src/store/sqlite/store.ts';
import { finishedJob, finishedRun, PLACE } from './fixtures/facts.ts';
import { commit } from './store-conformance/store-case.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

test('every query of docs/sql.md finds what it says, while the store is open', async () => {
  const text = readFileSync(join(import.meta.dirname, '../docs/sql.md'), 'utf8');
  const queries = Array.from(text.matchAll(/```sql\n([^`]+)```/g), ([, sql = '']) => sql);
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  await using store = await openSqliteStore({ url: `sqlite:${path}`, clock: Date.now });
  const atMs = Date.now() - 1000;
  await commit(store, {
    history: {
      ...NO_HISTORY,
      startedJobs: [10_000, 20_000, 30_000].map((queueMs, jobId) => ({
        ...PLACE,
        jobId,
        startedAtMs: atMs,
        queueMs,
      })),
      finishedJobs: [finishedJob({ endedAtMs: atMs, microDollars: 2_000_000 })],
      failedJobs: [{ ...PLACE, endedAtMs: atMs, cause: 'step', step: 'npm test' }],
      finishedRuns: [
        finishedRun({ endedAtMs: atMs }),
        finishedRun({ endedAtMs: atMs, runId: 3, conclusion: 'failure' }),
        finishedRun({ endedAtMs: atMs, runId: 4, conclusion: 'cancelled' }),
      ],
    },
  });
  using database = new DatabaseSync(path, { readOnly: true });
  const [queues, steps, costs, passes] = queries.map((sql) =>
    database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row })),
  );
  const { repository, workflow, jobName, runsOn } = PLACE;
  assert.deepEqual(queues, [{ runs_on: runsOn, jobs: 3, p50_seconds: 20, p95_seconds: 30 }]);
  assert.deepEqual(steps, [{ repository, workflow, job_name: jobName, step: 'npm test', failures: 1 }]);
  assert.deepEqual(
    costs?.map(({ dollars }) => dollars),
    [2],
  );
  assert.deepEqual(passes, [{ repository, workflow, pass_rate: 0.5, runs: 2 }]);
  assert.equal(queries.length, 4);
});

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import type { ObservationEntry } from '../../domain/explanation.ts';
import { packEntry } from '../observation-entry.ts';
import { openDatabase } from './database.ts';
import { LOOKUPS, openObservationTable } from './observations.ts';

const MIGRATIONS = new URL('./migrations/', import.meta.url);

function told(runId: number, jobId: number | null, guid: string): ObservationEntry {
  const nothing = { conclusion: null, before: null, after: 'queued', counted: [], why: null };
  const what = { source: 'webhook', action: 'queued', status: 'queued' } as const;
  return { runId, jobId, guid, receivedAtMs: 1, eventAtMs: 1, ...what, ...nothing };
}

/** Of few runs, each with a few jobs, in any order; all received in the same moment. */
const TOLD = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.option(fc.integer({ min: 1, max: 3 }))))
  .map((list) =>
    list.map(([run, job], index) => told(run, job === null ? null : 10 * run + job, `${index}`)),
  );

function assertFound(database: DatabaseSync, all: readonly ObservationEntry[]): void {
  const { ofRun, ofJob } = openObservationTable(database);
  for (const { runId, jobId } of all) {
    const ofIt = all.filter((each) => each.runId === runId);
    assert.deepEqual(ofRun(runId), ofIt);
    const ofItsJob = ofIt.filter((each) => each.jobId === jobId);
    if (jobId !== null) assert.deepEqual(ofJob(jobId), ofItsJob);
  }
}

test('what was told is found by run and by job, as it was processed, and lies in that order', () => {
  fc.assert(
    fc.property(TOLD, (all) => {
      using database = openDatabase('memory:');
      const { write } = openObservationTable(database);
      for (const each of all) write(each);
      assertFound(database, all);
      const rows = database.prepare('SELECT entry ->> 1 AS guid FROM observations ORDER BY rowid').all();
      assert.deepEqual(
        rows.map(({ guid }) => guid),
        all.map(({ guid }) => guid),
      );
    }),
  );
});

test('no lookup looks at every row', () => {
  using database = openDatabase('memory:');
  for (const sql of Object.values(LOOKUPS)) {
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(5);
    assert.deepEqual([plan.length, String(plan[0]?.['detail']).slice(0, 6)], [1, 'SEARCH']);
  }
});

test('what earlier versions were told is kept, in its order', () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  const files = readdirSync(MIGRATIONS)
    .sort()
    .filter((file) => file < '0032');
  const jobs = [told(2, 20, 'a'), told(1, 10, 'b'), told(2, 20, 'c'), told(2, null, 'd'), told(1, 10, 'e')];
  {
    using old = new DatabaseSync(path);
    for (const file of files) old.exec(readFileSync(new URL(file, MIGRATIONS), 'utf8'));
    old.exec(`PRAGMA user_version = ${files.length}`);
    const insert = old.prepare('INSERT INTO observations VALUES (?, ?, ?, ?)');
    // They were numbered by run and job.
    const numbers = [1, 1, 2, 3, 2];
    jobs.forEach((each, at) => {
      insert.run(each.runId, each.jobId ?? 0, numbers[at] ?? 0, packEntry(each));
    });
  }
  using database = openDatabase(`sqlite:${path}`);
  assertFound(database, jobs);
  const later = told(1, 10, 'f');
  openObservationTable(database).write(later);
  assertFound(database, [...jobs, later]);
});

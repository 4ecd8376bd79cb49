import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { sleep } from '../../timing/sleep.ts';
import { openDatabase } from './database.ts';

const FOLDER = new URL('./migrations/', import.meta.url);
const FILES = readdirSync(FOLDER).sort();
/** That of a database before large tables got columns that are filled from others. */
const OLD = FILES.indexOf('0016-in-flight.sql');
const ROWS = 40_000;
const KILLS = 4;
/** More than what the small migrations before write. */
const MIB = 1024 ** 2;

/** A database of an older version with many jobs. */
function makeOld(path: string): void {
  using database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; BEGIN');
  for (const file of FILES.slice(0, OLD)) database.exec(readFileSync(new URL(file, FOLDER), 'utf8'));
  database.exec(`PRAGMA user_version = ${OLD};
    WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    INSERT INTO jobs (job_id, run_id, run_attempt, repository, workflow, name, status, is_job, has_started, runs_on,
        first_seen_at_ms, status_at_ms, has_environment, queue_counted, approval_counted, completion_counted, flaky_counted)
      SELECT i, i, 1, 'a/b', 'w', 'j', 'in_progress', 1, 0, '[]', i, i, 0, 0, 0, 0, 0 FROM n;
    COMMIT`);
}

/** Opens it in a process of its own, and kills that when it has written so many bytes, if it has not ended before. */
async function killAt(path: string, bytes: number): Promise<boolean> {
  const program = `import { openDatabase } from ${JSON.stringify(new URL('./database.ts', import.meta.url).href)};
    openDatabase(${JSON.stringify(`sqlite:${path}`)});`;
  const started = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
  const exited = once(started, 'exit');
  while (started.exitCode === null && logBytes(path) < bytes) await sleep(1);
  started.kill('SIGKILL');
  await exited;
  return started.signalCode === 'SIGKILL';
}

function logBytes(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

/** The schema, and what is in the columns that are filled. */
function contentOf(path: string) {
  using database = new DatabaseSync(path);
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  const damage = database.prepare('PRAGMA integrity_check').get();
  const filled =
    version < FILES.indexOf('0017-last-events.sql') + 1
      ? null
      : database
          .prepare(
            'SELECT COUNT(*) AS count, SUM(began_at_ms) AS began, SUM(last_event_ms) AS latest FROM jobs',
          )
          .get();
  return { version, damage: damage?.['integrity_check'], filled: { ...filled } };
}

test('a process that is killed while it upgrades a large database leaves a whole version, and the next one goes on', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  makeOld(path);
  const versions = new Set<number>();
  for (let kill = 1; kill <= KILLS; kill += 1) {
    if (!(await killAt(path, kill * 2 * MIB))) break;
    const { version, damage } = contentOf(path);
    assert.equal(damage, 'ok');
    versions.add(version);
  }
  openDatabase(`sqlite:${path}`).close();
  const sum = (ROWS * (ROWS + 1)) / 2;
  assert.deepEqual(contentOf(path), {
    version: FILES.length,
    damage: 'ok',
    filled: { count: ROWS, began: sum, latest: sum },
  });
  assert.ok(
    [...versions].some((version) => version < FILES.length),
    'it was killed in the middle',
  );
});

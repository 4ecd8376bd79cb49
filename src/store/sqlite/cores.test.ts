import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { ReadingProgram } from '../../../test/reading-program.ts';
import { accept, delivery, NOW } from '../../../test/store-conformance/store-case.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { openSqliteStore } from './store.ts';

const COUNT = 'SELECT COUNT(*) AS count FROM seen_deliveries';
const MOST_BYTES = 1024 ** 2;
/** More than the log may hold, in transactions of their own. */
const MANY = 400;

function open(path: string, warned: string[] = []) {
  const logger = {
    warn: (code: string) => void warned.push(code),
    error: (code: string, fields?: object) => assert.fail(`${code} ${inspect(fields)}`),
  };
  const logLimits = { mostBytes: MOST_BYTES, patienceMs: 0 };
  return openSqliteStore({ url: `sqlite:${path}`, clock: () => NOW, logger, logLimits });
}

async function acceptMany(store: Awaited<ReturnType<typeof open>>, name: string): Promise<void> {
  for (let number = 0; number < MANY; number += 1)
    await accept(store, [{ ...delivery(`${name}-${number}`), payload: 'x'.repeat(5000) }]);
}

async function countIn(program: ReadingProgram): Promise<unknown> {
  const [row] = await program.ask(COUNT);
  return row?.['count'] ?? row?.['error'];
}

test('a program that reads and reads does not make the log grow for ever, and nothing is lost', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  const warned: string[] = [];
  {
    await using store = await open(path, warned);
    chmodSync(path, 0o640);
    await accept(store, [delivery('first')]);
    await using patient = new ReadingProgram(path);
    await patient.ask('BEGIN');
    assert.equal(await countIn(patient), 1);
    await using idle = new ReadingProgram(path);
    assert.equal(await countIn(idle), 1);
    for (let round = 0; round < 3; round += 1) {
      await acceptMany(store, `round-${round}`);
      const meanwhile = acceptMany(store, `meanwhile-${round}`);
      for (let call = 0; call < 3; call += 1) await store.renewLog();
      await meanwhile;
      await store.renewLog();
    }
    assert.ok(warned.includes('database_log_held') && warned.includes('database_renewed'), `${warned}`);
    assert.ok(statSync(`${path}-wal`).size < statSync(path).size + MOST_BYTES);
    assert.equal(await countIn(patient), 1, 'what is being read stays as it was');
    assert.match(
      String(await countIn(idle)),
      /no such table/,
      'nobody takes the former file for the present one',
    );
    await using later = new ReadingProgram(path);
    assert.equal(await countIn(later), 1 + 6 * MANY);
    assert.equal(statSync(path).mode & 0o777, 0o640);
    await patient.ask('COMMIT');
  }
  assert.deepEqual(readdirSync(folder.path).sort(), ['a.db', 'a.db-lock']);
  await using again = await open(path);
  const outcomes = await accept(again, [delivery('first'), delivery('meanwhile-2-9'), delivery('new')]);
  assert.deepEqual(outcomes, ['duplicate', 'duplicate', 'accepted']);
});

test('a log that nobody holds is left alone, however large', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  const warned: string[] = [];
  await using store = await open(path, warned);
  await using idle = new ReadingProgram(path);
  assert.equal(await countIn(idle), 0);
  for (let round = 0; round < 3; round += 1) {
    await acceptMany(store, `${round}`);
    await store.renewLog();
  }
  assert.equal(await countIn(idle), 3 * MANY);
  assert.ok(!warned.includes('database_renewed'), `${warned}`);
});

test('a process that is killed between the two steps of a renewal leaves a whole database', async () => {
  using folder = openTemporaryFolder();
  const path = join(folder.path, 'a.db');
  const left = join(folder.path, 'left.db');
  {
    await using store = await open(path);
    await using patient = new ReadingProgram(path);
    await patient.ask('BEGIN');
    await countIn(patient);
    await acceptMany(store, 'before');
    // The copy is at the path, and the log is still beside it.
    using source = new DatabaseSync(path, { readOnly: true });
    await backup(source, left);
    copyFileSync(`${path}-wal`, `${left}-wal`);
  }
  await using store = await open(left);
  assert.deepEqual(await accept(store, [delivery('before-0'), delivery(`before-${MANY - 1}`)]), [
    'duplicate',
    'duplicate',
  ]);
  using found = new DatabaseSync(left, { readOnly: true });
  assert.deepEqual({ ...found.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
  assert.deepEqual({ ...found.prepare(COUNT).get() }, { count: MANY });
});

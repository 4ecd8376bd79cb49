import assert from 'node:assert/strict';
import { linkSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { type Operator, startWith } from './database-operator.ts';
import { until } from './push/receivers.ts';
import { ReadingProgram } from './reading-program.ts';
import { sumOf } from './samples.ts';
import { startService } from './service.ts';

/*
 * Other programs read the database while the service writes it; a second service is kept out, by whatever
 * name it finds the file.
 */

test('another process reads what is committed while deliveries arrive, and a snapshot that it keeps', async () => {
  await using operator = await startWith();
  const before = operator.accepted;
  await using program = new ReadingProgram(operator.path);
  await using patient = new ReadingProgram(operator.path);
  await patient.ask('BEGIN');
  assert.equal(await dispatchesIn(patient), before);
  const sending = Array.from({ length: 8 }, () => operator.send(20));
  await until('Nothing more is seen.', async () => (await dispatchesIn(program)) > before);
  const statuses = (await Promise.all(sending)).flat();
  assert.deepEqual(new Set(statuses), new Set([202]));
  assert.equal(await dispatchesIn(patient), before);
  await patient.ask('COMMIT');
  assert.equal(await dispatchesIn(patient), operator.accepted);
  assert.equal(await operator.counts(), operator.accepted);
});

async function dispatchesIn(program: ReadingProgram): Promise<number> {
  const sql = `SELECT value FROM cells JOIN series ON id = series_id WHERE metric = 'github_actions_dispatches_total'`;
  const [row] = await program.ask(sql);
  return Number(row?.['value'] ?? 0);
}

function dispatch() {
  return { workflow: 'a.yml', repository: { full_name: 'o/r' } };
}

test('a log that is removed while another program reads is renewed once that is closed, and nothing is lost', async () => {
  await using operator = await startWith();
  {
    await using program = new ReadingProgram(operator.path);
    assert.equal(await dispatchesIn(program), operator.accepted);
    rmSync(operator.log);
    assert.match(await operator.refuses(), /another program has the database open/);
  }
  await until('Nothing is accepted.', async () => (await operator.send())[0] === 202);
  await operator.service.stop();
  await operator.expectAll();
});

/** Other names of the same file. */
const NAMES: Readonly<Record<string, (operator: Operator, folder: string) => string>> = {
  'the same path': ({ path }) => path,
  'a relative path': ({ path }) => relative(process.cwd(), path),
  'a hard link in another folder': ({ path }, folder) => {
    linkSync(path, join(folder, 'link.db'));
    return join(folder, 'link.db');
  },
  'a symlink in another folder': ({ path }, folder) => {
    symlinkSync(path, join(folder, 'link.db'));
    return join(folder, 'link.db');
  },
};

for (const [name, nameOf] of Object.entries(NAMES))
  test(`a second service is refused: ${name}`, async () => {
    await using operator = await startWith();
    const folder = mkdtempSync(join(operator.service.folder, 'other-'));
    const url = `sqlite:${nameOf(operator, folder)}`;
    await assert.rejects(startService({ storage: url }), /store_locked/);
    assert.deepEqual(await operator.send(), [202]);
    await operator.service.stop();
    await operator.expectAll();
  });

test('if the file of the lock is removed, the later of two services goes on, and the earlier ends', async () => {
  await using operator = await startWith();
  rmSync(`${operator.path}-lock`);
  await using later = await startService({ storage: `sqlite:${operator.path}` });
  const { status } = await later.post('workflow_dispatch', dispatch());
  assert.equal(status, 202);
  assert.notDeepEqual(await operator.send(), [202]);
  const { code, log } = await operator.service.ended();
  assert.equal(code, 1, log);
  assert.match(log, /another ant-watcher has taken over/);
  const counted = sumOf(await later.settled(), 'github_actions_dispatches_total');
  assert.equal(counted, operator.accepted + 1);
});

test('after kill -9 the next process starts at once, also where the file of the lock was removed', async () => {
  await using operator = await startWith();
  await operator.service.kill();
  await operator.service.start();
  await operator.send();
  await operator.service.kill();
  rmSync(`${operator.path}-lock`);
  await operator.expectAll();
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { type Operator, startWith } from './database-operator.ts';
import { until } from './push/receivers.ts';
import { sumOf } from './samples.ts';
import { startService } from './service.ts';

/*
 * Other programs read the database while the service writes it; a second service is kept out, by whatever
 * name it finds the file.
 */

/** Another process that reads the database, as any program may. */
class ReadingProgram implements AsyncDisposable {
  readonly #process;
  readonly #lines;

  constructor(path: string) {
    const program = `
      const { DatabaseSync } = require('node:sqlite');
      const database = new DatabaseSync(${JSON.stringify(path)}, { readOnly: true, timeout: 5000 });
      require('node:readline').createInterface({ input: process.stdin }).on('line', (sql) => {
        const rows = /^SELECT/.test(sql) ? database.prepare(sql).all() : database.exec(sql);
        console.log(JSON.stringify(rows ?? []));
      });`;
    this.#process = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async ask(sql: string): Promise<readonly Record<string, unknown>[]> {
    this.#process.stdin.write(`${sql}\n`);
    const { value } = await this.#lines.next();
    return JSON.parse(String(value));
  }

  async dispatches(): Promise<number> {
    const sql = `SELECT value FROM cells JOIN series ON id = series_id WHERE metric = 'github_actions_dispatches_total'`;
    return Number((await this.ask(sql))[0]?.['value'] ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin.end();
    await once(this.#process, 'exit');
  }
}

test('another process reads what is committed while deliveries arrive, and a snapshot that it keeps', async () => {
  await using operator = await startWith();
  const before = operator.accepted;
  await using program = new ReadingProgram(operator.path);
  await using patient = new ReadingProgram(operator.path);
  await patient.ask('BEGIN');
  assert.equal(await patient.dispatches(), before);
  const sending = Array.from({ length: 8 }, () => operator.send(20));
  await until('Nothing more is seen.', async () => (await program.dispatches()) > before);
  const statuses = (await Promise.all(sending)).flat();
  assert.deepEqual(new Set(statuses), new Set([202]));
  assert.equal(await patient.dispatches(), before);
  await patient.ask('COMMIT');
  assert.equal(await patient.dispatches(), operator.accepted);
  assert.equal(await operator.counts(), operator.accepted);
});

function dispatch() {
  return { workflow: 'a.yml', repository: { full_name: 'o/r' } };
}

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

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { preload } from './faults.ts';
import { startAntWatcher } from './run-ant-watcher.ts';
import { linesOf, sumOf } from './samples.ts';
import { type Service, startService } from './service.ts';

/*
 * A full disk, and a damaged database: reported clearly, and nothing is lost or made worse by it.
 */

const PAGE_BYTES = 4096;

test('with a full disk deliveries are answered 503 and the service is not ready; with room again it goes on', async () => {
  // Where only the file size of a process is limited, the system also sends a signal, which a full disk does
  // not.
  await using service = await startService({
    env: { NODE_OPTIONS: preload("process.on('SIGXFSZ', () => {})") },
  });
  const accepted: string[] = [];
  const send = async (workflow: string) => {
    const { status, text, headers } = await service.post('workflow_dispatch', {
      workflow: `${workflow}.yml`,
      repository: { full_name: 'o/r' },
      inputs: { filler: randomUUID().repeat(1000) },
    });
    if (status === 202) accepted.push(workflow);
    return { status, text, retryAfter: headers.get('retry-after') };
  };
  await send('before');
  await service.settled();

  limitFiles(service, String(largestFileBytes(service)));
  const answers = [];
  for (let number = 0; number < 40; number += 1) answers.push(await send(`full-${number}`));
  const refused = answers.filter(({ status }) => status !== 202);
  assert.ok(refused.length > 0);
  for (const { status, text, retryAfter } of refused) {
    assert.deepEqual([status, JSON.parse(text).error.code, retryAfter], [503, 'store_unavailable', '5']);
  }
  let ready = await service.get('/readyz');
  // Room that is too little for a delivery may do for the proof, which is a page each time.
  for (let left = 10; ready.ok && left > 0; left -= 1) ready = await service.get('/readyz');
  const { error } = (await ready.json()) as { error: { code: string } };
  assert.deepEqual([ready.status, error.code], [503, 'not_ready']);
  assert.equal((await service.get('/livez')).status, 200);
  assert.equal((await service.get('/health')).status, 503);
  assert.equal(sumOf(await service.metrics(), 'ant_watcher_store_writable'), 0);

  limitFiles(service, 'unlimited');
  await send('after');
  assert.ok(accepted.includes('after'));
  const samples = await service.settled();
  assert.equal((await service.get('/readyz')).status, 200);
  assert.equal(linesOf(samples, 'github_actions_dispatches_total').length, accepted.length);
  assert.equal(sumOf(samples, 'github_actions_dispatches_total'), accepted.length);
});

test('a damaged database makes the start exit with 1 and its code, and is not changed', async () => {
  await using service = await startService();
  await service.post('workflow_dispatch', { workflow: 'a.yml', repository: { full_name: 'o/r' } });
  await service.settled();
  await service.stop();
  const path = databaseOf(service);
  const sound = readFileSync(path);
  const damages: Readonly<Record<string, Buffer>> = {
    'another file': Buffer.alloc(sound.length, 'no database '),
    'pages overwritten': Buffer.concat([
      sound.subarray(0, PAGE_BYTES),
      Buffer.alloc(sound.length - PAGE_BYTES, 7),
    ]),
    'cut off': sound.subarray(0, 3 * PAGE_BYTES + 100),
  };
  for (const [name, damaged] of Object.entries(damages)) {
    writeFileSync(path, damaged);
    await expectDamage(service, name);
    assert.ok(readFileSync(path).equals(damaged), name);
  }
  writeFileSync(path, sound);
  await service.start();
  assert.equal(sumOf(await service.metrics(), 'github_actions_dispatches_total'), 1);
});

test('a stored row that is not JSON is logged each time, and does not affect others', async () => {
  await using service = await startService();
  await service.post('workflow_dispatch', { workflow: 'a.yml', repository: { full_name: 'o/r' } });
  await service.settled();
  await service.stop();
  const labels = breakLabels(service, '{"torn":');
  for (const attempt of [1, 2]) {
    const { message } = await expectDamage(service, `attempt ${attempt}`);
    assert.equal(message, "the database is damaged: a row of series can't be read");
  }
  breakLabels(service, labels);
  await service.start();
  assert.equal(sumOf(await service.metrics(), 'github_actions_dispatches_total'), 1);
});

for (const atOnce of ['0', '256']) {
  test(`damage found by a delivery at run time exits with 1 (collector.at_once=${atOnce})`, async () => {
    await using service = await startService({ env: { ANT_WATCHER_COLLECTOR_AT_ONCE: atOnce } });
    await service.post('workflow_job', jobIn('queued'));
    await service.settled();
    await service.stop();
    breakJobs(service);
    await service.start();
    await service.post('workflow_job', jobIn('completed'));
    const { code, log } = await service.ended();
    assert.equal(code, 1);
    assert.match(log, /"code":"store_damaged".*"msg":"Part of the service failed; stopping"/);
    assert.doesNotMatch(log, /Stop timed out/);
  });
}

test('damage found only by housekeeping exits with 1, and is not a bug', async () => {
  await using service = await startService();
  await service.post('workflow_dispatch', { workflow: 'a.yml', repository: { full_name: 'o/r' } });
  await service.settled();
  await service.stop();
  overwriteRoot(service, 'seen_deliveries');
  await service.start();
  const { code, log } = await service.ended();
  assert.equal(code, 1);
  assert.match(log, /"code":"store_damaged".*"msg":"Part of the service failed; stopping"/);
  assert.doesNotMatch(log, /Bug; stopping at once|housekeeping postponed|Stop timed out/);
  const errors = log.split('\n').filter((line) => line.includes('"level":"error"'));
  assert.equal(errors.length, 1, log);
});

test('damage found only by a scrape or a query exits with 1 as well', async () => {
  for (const path of ['/metrics', '/api/v1/explain?job=5']) {
    await using service = await startService();
    await service.post('workflow_job', jobIn('queued'));
    await service.settled();
    await service.stop();
    breakJobs(service);
    await service.start();
    await service.get(path).catch(() => undefined);
    const { code, log } = await service.ended();
    assert.equal(code, 1);
    assert.match(log, /"code":"store_damaged".*"msg":"Part of the service failed; stopping"/);
    assert.doesNotMatch(log, /Bug; stopping at once/);
  }
});

test('damage found only by the stop is logged, and exits with 1', async () => {
  const fault = `
    import { StatementSync } from 'node:sqlite';
    import { isMainThread, parentPort } from 'node:worker_threads';
    const run = () => { throw Object.assign(new Error('malformed'), { errcode: 11 }); };
    if (!isMainThread) parentPort.once('message', () => { StatementSync.prototype.run = run; });`;
  await using service = await startService({ env: { NODE_OPTIONS: preload(fault) } });
  const { code, log } = await service.stop();
  assert.equal(code, 1, log);
  assert.match(log, /"code":"store_damaged".*"msg":"Stop failed"/);
  assert.doesNotMatch(log, /Bug; stopping at once|"msg":"Stopped"/);
});

test('a hanging stop says in which step, including steps of the engine', async () => {
  const fault = `
    import { DatabaseSync } from 'node:sqlite';
    import { isMainThread } from 'node:worker_threads';
    const hang = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    if (!isMainThread) DatabaseSync.prototype.close = hang;`;
  const env = { NODE_OPTIONS: preload(fault), ANT_WATCHER_SHUTDOWN_GRACE: '2s' };
  await using service = await startService({ env });
  const { code, log } = await service.stop();
  assert.equal(code, 1, log);
  assert.match(log, /"step":"engine: store","code":"stop_timed_out"/);
});

/** Overwrites the labels of the first series; returns the previous ones. */
function breakLabels(service: Service, labels: string): string {
  using database = new DatabaseSync(databaseOf(service));
  const before = database.prepare('SELECT labels FROM series ORDER BY id LIMIT 1').get();
  database.prepare('UPDATE series SET labels = ? WHERE id = (SELECT MIN(id) FROM series)').run(labels);
  return String(before?.['labels']);
}

function overwriteRoot(service: Service, table: string): void {
  const path = databaseOf(service);
  const database = new DatabaseSync(path);
  const row = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table);
  database.close();
  const root = Number(row?.['rootpage']);
  const bytes = readFileSync(path);
  bytes.fill(255, (root - 1) * PAGE_BYTES, root * PAGE_BYTES);
  writeFileSync(path, bytes);
}

function breakJobs(service: Service): void {
  using database = new DatabaseSync(databaseOf(service));
  database.exec(`UPDATE jobs SET runs_on = '["torn'`);
}

function jobIn(status: string): object {
  const job = { id: 5, run_id: 9, run_attempt: 1, name: 'build', labels: ['a'], status };
  return { action: status, workflow_job: job, repository: { full_name: 'o/r' } };
}

async function expectDamage(service: Service, name: string): Promise<{ message: string }> {
  const storage = `--storage.url=sqlite:${databaseOf(service)}`;
  using started = startAntWatcher(['serve', storage], {
    env: { ANT_WATCHER_WEBHOOK_SECRET: 'a-secret', ANT_WATCHER_API_PORT: '0' },
  });
  const { code, stdout } = await started.ended();
  const [line = ''] = stdout.split('\n').filter((each) => each.includes('"Start failed"'));
  assert.notEqual(line, '', `${name}: ${stdout}`);
  const { err } = JSON.parse(line);
  assert.deepEqual([code, err.code, typeof err.hint], [1, 'store_damaged', 'string'], name);
  return err;
}

function databaseOf(service: Service): string {
  return join(service.folder, 'ant-watcher.db');
}

function largestFileBytes(service: Service): number {
  const path = databaseOf(service);
  return Math.max(statSync(path).size, statSync(`${path}-wal`).size);
}

function limitFiles({ pid }: Service, bytes: string): void {
  const { status, stderr } = spawnSync('prlimit', [`--pid=${pid}`, `--fsize=${bytes}:unlimited`]);
  assert.equal(status, 0, String(stderr));
}

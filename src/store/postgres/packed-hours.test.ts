import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { startPostgres } from '../../../test/postgres.ts';
import {
  checkPackedHours,
  HOURS,
  startedJob,
} from '../../../test/store-conformance/packed-hours-property.ts';
import { commit } from '../../../test/store-conformance/store-case.ts';
import type { Store } from '../../domain/contracts.ts';
import { NO_HISTORY } from '../../domain/history.ts';
import { NO_FILTERS } from '../../domain/queries.ts';
import { HOUR_MS } from '../hours.ts';
import { Connections } from './connections.ts';
import { openPacking } from './packed-hours.ts';
import { statement } from './statement.ts';
import { openPostgresStore } from './store.ts';

const CASES = Number(process.env['ANT_WATCHER_TEST_CASES'] ?? 1);
const EVER_MS = (HOURS + 1) * HOUR_MS;

const server = await startPostgres();
after(() => server[Symbol.asyncDispose]());

const open = (url: string) => openPostgresStore({ url, password: null, clock: () => 0 });

test('packed or not, two processes read the same: in any order of writing, packing, forgetting and restarts', async () => {
  const template = await server.createDatabase();
  await (await open(template))[Symbol.asyncDispose]();
  await checkPackedHours(async () => {
    const url = await server.createDatabase(template);
    return { stores: 2, open: () => open(url), [Symbol.asyncDispose]: () => dropDatabase(url) };
  }, 30 * CASES);
});

async function dropDatabase(url: string): Promise<void> {
  const name = url.slice(url.lastIndexOf('/') + 1);
  await execute(url.replace(name, 'postgres'), `DROP DATABASE ${name} WITH (FORCE)`);
}

async function execute<Row>(url: string, sql: string): Promise<Row[]> {
  const connections = new Connections({ url, password: null, most: 1, name: 'test' });
  const rows = await connections.read((session) => session.rows<Row>(statement(sql)));
  await connections.close();
  return rows;
}

/** Some jobs that started in different hours. */
const SAMPLE = fc
  .sample(startedJob, { numRuns: 50, seed: 7 })
  .map(([of, own], jobId) => ({ ...of, ...own, jobId }));

async function waitsOf(store: Store): Promise<number[]> {
  const waits: number[] = [];
  await store.readFor({ nowMs: 0, asOfMs: 0 }, async (reader) => {
    const window = { fromMs: 0, toMs: EVER_MS };
    for await (const { queueMs } of reader.startedJobs(window, NO_FILTERS, ['queueMs']))
      waits.push(...queueMs);
  });
  return waits.toSorted((a, b) => a - b);
}

test('what is packed is not read from its table again, and hours without facts are known to have none', async () => {
  const url = await server.createDatabase();
  await using store = await open(url);
  await commit(store, { history: { ...NO_HISTORY, startedJobs: SAMPLE } });
  assert.equal(await store.packHistory(EVER_MS, 1), false, 'one hour, then the rest another time');
  assert.equal(await store.packHistory(EVER_MS, 1000), true);
  const expected = SAMPLE.map(({ queueMs }) => queueMs).toSorted((a, b) => a - b);
  // Nobody does that: but then it shows.
  await execute(url, 'DELETE FROM started_job_facts');
  assert.deepEqual(await waitsOf(store), expected);
  const [packed] = await execute(url, 'SELECT SUM(size) AS size, COUNT(*) AS hours FROM packed_hours');
  assert.deepEqual(packed, { size: 50, hours: HOURS });
});

test('an hour is not kept as packed if a fact was added to it meanwhile', async () => {
  const url = await server.createDatabase();
  await using store = await open(url);
  await using other = await open(url);
  const [first = assert.fail()] = SAMPLE;
  const add = (jobId: number) =>
    commit(other, { history: { ...NO_HISTORY, startedJobs: [{ ...first, jobId }] } });
  await add(1);
  await store.packHistory(EVER_MS, 1000);
  await add(2);
  const connections = new Connections({ url, password: null, most: 1, name: 'test' });
  const pack = openPacking(
    {
      read: (work) => connections.read(work),
      readAsOfOneMoment: (work) => connections.readAsOfOneMoment(work),
      // Between reading and keeping.
      async transact(work) {
        await add(3);
        return connections.transact(work);
      },
    },
    () => assert.fail('hours are noted already'),
  );
  assert.equal(await pack(EVER_MS, 1), false);
  assert.equal((await waitsOf(store)).length, 3);
  assert.equal(await store.packHistory(EVER_MS, 1000), true);
  assert.equal((await waitsOf(store)).length, 3);
  await connections.close();
});

test('a fact that another process adds while its hour is packed makes the hour stale', async () => {
  const url = await server.createDatabase();
  await using store = await open(url);
  await using other = await open(url);
  await commit(store, { history: { ...NO_HISTORY, startedJobs: SAMPLE } });
  const [first = assert.fail()] = SAMPLE;
  let added = 0;
  while (!(await store.packHistory(EVER_MS, 1))) {
    if (added > 20) continue;
    added += 1;
    const late = { ...first, jobId: 1000 + added };
    await Promise.all([
      store.packHistory(EVER_MS, 1),
      other.packHistory(EVER_MS, 1),
      commit(other, { history: { ...NO_HISTORY, startedJobs: [late] } }),
    ]);
    assert.equal((await waitsOf(store)).length, 50 + added);
  }
  const [packed] = await execute(url, 'SELECT SUM(size) AS size FROM packed_hours');
  assert.deepEqual(packed, { size: 50 + added });
});

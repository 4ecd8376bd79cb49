import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { deliveriesOf } from '../../../simulator/deliveries.ts';
import { pastWorld } from '../../../simulator/world.ts';
import { job, run } from '../../../test/fixtures/states.ts';
import { deliveryOf, PROCESSING_RULES } from '../../../test/pipeline.ts';
import { cutConnections, openPostgresDatabases } from '../../../test/postgres-databases.ts';
import { accept, cellsOf, commit, delivery, load, NOW } from '../../../test/store-conformance/store-case.ts';
import { WATCHED_SINK, wholeStore } from '../../../test/whole-store.ts';
import { readBatch } from '../../collector/batch.ts';
import { processBatch } from '../../collector/process.ts';
import { DOMAIN } from '../../domain/catalogue.ts';
import { countOf } from '../../domain/metric.ts';
import { NO_CHANGES, NO_KEYS } from '../../domain/transaction.ts';
import { openSqliteStore } from '../sqlite/store.ts';
import { LOCK_HEAD } from './head.ts';
import { openPostgresStore } from './store.ts';

/* What only a database on a server meets. */

const databases = openPostgresDatabases();
const clock = () => NOW;
const INCREMENTS = [countOf(DOMAIN.dispatches, ['o/r', 'w'])];

async function openStore(options: { readonly clock?: () => number } = { clock }) {
  const url = await databases.create();
  return { url, store: await openPostgresStore({ url, password: null, ...options }) };
}

test('postgres: what waits for its turn when all connections are lost has stored nothing, and can be tried again', async () => {
  const { url, store } = await openStore();
  await using _ = store;
  await using holder = await lockHead(url);
  const source = { arrived: [delivery('a')] };
  const waiting = accept(store, source.arrived);
  const lost = assert.rejects(waiting, { code: 'store_unavailable' });
  await holder.untilAnotherWaits();
  await cutConnections(url);
  await lost;
  assert.deepEqual(await store.unseen(['a']), ['a']);
  assert.deepEqual(await accept(store, source.arrived), ['accepted']);
  assert.equal((await store.queueStatus()).pending, 1);
});

test('postgres: a delivery that another process has taken over while it was leased is a duplicate, and stays', async () => {
  const { url, store } = await openStore();
  await using _ = store;
  await accept(store, [delivery('a'), delivery('b')]);
  const leased = await store.lease(9, 60_000);
  await execute(url, `UPDATE deliveries SET replica_id = 99 WHERE guid = 'a'`);
  const failed = leased.map(({ id }) => ({ id, attempts: 1, error: 'why' }));
  let seen: unknown;
  await store.process({ leased }, NO_KEYS, (outcomes) => {
    seen = outcomes;
    return { ...NO_CHANGES, failed };
  });
  assert.deepEqual(seen, ['duplicate', 'accepted']);
  assert.deepEqual(await store.queueStatus(), { pending: 1, retrying: 0, parked: 1, oldestMs: NOW });
});

test('postgres: own retries keep their distance from the time when the clock of the process is corrected', async () => {
  const { url, store } = await openStore();
  await using _ = store;
  await accept(store, [delivery('own'), delivery('of another')]);
  const leased = await store.lease(9, 1000);
  const failed = leased.map(({ id }) => ({ id, attempts: 1, error: '', retryAtMs: NOW - 9000 + 20 }));
  await commit(store, { failed }, leased);
  await execute(url, `UPDATE failed_deliveries SET replica_id = 99 WHERE guid = 'of another'`);
  await store.correctTimes({ byMs: 9000, nowMs: NOW });
  const due = await execute(url, 'SELECT guid, due_at_ms FROM failed_deliveries ORDER BY id');
  assert.deepEqual(
    due.map(({ due_at_ms }) => Number(due_at_ms) - NOW),
    [20, 20 - 9000],
  );
});

test('postgres: names with any characters, and the largest whole numbers, come back as they were', async () => {
  const { store } = await openStore();
  await using _ = store;
  const name = 'q"uo\'te \\ {a,b} NULL \u{1F41C}\n\t\u2028';
  const most = Number.MAX_SAFE_INTEGER;
  const written = job({ jobId: most, runId: most, name, runsOn: ['a\0b', name], headBranch: name });
  const ofRun = run({ runId: most, workflow: name, repositoryId: most, headBranch: '' });
  const increments = [countOf(DOMAIN.dispatches, [name, 'a\0b'], most - 1)];
  await commit(store, { jobs: [written], runs: [ofRun], increments });
  await commit(store, { increments: [countOf(DOMAIN.dispatches, [name, 'a\0b'])] });
  const known = await load(store, { jobs: [written], runs: [ofRun] });
  assert.deepEqual([known.jobs, known.runs], [[written], [ofRun]]);
  const [cell] = await cellsOf(store);
  assert.deepEqual([cell?.labels, cell?.value], [[name, 'a\0b'], most]);
  const payload = JSON.stringify({ text: `\0 ${name}` });
  await accept(store, [delivery(name, { payload })]);
  assert.equal((await store.lease(1, 1000))[0]?.payload, payload);
});

test('postgres: a name that no index holds is a fault of that delivery, and not one of the database', async () => {
  const { store } = await openStore();
  await using _ = store;
  const event = Array.from({ length: 3000 }, (_, at) =>
    String.fromCodePoint(0x4e00 + ((at * 7919) % 20_000)),
  ).join('');
  const stored = commit(store, { runs: [run({ event })], increments: INCREMENTS });
  await assert.rejects(stored, { code: '54000' });
  assert.deepEqual(await cellsOf(store), []);
});

test('postgres: five hundred deliveries of many runs in one transaction are as in SQLite', async () => {
  const { store } = await openStore();
  await using _ = store;
  await using single = await openSqliteStore({ url: 'memory:', clock });
  const world = pastWorld({ seed: 'many', runs: 60, inFlight: 0.2, endMs: NOW, spanMs: 30 * 24 * 3_600_000 });
  const sent = Array.from(deliveriesOf(world), ({ guid, event, body }) => ({
    guid,
    event,
    body: body(),
  })).slice(0, 500);
  const arrived = sent.map((each) => deliveryOf(each, NOW));
  assert.equal(arrived.length, 500);
  const { read } = readBatch(arrived, PROCESSING_RULES.observe);
  const runIds = [
    ...new Set(
      read.flatMap(({ reading }) =>
        'observation' in reading && 'runId' in reading.observation ? [reading.observation.runId ?? 0] : [],
      ),
    ),
  ];
  const whole: unknown[] = [];
  for (const each of [single, store]) {
    await each.openSinks({ samples: [WATCHED_SINK], traces: [WATCHED_SINK] });
    await processBatch({ arrived }, { read }, { queue: each, rules: () => PROCESSING_RULES });
    whole.push(await wholeStore(each, { runIds, nowMs: NOW }));
  }
  assert.deepEqual(whole[1], whole[0]);
});

test('postgres: the time of a transaction is that of the database, after the wait for its turn', async () => {
  const { url, store } = await openStore({});
  await using _ = store;
  await using holder = await lockHead(url);
  const times: number[] = [];
  const waiting = store.process({ leased: [] }, NO_KEYS, (_, __, nowMs) => {
    times.push(nowMs);
    return NO_CHANGES;
  });
  await holder.untilAnotherWaits();
  const [row] = await execute(url, 'SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint AS now');
  await holder.release();
  await waiting;
  assert.ok(Number(times[0]) >= Number(row?.['now']));
});

interface Holder extends AsyncDisposable {
  /** Resolves once a transaction waits for its turn. */
  untilAnotherWaits(): Promise<void>;
  release(): Promise<void>;
}

/** A transaction whose turn it is. */
async function lockHead(url: string): Promise<Holder> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`BEGIN; ${LOCK_HEAD.text}`);
  return {
    async untilAnotherWaits() {
      const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while ((await execute(url, waiting)).length === 0) await sleep(5);
    },
    async release() {
      await client.query('ROLLBACK');
    },
    async [Symbol.asyncDispose]() {
      await client.end();
    },
  };
}

async function execute(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}

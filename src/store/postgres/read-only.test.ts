import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { finishedJob } from '../../../test/fixtures/facts.ts';
import { job } from '../../../test/fixtures/states.ts';
import { type PostgresServer, startPostgres } from '../../../test/postgres.ts';
import { commit, NOW } from '../../../test/store-conformance/store-case.ts';
import type { Store } from '../../domain/contracts.ts';
import { NO_HISTORY } from '../../domain/history.ts';
import type { Jobs } from '../../domain/openapi-types.ts';
import { type HistoryReader, NO_FILTERS } from '../../domain/queries.ts';
import { ReadThread } from '../../read-thread/read-thread.ts';
import { monotonicMs } from '../../timing/monotonic.ts';
import { SharedTime } from '../../timing/service-time.ts';
import { SharedMoment } from '../../timing/shared-moment.ts';
import { Connections } from './connections.ts';
import { readOnly } from './read-only.ts';
import { openPostgresStore } from './store.ts';

const MOMENT = { nowMs: NOW, asOfMs: NOW };
const WINDOW = { fromMs: NOW - 10, toMs: NOW };

let server: PostgresServer;
let url: string;
let store: Store;
let connections: Connections;
before(async () => {
  server = await startPostgres();
  url = await server.createDatabase();
  store = await openPostgresStore({ url, password: null });
  connections = new Connections({ url, password: null, most: 2, name: 'reader' });
});
after(async () => {
  await connections.close();
  await store[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function endsOf(reader: HistoryReader): Promise<number[]> {
  const batches = await Array.fromAsync(reader.finishedJobs(WINDOW, NO_FILTERS, ['jobId']));
  return batches.flatMap(({ jobId }) => [...jobId]);
}

function finish(jobId: number): Promise<void> {
  const history = { ...NO_HISTORY, finishedJobs: [finishedJob({ jobId, endedAtMs: NOW - 5 })] };
  return commit(store, { history, jobs: [job({ jobId, createdAtMs: NOW })] });
}

test('a question reads one moment', async () => {
  await readOnly(connections, MOMENT, async (reader) => {
    assert.equal(await reader.beginsAtMs(), null);
    await finish(1);
    assert.equal(await reader.beginsAtMs(), null);
    assert.deepEqual(await endsOf(reader), []);
  });
  assert.deepEqual(await readOnly(connections, MOMENT, endsOf), [1]);
});

test('a question gives up after ten seconds', async () => {
  let nowMs = 0;
  const tooSlow = readOnly(
    connections,
    MOMENT,
    async (reader) => {
      nowMs = 10_001;
      await endsOf(reader);
    },
    () => nowMs,
  );
  await assert.rejects(tooSlow, { code: 'query_too_slow' });
});

test('a statement that the database cancels for its duration was too much, and the next question is answered', async () => {
  const [client, other] = [1, 2].map(() => new pg.Client({ connectionString: url })) as [
    pg.Client,
    pg.Client,
  ];
  await Promise.all([client.connect(), other.connect()]);
  try {
    await client.query('BEGIN; LOCK TABLE finished_job_facts');
    const asked = assert.rejects(readOnly(connections, MOMENT, endsOf), { code: 'query_too_slow' });
    const cancel = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'reader' AND wait_event_type = 'Lock'`;
    while ((await other.query(cancel)).rowCount === 0) await sleep(10);
    await asked;
    await client.query('COMMIT');
    await readOnly(connections, MOMENT, endsOf);
  } finally {
    await Promise.all([client.end(), other.end()]);
  }
});

test('a thread answers from the database by itself, and never tells the password', async () => {
  await finish(2);
  const shared = new SharedTime();
  shared.offsetMs = NOW - monotonicMs();
  const options = { time: shared.buffer, changed: new SharedMoment().buffer, rules: () => ({}) };
  const openThread = (at: string) => new ReadThread({ ...options, place: { url: at, password: 'telltale' } });
  const list = { statuses: ['queued'], window: null, isStale: false, order: 'created', isDescending: false };
  const query = { query: { ...NO_FILTERS, ...list, limit: 5, after: null }, webUrl: '' };
  const thread = openThread(url);
  const lost = openThread('postgres://127.0.0.1:1/none');
  try {
    const { jobs } = (await thread.answer('jobs', query)) as Jobs;
    assert.ok(jobs.some((each) => each.job_id === 2));
    await assert.rejects(lost.answer('jobs', query), (error: Error & { code: string }) => {
      assert.equal(error.code, 'store_unavailable');
      assert.doesNotMatch(`${error.message}${error.stack}`, /telltale/);
      return true;
    });
  } finally {
    await thread.close();
    await lost.close();
  }
});

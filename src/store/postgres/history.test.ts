import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startPostgres } from '../../../test/postgres.ts';
import {
  finished,
  HISTORY_ROW_CASES,
  type RowsAfter,
} from '../../../test/store-conformance/history-row-cases.ts';
import { commit, NOW } from '../../../test/store-conformance/store-case.ts';
import { NO_HISTORY } from '../../domain/history.ts';
import { Connections } from './connections.ts';
import { statement } from './statement.ts';
import { openPostgresStore } from './store.ts';

const server = await startPostgres();
after(() => server[Symbol.asyncDispose]());

async function rows(url: string, sql: string): Promise<unknown[]> {
  const connections = new Connections({ url, password: null, most: 1, name: 'reader' });
  const found = await connections.read((session) => session.rows(statement(sql)));
  await connections.close();
  return found;
}

const rowsAfter: RowsAfter = async (work, sql) => {
  const url = await server.createDatabase();
  await using store = await openPostgresStore({ url, password: null, clock: () => NOW });
  await work(store);
  return rows(url, sql);
};

for (const [behaviour, body] of Object.entries(HISTORY_ROW_CASES))
  test(`postgres: ${behaviour}`, () => body(rowsAfter));

test('facts of one transaction that are told twice are one: the last; flaky times add up', async () => {
  const place = finished(1);
  const history = {
    ...NO_HISTORY,
    finishedJobs: [finished(1, { conclusion: 'failure' }), finished(2), finished(1)],
    flakyJobs: [1, 2].map((times) => ({ ...place, times })),
  };
  const work = async (store: Parameters<Parameters<RowsAfter>[0]>[0]) => {
    await commit(store, { history });
    await commit(store, { history });
  };
  assert.deepEqual(await rowsAfter(work, 'SELECT job_id, conclusion FROM finished_jobs ORDER BY job_id'), [
    { job_id: 1, conclusion: 'success' },
    { job_id: 2, conclusion: 'success' },
  ]);
  assert.deepEqual(await rowsAfter(work, 'SELECT times FROM flaky_jobs'), [{ times: 6 }]);
});

test('two processes have one number for a name, whoever stored it first', async () => {
  const url = await server.createDatabase();
  await using first = await openPostgresStore({ url, password: null });
  await using second = await openPostgresStore({ url, password: null });
  const stores = [first, second, second, first];
  for (const [index, store] of stores.entries()) {
    const finishedJobs = [finished(index, { repository: `o/${index % 3}` })];
    await commit(store, { history: { ...NO_HISTORY, finishedJobs } });
  }
  assert.deepEqual(
    await rows(url, 'SELECT name, COUNT(*) AS count FROM names GROUP BY name HAVING COUNT(*) > 1'),
    [],
  );
  const repositories = await rows(url, 'SELECT job_id, repository FROM finished_jobs ORDER BY job_id');
  assert.deepEqual(
    repositories,
    stores.map((_, index) => ({ job_id: index, repository: `o/${index % 3}` })),
  );
});

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startPostgres } from '../../../test/postgres.ts';
import { commit } from '../../../test/store-conformance/store-case.ts';
import type { JobNumber } from '../../domain/observation.ts';
import { openPostgresStore } from './store.ts';

const server = await startPostgres();
after(() => server[Symbol.asyncDispose]());

function number(metric: string, value: number, atMs = 1): JobNumber {
  return { metric, labels: ['a', 'b'], value, atMs };
}

test('what is told more than once in a transaction is added one after the other, as in memory', async () => {
  await using store = await openPostgresStore({ url: await server.createDatabase(), password: null });
  const added = [0.1, 1e15, 0.3, 0.3, 7];
  await commit(store, { numbers: [number('job_x_total', 0.2, 5)] });
  await commit(store, {
    numbers: added.flatMap((value, at) => [number('job_x_total', value, at), number('job_x', value, -at)]),
  });
  const { numbers } = await store.readSeries();
  assert.deepEqual(
    numbers.toSorted((a, b) => a.metric.length - b.metric.length),
    [
      number('job_x', 0.1, 0),
      number(
        'job_x_total',
        added.reduce((sum, value) => sum + value, 0.2),
        5,
      ),
    ],
  );
});

test('of a gauge, the second of two at the same time is kept', async () => {
  await using store = await openPostgresStore({ url: await server.createDatabase(), password: null });
  await commit(store, { numbers: [number('job_x', 1), number('job_x', 2)] });
  await commit(store, { numbers: [number('job_x', 3)] });
  assert.deepEqual((await store.readSeries()).numbers, [number('job_x', 3)]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRoutes } from '../../../test/fixtures/routes.ts';
import { cursorOf } from '../../queries/paging.ts';
import { offsetOf } from './cursor.ts';
import { BadQuery } from './parameters.ts';
import { addReadRoute } from './read-route.ts';

const NOW_MS = Date.parse('2026-11-28T12:00:30Z');

function start() {
  const state = { nowMs: NOW_MS, asOf: '2026-11-28T11:00:00.000Z', asked: 0, dollars: 1.5 };
  const app = openRoutes((routes) =>
    addReadRoute(routes, () => state.nowMs, 'cost', {
      ask: async ({ by, limit }) => {
        state.asked += 1;
        if (limit === 13) throw new BadQuery('limit 13 is unlucky.');
        return { as_of: state.asOf, by, limit, rows: [{ repository: '=evil()', dollars: state.dollars }] };
      },
      table: ({ rows }) => ({ columns: ['repository', 'dollars'], rows }),
    }),
  );
  return { app, state };
}

test('an answer is JSON, or a CSV file to download', async () => {
  const { app } = start();
  const json = await app.get('/api/v1/cost?by=sku');
  assert.deepEqual([json.status, json.json().by], [200, 'sku']);
  const csv = await app.get('/api/v1/cost?format=csv');
  assert.equal(csv.headers['Content-Type'], 'text/csv; charset=utf-8');
  assert.equal(csv.headers['Content-Disposition'], 'attachment; filename="ant-watcher-cost.csv"');
  assert.equal(csv.body, "repository,dollars\r\n'=evil(),1.5\r\n");
});

test('asking again is a 304 while the numbers are the same, whenever that is', async () => {
  const { app, state } = start();
  const ask = async (etag?: string, path = '/api/v1/cost') =>
    app.get(path, etag === undefined ? {} : { 'if-none-match': etag });
  const first = String((await ask()).headers['ETag']);
  assert.match(first, /^W\/"/);
  state.nowMs += 3_600_000;
  state.asOf = '2026-11-28T12:00:00.000Z';
  assert.deepEqual([(await ask(first)).status, (await ask(first)).body], [304, '']);
  assert.equal((await ask(first, '/api/v1/cost?by=sku')).status, 200);
  for (const same of [`"x", ${first}`, `${first},"x"`, first.slice(2), '*'])
    assert.equal((await ask(same)).status, 304, same);
  for (const other of ['"x"', `W/${first}`, first.slice(3, -1), ',,', '""'])
    assert.equal((await ask(other)).status, 200, other);
  state.dollars = 2;
  assert.equal((await ask(first)).status, 200);
});

test('a wrong parameter is a 400 in our form, before anything is asked; values that do not fit, too', async () => {
  const { app, state } = start();
  const wrong = await app.get('/api/v1/cost?form=-1d');
  assert.deepEqual([wrong.status, wrong.json().error.code, state.asked], [400, 'bad_request', 0]);
  assert.match(wrong.json().error.message, /Did you mean from\?/);
  assert.match((await app.get('/api/v1/cost?limit=13')).json().error.message, /unlucky/);
});

test('a cursor is only valid for its order', () => {
  assert.equal(offsetOf(cursorOf('-p95', 40), '-p95'), 40);
  assert.equal(offsetOf(undefined, '-p95'), 0);
  for (const cursor of [cursorOf('-p95', 40), cursorOf('p50', -1), cursorOf('p50', 1.5), 'x'])
    assert.throws(() => offsetOf(cursor, 'p50'), BadQuery, cursor);
});

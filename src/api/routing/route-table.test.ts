import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Answer, jsonAnswer } from './answer.ts';
import { type ApiRequest, RouteTable } from './route-table.ts';

const REFUSED: Answer = { status: 401 };
const PATHS = ['/', '/runs', '/runs/:id', '/runs/all', '/api/v1/runs/:id', '/files/:name'];

/** All routes answer with their path and what stands in its open part; those that change things are guarded. */
function openTable() {
  let refuses = false;
  const asked: string[] = [];
  const table = new RouteTable(() => ({ status: 404 }));
  const open = table.behind();
  const guarded = table.behind(() => (refuses ? REFUSED : null));
  for (const path of PATHS) open.get(path, ({ param }) => jsonAnswer([path, param]));
  guarded.post('/runs', () => {
    asked.push('/runs');
    return jsonAnswer('changed');
  });
  const ask = async (method: string, target: string) => {
    const { handle, ...found } = table.find(method, target);
    const { status, body } = (await handle({ method, ...found } as unknown as ApiRequest)) ?? {};
    return { status, said: body === undefined ? null : JSON.parse(String(body)) };
  };
  return { ask, asked, refuse: () => (refuses = true) };
}

test('a route is found under its own path and no other', async () => {
  const { ask } = openTable();
  for (const [target, path, param] of [
    ['/', '/', ''],
    ['/runs', '/runs', ''],
    ['/%72uns?x', '/runs', ''],
    ['/runs/all', '/runs/all', ''],
    ['/runs/all2', '/runs/:id', 'all2'],
    ['/runs/', '/runs/:id', ''],
    ['/runs/:id', '/runs/:id', ':id'],
    ['/runs/:', '/runs/:id', ':'],
    ['/r%75ns/%31', '/runs/:id', '1'],
    ['/runs/a%2Fb', '/runs/:id', 'a/b'],
    ['/runs/%252F', '/runs/:id', '%2F'],
    ['/runs/..', '/runs/:id', '..'],
  ] as const)
    assert.deepEqual(await ask('GET', target), { status: 200, said: [path, param] }, target);
  for (const target of [
    ...['//', '//runs', '/runs//1', '/runs/1/', '/runs/a/b', '/RUNS', '/runs%2F1', '/runs%2Fall'],
    ...['/api/v1/runs', '/x/../runs', '/runs;a', '/runs%3Fx', '/runs%23', '/runs%00', 'runs', '*'],
    ...['/files', '/__proto__', '/constructor', '/runs:', '/:', '/unknown'],
  ])
    assert.equal((await ask('GET', target)).status, 404, target);
});

test('no spelling of a path leads past the guard of its route', async () => {
  const { ask, asked, refuse } = openTable();
  assert.deepEqual(await ask('POST', '/runs'), { status: 200, said: 'changed' });
  refuse();
  const letters = fc.constantFrom(...'/runs%72fF25:?#.;@ ', '%2F', '%2e', 'http://h');
  const targets = fc.oneof(
    fc.array(letters, { maxLength: 8 }).map((each) => each.join('')),
    fc.constantFrom('/%72uns', '/runs?', '/runs#', 'http://h/runs'),
  );
  const methods = fc.constantFrom('POST', 'GET', 'HEAD', 'PUT', 'post', '__proto__', 'POST /runs');
  await fc.assert(
    fc.asyncProperty(methods, targets, async (method, target) => {
      await ask(method, target);
      assert.deepEqual(asked, ['/runs']);
    }),
  );
});

test('HEAD is answered as GET; another method has nothing at a path', async () => {
  const { ask } = openTable();
  assert.deepEqual(await ask('HEAD', '/runs'), { status: 200, said: ['/runs', ''] });
  for (const method of ['PUT', 'DELETE', 'OPTIONS', 'TRACE', 'get', 'QUERY', 'constructor'])
    for (const target of ['/runs', '/runs/1']) assert.equal((await ask(method, target)).status, 404, method);
  assert.equal((await ask('POST', '/runs/1')).status, 404);
});

test('what is no URL, and what is longer than any id, is said as such', async () => {
  const { ask } = openTable();
  for (const method of ['GET', 'POST', 'DELETE'])
    assert.equal((await ask(method, '/runs/%zz')).said.error.code, 'bad_request');
  const longest = 'é'.repeat(100);
  assert.deepEqual((await ask('GET', `/runs/${encodeURIComponent(longest)}`)).said, ['/runs/:id', longest]);
  assert.equal((await ask('GET', `/runs/${'a'.repeat(101)}`)).said.error.code, 'path_too_long');
  assert.equal((await ask('GET', `/other/${'a'.repeat(101)}`)).status, 404);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFixture, TOKEN } from '../../test/fixtures/simulated-rest.ts';
import { LIE_KINDS, type LieKind } from './lies.ts';

const RUNS = '/repos/lumen-works/web-shop/actions/runs?per_page=5';

async function openLying(...kinds: readonly LieKind[]) {
  const fixture = await openFixture();
  fixture.github.lies.shares = Object.fromEntries(kinds.map((kind) => [kind, 1]));
  const read = async (path: string, headers: Record<string, string> = {}) => {
    const url = path.startsWith('http') ? path : fixture.github.url + path;
    const authorization = `Bearer ${TOKEN}`;
    const agent = { 'user-agent': 'test' };
    return fetch(url, { headers: { authorization, ...agent, ...headers }, redirect: 'manual' });
  };
  return Object.assign(fixture, { read });
}

function nextOf(response: Response): string {
  return /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? assert.fail('no next page');
}

const idsIn = async (response: Response) =>
  ((await response.json()) as { workflow_runs: { id: number }[] }).workflow_runs.map(({ id }) => id);

test('every kind of lie affects a list of runs, and none does once lies are off', async () => {
  for (const kind of LIE_KINDS.filter((each) => each !== 'trickle' && each !== 'bomb')) {
    await using lying = await openLying(kind);
    const described = async (answer: Response) =>
      JSON.stringify([
        answer.status,
        await answer.text(),
        answer.headers.get('link'),
        answer.headers.get('etag'),
      ]) + [...answer.headers].filter(([name]) => name.startsWith('x-ratelimit') || name === 'date').join();
    const [lie, other] = [await described(await lying.read(RUNS)), await described(await lying.read(RUNS))];
    lying.github.lies.shares = {};
    const truth = await described(await lying.read(RUNS));
    assert.ok(lie !== truth || other !== truth, kind);
  }
});

test('endless pages continue, the same one or fresh ones, while the lie is on', async () => {
  for (const [kind, isSame] of [
    ['same_page', true],
    ['fresh_pages', false],
  ] as const) {
    await using lying = await openLying(kind);
    const first = await lying.read(RUNS);
    lying.github.lies.shares = { [kind]: 0.000_001 };
    const second = await lying.read(nextOf(first));
    const third = await lying.read(nextOf(second));
    const [a, b, c] = [await idsIn(first), await idsIn(second), await idsIn(third)];
    assert.equal(a.length, 5);
    assert.equal(a.join() === b.join() && b.join() === c.join(), isSame);
    assert.equal(new Set([...a, ...b, ...c]).size, isSame ? 5 : 15);
    lying.github.lies.shares = {};
    assert.deepEqual(await idsIn(await lying.read(nextOf(second))), a);
  }
});

test('a stale ETag is confirmed until lies are off', async () => {
  await using lying = await openLying('stale_etag');
  const etag = (await lying.read(RUNS)).headers.get('etag') ?? '';
  assert.equal((await lying.read(RUNS, { 'if-none-match': etag })).status, 304);
  lying.github.lies.shares = {};
  assert.equal((await lying.read(RUNS, { 'if-none-match': etag })).status, 200);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  APP,
  attempt,
  FAILED,
  fakeEngine,
  fakeGitHub,
  HOUR_MS,
  NOW,
  ok,
  surroundings,
} from '../../test/fixtures/history.ts';
import type { DeliveryAttempt, Hook } from '../domain/github-history.ts';
import { recoverSection, sendsToUs } from './hook-log-section.ts';

function stage() {
  const [github, engine] = [fakeGitHub(), fakeEngine()];
  const options = { ...surroundings(), history: github.history, engine };
  const cursors: string[] = [];
  const read = (hoursAgo: number, from: string | null = null) =>
    recoverSection(
      {
        ...{ hook: APP, from, sinceMs: NOW - hoursAgo * HOUR_MS },
        onPage: async (next) => void cursors.push(`${next} after ${engine.accepted.length}`),
      },
      options,
    );
  return { github, engine, cursors, read, options };
}

test('missing deliveries are fetched page by page, oldest first in each, whatever status GitHub gives them', async () => {
  const { github, engine, cursors, read } = stage();
  github.logs.set(
    'app',
    ok([attempt(5, 1), attempt(4, 1.5, true), attempt(3, 2), attempt(2, 2.5), attempt(1, 3)]),
  );
  engine.seen.add('g2');
  const pass = await read(10);
  assert.deepEqual(engine.accepted, ['g4', 'g5', 'g3', 'g1']);
  assert.deepEqual([pass.isComplete, pass.recovered, pass.attempts, pass.pages], [true, 4, 5, 2]);
  assert.deepEqual(
    cursors,
    ['4 after 2', '2 after 3'],
    'a cursor is reported once everything before it is durable',
  );
});

test('a delivery that GitHub does not return for six hours is given up; a rate limit does not count', async () => {
  const { github, engine, options } = stage();
  github.logs.set('app', ok([attempt(2, 1), attempt(1, 2)]));
  const broken = (retryAtMs: number | null) =>
    github.broken.set('g1', { kind: 'failed', reason: 'HTTP 502', retryAtMs });
  const section = { hook: APP, from: null, sinceMs: NOW - 10 * HOUR_MS, onPage: async () => {} };
  const readAt = async (hours: number) => {
    const clock = () => NOW + hours * HOUR_MS;
    return (await recoverSection(section, { ...options, clock, steady: clock })).isComplete;
  };
  broken(null);
  assert.deepEqual([await readAt(0), await readAt(5.9)], [false, false]);
  broken(NOW + 10 * HOUR_MS);
  assert.equal(await readAt(7), false);
  broken(null);
  assert.deepEqual([await readAt(8), await readAt(13), await readAt(14)], [false, false, true]);
  assert.deepEqual(engine.accepted, ['g2']);
});

test('a log can be read from a cursor', async () => {
  const { github, engine, read } = stage();
  github.logs.set('app', ok([5, 4, 3, 2, 1].map((id) => attempt(id, 6 - id))));
  await read(10, '4');
  assert.deepEqual(engine.accepted, ['g2', 'g3', 'g1']);
});

test('an event is fetched once, however often its delivery was attempted', async () => {
  const { github, engine, read } = stage();
  const again = { ...attempt(9, 1), guid: 'g1' };
  github.logs.set('app', ok([again, attempt(8, 1), { ...attempt(7, 1.5), guid: 'g1' }, attempt(1, 2)]));
  await read(10);
  assert.deepEqual(engine.accepted, ['g8', 'g1']);
  assert.equal(github.asked.filter((asked) => asked === 'delivery g1').length, 1);
});

test('the log is read back to the mark and no further, and covers what it reaches', async () => {
  const { github, engine, read } = stage();
  github.logs.set('app', ok([1, 2, 3, 4, 5, 6].map((hours) => attempt(hours, hours))));
  github.broken.set('g5', FAILED);
  const pass = await read(2.5);
  assert.deepEqual(engine.accepted, ['g2', 'g1']);
  assert.equal(pass.coveredSinceMs, NOW - 2.5 * HOUR_MS);
});

test('a log covers three days, and longer only where an older entry proves it', async () => {
  const { github, read } = stage();
  github.logs.set('app', ok([attempt(1, 1), attempt(2, 70)]));
  assert.equal((await read(100)).coveredSinceMs, NOW - 71 * HOUR_MS);
  github.logs.set('app', ok([attempt(1, 1), attempt(2, 101)]));
  assert.equal((await read(100)).coveredSinceMs, NOW - 100 * HOUR_MS);
});

test('a delivery that cannot be fetched now ends the pass, and fetched ones are kept', async () => {
  const { github, engine, cursors, read } = stage();
  github.logs.set('app', ok([attempt(3, 1), attempt(2, 2), attempt(1, 3)]));
  github.broken.set('g3', FAILED);
  const pass = await read(10);
  assert.deepEqual([pass.isComplete, 'retryAtMs' in pass && pass.retryAtMs], [false, NOW + 1]);
  assert.deepEqual([engine.accepted, cursors], [['g2'], []]);
});

test('an entry that left the log does not hold up the rest', async () => {
  const { github, engine, read } = stage();
  github.logs.set('app', ok([attempt(2, 1), attempt(1, 2)]));
  github.broken.set('g1', { kind: 'missing' });
  assert.equal((await read(10)).isComplete, true);
  assert.deepEqual(engine.accepted, ['g2']);
});

test('a delivery that hits a bug is logged and left out, and the others are fetched', async () => {
  const { github, engine, read } = stage();
  github.logs.set('app', ok([attempt(2, 1), attempt(1, 2)]));
  const { delivery } = github.history;
  Object.assign(github.history, {
    delivery: async (hook: Hook, { guid }: DeliveryAttempt) =>
      guid === 'g1' ? assert.fail('a bug') : delivery(hook, attempt(2, 1)),
  });
  assert.equal((await read(10)).isComplete, true);
  assert.deepEqual(engine.accepted, ['g2']);
});

test('events that are not counted are not fetched, but show how far back the log was read', async () => {
  const { github, engine, read } = stage();
  const other = (id: number, hoursAgo: number) => ({ ...attempt(id, hoursAgo), isCounted: false });
  github.logs.set(
    'app',
    ok([other(6, 1), attempt(5, 2), other(4, 3), other(3, 11), other(2, 12), other(1, 13)]),
  );
  const pass = await read(10);
  assert.deepEqual(engine.accepted, ['g5']);
  assert.deepEqual([pass.isComplete, pass.attempts, pass.entries, pass.pages], [true, 1, 4, 1]);
  assert.equal(pass.coveredSinceMs, NOW - 10 * HOUR_MS);
});

test('a hook that delivers many other events is not read to the end of its log', async () => {
  const { github, options } = stage();
  const other = (id: number) => ({ ...attempt(id, 1, true), isCounted: false });
  github.logs.set(OTHER.name, ok(Array.from({ length: 3000 }, (_, index) => other(3000 - index))));
  assert.equal(await sendsToUs(OTHER, NOW - 2 * HOUR_MS, options), false);
  assert.equal(github.asked.length, 500, 'a thousand attempts, in pages of two');
});

const OTHER: Hook = {
  name: 'organization/1',
  of: 'o',
  isWhole: true,
  route: '/orgs/{org}/hooks',
  params: {},
  owner: 'o',
};

test('a hook is ours if we have most of what it delivered', async () => {
  const { github, engine, options } = stage();
  const since = NOW - 10 * HOUR_MS;
  github.logs.set(
    OTHER.name,
    ok([attempt(4, 1), attempt(3, 2, true), attempt(2, 3, true), attempt(1, 4, true), attempt(0, 11, true)]),
  );
  engine.seen.add('g1').add('g0');
  assert.equal(await sendsToUs(OTHER, since, options), false);
  engine.seen.add('g2');
  assert.equal(await sendsToUs(OTHER, since, options), true);
  assert.deepEqual(engine.accepted, [], 'nothing is fetched for it');
});

test('a hundred of its latest deliveries decide whether a hook is ours', async () => {
  const { github, engine, options } = stage();
  const ids = Array.from({ length: 300 }, (_, index) => 300 - index);
  github.logs.set(OTHER.name, ok(ids.map((id) => attempt(id, 1, id % 2 === 0))));
  for (const id of ids) if (id > 100) engine.seen.add(`g${id}`);
  assert.equal(await sendsToUs(OTHER, NOW - 2 * HOUR_MS, options), true);
  assert.equal(github.asked.length, 100, 'pages of two, of which one is delivered');
});

test("another tool's hook that has failed for long is not read to the end of its log", async () => {
  const { github, options } = stage();
  github.logs.set(OTHER.name, ok(Array.from({ length: 3000 }, (_, index) => attempt(3000 - index, 1))));
  assert.equal(await sendsToUs(OTHER, NOW - 2 * HOUR_MS, options), false);
  assert.equal(github.asked.length, 500, 'a thousand attempts, in pages of two');
});

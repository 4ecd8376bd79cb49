import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { limitHeaders, NOW, openTestClient, startGitHub } from '../../../test/fixtures/fake-github.ts';
import { ask, openApp, startApp } from '../../../test/fixtures/github-app.ts';
import { Pace } from './pace.ts';

const MINUTE_MS = 60_000;

/** The most points that were spent in any minute. */
function mostInAMinute(spent: readonly { readonly atMs: number; readonly points: number }[]): number {
  const sums = spent.map(({ atMs: sinceMs }) =>
    spent
      .filter(({ atMs }) => atMs >= sinceMs && atMs < sinceMs + MINUTE_MS)
      .reduce((sum, { points }) => sum + points, 0),
  );
  return Math.max(0, ...sums);
}

test('however requests arrive, no minute exceeds the limit in points, and none waits longer than necessary', () => {
  const requests = fc.array(
    fc.record({
      pauseMs: fc.oneof(fc.constant(0), fc.nat(500), fc.nat(2 * MINUTE_MS)),
      points: fc.constantFrom(1, 1, 1, 5),
    }),
    { maxLength: 300 },
  );
  fc.assert(
    fc.property(requests, fc.constantFrom(75, 120, 900), (all, limit) => {
      let nowMs = 0;
      const pace = new Pace(limit, () => nowMs);
      const spent: { atMs: number; points: number }[] = [];
      let waitedMs = 0;
      for (const { pauseMs, points } of all) {
        nowMs += pauseMs;
        const waitMs = pace.waitMs('token', points);
        nowMs += waitMs;
        waitedMs += waitMs;
        pace.spend('token', points);
        spent.push({ atMs: nowMs, points });
      }
      assert.ok(mostInAMinute(spent) <= limit);
      const total = all.reduce((sum, { points }) => sum + points, 0);
      assert.ok(waitedMs <= Math.ceil((total * MINUTE_MS) / (limit * (14 / 15))) + all.length);
    }),
  );
});

test('each credential has its own pace, a tiny limit lets a costly request pass, and without a limit nothing waits', () => {
  const pace = new Pace(1, () => 0);
  assert.equal(pace.waitMs('app', 5), 0);
  pace.spend('app', 5);
  assert.ok(pace.waitMs('app', 1) > 4 * MINUTE_MS);
  assert.equal(pace.waitMs('token', 1), 0);
  const free = new Pace(null, () => 0);
  for (let times = 0; times < 10_000; times += 1) free.spend('app', 5);
  assert.equal(free.waitMs('app', 5), 0);
});

test('requests are paced even when the headers promise more, and the waiting is counted', async () => {
  const arrivedMs: number[] = [];
  const time = { nowMs: NOW };
  await using server = await startGitHub(() => {
    arrivedMs.push(time.nowMs);
    return { headers: limitHeaders(1_000_000, NOW + MINUTE_MS, 1_000_000) };
  });
  await using client = openTestClient(server.url, { rateLimit: 75 }, time);
  const options = { owner: null, priority: 'recovery' } as const;
  for (let times = 0; times < 200; times += 1)
    assert.equal((await client.github.get('/rate_limit', options)).kind, 'ok');
  const spent = arrivedMs.map((atMs) => ({ atMs, points: 1 }));
  assert.ok(mostInAMinute(spent) <= 75, `${mostInAMinute(spent)} in a minute`);
  assert.ok((client.counts()['wait_seconds_total{recovery}'] ?? 0) > 2 * MINUTE_MS);
});

test('a new token of an installation costs five points', async () => {
  const time = { nowMs: NOW };
  await using server = await startApp({ time });
  await using client = openApp(server.url, { rateLimit: 75 }, time);
  // The App spends one for each page of its installations, and five for the token: more than may be spent at once.
  assert.equal((await ask(client.github)).kind, 'ok');
  assert.equal(client.waits.length, 1);
});

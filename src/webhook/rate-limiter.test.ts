import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { RateLimiter } from './rate-limiter.ts';

function openLimiter(rateLimit = 100_000, rateLimitPerAddress = 100) {
  const now = { ms: 0 };
  const limits = { rateLimit, rateLimitPerAddress };
  return {
    now,
    limits,
    limiter: new RateLimiter(
      () => limits,
      () => now.ms,
    ),
  };
}

function from(network: string, isListed = false) {
  return { network, isListed };
}

/** How many of `count` concurrent requests are admitted. */
function admitted(limiter: RateLimiter, network: string, count: number): number {
  return Array.from({ length: count }, () => limiter.admit(from(network))).filter((wait) => wait === null)
    .length;
}

test('no address exceeds its rate, in any timing, and none that keeps to it is refused', () => {
  const arrivals = fc.array(fc.record({ gapMs: fc.nat(2000), count: fc.nat(400) }), { maxLength: 40 });
  fc.assert(
    fc.property(arrivals, (all) => {
      const { limiter, now } = openLimiter();
      const times: number[] = [];
      for (const { gapMs, count } of all) {
        now.ms += gapMs;
        for (let i = 0; i < admitted(limiter, 'a', count); i++) times.push(now.ms);
        if (gapMs >= 10) assert.equal(limiter.admit(from('quiet')), null);
      }
      times.forEach((startMs, index) => {
        const until = times.findLastIndex((each) => each <= startMs + 1000);
        assert.ok(until - index < 200 + 100 + 1);
      });
    }),
  );
});

test('a refused client is admitted after the time it was told, and not a second earlier', () => {
  const { limiter, now } = openLimiter(1000, 1);
  assert.equal(admitted(limiter, 'a', 10), 2);
  const waitSeconds = limiter.admit(from('a')) ?? 0;
  assert.ok(waitSeconds >= 1);
  now.ms += waitSeconds * 1000 - 1001;
  assert.notEqual(limiter.admit(from('a')), null);
  now.ms += 1001;
  assert.equal(limiter.admit(from('a')), null);
});

test('a failure costs as much as fifty deliveries, and more with a long body', () => {
  const { limiter } = openLimiter();
  assert.equal(limiter.admit(from('a')), null);
  limiter.failed(from('a'), 0);
  assert.equal(admitted(limiter, 'a', 500), 150);
  limiter.failed(from('b'), 101 * 1024);
  assert.equal(admitted(limiter, 'b', 500), 50);
});

test('however often an address fails, it is blocked for at most three seconds', () => {
  const { limiter, now } = openLimiter();
  for (let i = 0; i < 1000; i++) limiter.failed(from('a'), 25 * 1024 ** 2);
  assert.ok((limiter.admit(from('a')) ?? 0) <= 3);
  now.ms += 2020;
  assert.equal(limiter.admit(from('a')), null);
});

test('failures under a high limit do not block for longer after the limit is lowered', () => {
  const { limiter, limits, now } = openLimiter(100_000, 20_000);
  limiter.failed(from('a'), 1e9);
  limits.rateLimitPerAddress = 1;
  assert.equal(limiter.admit(from('a')), 3);
  now.ms += 3000;
  assert.equal(limiter.admit(from('a')), null);
});

test("strangers can't use up what is kept for known and listed senders", () => {
  const { limiter } = openLimiter(1000, 100);
  limiter.succeeded('github');
  for (let i = 0; i < 5000; i++) {
    if (limiter.admit(from(`stranger ${i}`)) === null) limiter.failed(from(`stranger ${i}`), 1_000_000);
  }
  assert.notEqual(limiter.admit(from('newcomer')), null);
  assert.equal(limiter.admit(from('github')), null);
  assert.equal(limiter.admit(from('listed', true)), null);
});

test('all senders together have a limit, including known ones', () => {
  const { limiter } = openLimiter(100, 1000);
  for (const network of ['a', 'b', 'c']) limiter.succeeded(network);
  assert.equal(admitted(limiter, 'a', 150) + admitted(limiter, 'b', 150) + admitted(limiter, 'c', 1), 200);
});

test('new limits apply from the next request on', () => {
  const { limiter, limits, now } = openLimiter();
  assert.equal(admitted(limiter, 'a', 500), 200);
  limits.rateLimitPerAddress = 1000;
  now.ms += 1000;
  assert.equal(admitted(limiter, 'a', 5000), 1000);
});

test('a clock that goes back neither admits nor blocks anything', () => {
  const { limiter, now } = openLimiter();
  now.ms = 10_000_000;
  assert.equal(admitted(limiter, 'a', 500), 200);
  now.ms = 0;
  assert.equal(admitted(limiter, 'a', 10), 0);
  now.ms = 1000;
  assert.equal(admitted(limiter, 'a', 500), 100);
});

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

test('a million addresses take no more memory than ten thousand', () => {
  const { limiter } = openLimiter();
  const ask = (first: number, count: number) => {
    for (let i = first; i < first + count; i++) {
      limiter.admit(from(`2001:db8:${i.toString(16)}::/64`));
      limiter.succeeded(`2001:db8:${i.toString(16)}::/64`);
    }
  };
  ask(0, 20_000);
  const beforeBytes = heapBytes();
  ask(20_000, 1_000_000);
  assert.ok(heapBytes() - beforeBytes < 2 * 1024 ** 2);
});

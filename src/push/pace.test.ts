import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SendOutcome } from '../domain/send-outcome.ts';
import { firstPace, nextPace, type Pace, type Sent } from './pace.ts';

const LIMITS = { batchSize: 100 };
const SENT: SendOutcome = { kind: 'sent' };
const TOO_LARGE: SendOutcome = { kind: 'too_large', reason: '413' };
const REJECTED: SendOutcome = { kind: 'rejected', reason: '400' };
const REFUSED: SendOutcome = { kind: 'refused', reason: '401' };
const RETRY: SendOutcome = { kind: 'retry', reason: '503', retryAfterMs: null };

/** So many samples. */
function many(count: number): Sent {
  return { entries: count, weight: count };
}

function after(outcomes: readonly SendOutcome[], random = 1) {
  let pace: Pace = firstPace(LIMITS);
  return outcomes.map((outcome) => {
    const verdict = nextPace(pace, outcome, many(pace.size), LIMITS, random);
    pace = verdict.pace;
    return { size: pace.size, settle: verdict.settle, waitMs: verdict.waitMs };
  });
}

test('a batch that is too large is halved, and the size grows back slowly, so that it is seldom too large again', () => {
  const sizes = after([TOO_LARGE, TOO_LARGE, SENT, SENT, SENT]).map(({ size }) => size);
  assert.deepEqual(sizes, [50, 25, 27, 29, 31]);
});

test('a rejected batch is halved down to the bad sample, and full size returns right after', () => {
  const verdicts = after([
    REJECTED,
    REJECTED,
    REJECTED,
    REJECTED,
    REJECTED,
    REJECTED,
    REJECTED,
    SENT,
    SENT,
    SENT,
  ]);
  assert.deepEqual(
    verdicts.map(({ size }) => size),
    [50, 25, 12, 6, 3, 1, 1, 2, 4, 8],
  );
  assert.deepEqual(
    verdicts.slice(5, 8).map(({ settle }) => settle),
    [null, 'rejected', 'sent'],
  );
  assert.ok(verdicts.every(({ waitMs }) => waitMs === 0));
});

test('a single sample that is too large is given up', () => {
  let pace = firstPace({ batchSize: 1 });
  const verdict = nextPace(pace, TOO_LARGE, many(1), { batchSize: 1 }, 0);
  pace = verdict.pace;
  assert.deepEqual([verdict.settle, pace.size], ['rejected', 1]);
});

test('after many rejections in a row, as many samples again are given up at once, until one is accepted', () => {
  const verdicts = after(Array.from({ length: 26 }, () => REJECTED));
  const given = verdicts.map(({ settle }) => settle);
  // Six halvings and sixteen single samples, then 16, 32, 64 and 100 at once.
  assert.deepEqual(given, [...new Array(6).fill(null), ...new Array(20).fill('rejected')]);
  assert.deepEqual(
    verdicts.slice(20).map(({ size }) => size),
    [1, 16, 32, 64, 100, 100],
  );
  const { pace } = nextPace(
    { size: 64, ceiling: 100, attempts: 0, bad: many(64) },
    SENT,
    many(64),
    LIMITS,
    0,
  );
  assert.equal(nextPace(pace, REJECTED, many(64), LIMITS, 0).settle, null);
});

test('waits double up to a minute, and are random below that', () => {
  const waits = (random: number) => after(new Array(9).fill(RETRY), random).map(({ waitMs }) => waitMs);
  assert.deepEqual(waits(1), [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  assert.deepEqual(waits(0.25).slice(0, 3), [250, 500, 1000]);
  assert.deepEqual(after([RETRY, RETRY, SENT, RETRY]).at(-1)?.waitMs, 1000);
});

test("a receiver's own time to wait is honoured, within limits", () => {
  const asked = (retryAfterMs: number) => after([{ ...RETRY, retryAfterMs }])[0]?.waitMs;
  assert.deepEqual([asked(30_000), asked(10), asked(10 ** 9)], [30_000, 1000, 600_000]);
});

test('a receiver that refuses us is tried about once a minute, and nothing is given up', () => {
  const [verdict] = after([REFUSED], 0);
  assert.deepEqual(verdict, { size: 100, settle: null, waitMs: 30_000 });
  assert.equal(after([REFUSED], 1)[0]?.waitMs, 60_000);
});

test('an entry alone is never halved, however many spans it has', () => {
  const pace = firstPace(LIMITS);
  for (const outcome of [TOO_LARGE, REJECTED]) {
    const step = nextPace(pace, outcome, { entries: 1, weight: 40 }, LIMITS, 0);
    assert.deepEqual([step.settle, step.pace.size, step.pace.bad.entries], ['rejected', 100, 1]);
  }
  const two = nextPace(pace, REJECTED, { entries: 2, weight: 3 }, LIMITS, 0);
  assert.deepEqual([two.settle, two.pace.size], [null, 1]);
  // One bad job with many steps is one bad entry: a request of as many spans may still hold good ones.
  const after = nextPace(pace, REJECTED, { entries: 1, weight: 40 }, LIMITS, 0).pace;
  assert.equal(nextPace(after, REJECTED, { entries: 8, weight: 40 }, LIMITS, 0).settle, null);
});

test('a failure that may be because of the content is retried for minutes, and then the entry is looked for', () => {
  const failure: SendOutcome = { ...RETRY, reason: '500', mayBeContent: true };
  const steps = after(new Array(14).fill(failure));
  assert.ok(steps.slice(0, 12).every(({ size, settle }) => size === 100 && settle === null));
  const waited = steps.slice(0, 12).reduce((sum, { waitMs }) => sum + waitMs, 0);
  assert.equal(waited, 63_000 + 6 * 60_000);
  assert.deepEqual(
    steps.slice(12).map(({ size, waitMs }) => [size, waitMs]),
    [
      [50, 0],
      [50, 1000],
    ],
  );
  assert.ok(
    after(new Array(30).fill(RETRY)).every(({ size }) => size === 100),
    'others are never given up',
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SendOutcome } from '../domain/sample.ts';
import { firstPace, nextPace, type Pace } from './pace.ts';

const LIMITS = { batchSamples: 100 };
const SENT: SendOutcome = { kind: 'sent' };
const TOO_LARGE: SendOutcome = { kind: 'too_large', reason: '413' };
const REJECTED: SendOutcome = { kind: 'rejected', reason: '400' };
const REFUSED: SendOutcome = { kind: 'refused', reason: '401' };
const RETRY: SendOutcome = { kind: 'retry', reason: '503', retryAfterMs: null };

function after(outcomes: readonly SendOutcome[], random = 1) {
  let pace: Pace = firstPace(LIMITS);
  return outcomes.map((outcome) => {
    const verdict = nextPace(pace, outcome, pace.size, LIMITS, random);
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
  let pace = firstPace({ batchSamples: 1 });
  const verdict = nextPace(pace, TOO_LARGE, 1, { batchSamples: 1 }, 0);
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
  const { pace } = nextPace({ size: 64, ceiling: 100, attempts: 0, badInRow: 64 }, SENT, 64, LIMITS, 0);
  assert.equal(nextPace(pace, REJECTED, 64, LIMITS, 0).settle, null);
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

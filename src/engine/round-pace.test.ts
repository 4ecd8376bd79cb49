import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RoundPace } from './round-pace.ts';

const AT_ONCE = 100;
const HOUR_MS = 3_600_000;
/** More than come in the time of a tick. */
const MOST_STEPS = 1000;
/** Of this test: so that it need not go through every second. */
const TICK_MS = HOUR_MS;
const KEPT_TICKS = 8 * 24;

/** Ids from `first` to `next` are stored; those below the last one that is young enough can go. */
function play(perTick: number, ticks: number): number {
  let nowMs = 0;
  const pace = new RoundPace(() => nowMs);
  let [first, next, cursor, most] = [0, 0, 0, 0];
  for (let tick = 1; tick <= ticks; tick += 1) {
    nowMs += TICK_MS;
    next += perTick;
    const oldEnd = next - KEPT_TICKS * perTick;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      cursor = Math.max(cursor, first);
      const end = cursor + AT_ONCE;
      const gone = Math.max(0, Math.min(end, oldEnd) - cursor);
      if (cursor === first) first += gone;
      const isRound = end >= next;
      cursor = isRound ? 0 : end;
      if (!pace.hasMore({ looked: AT_ONCE, gone, isRound })) break;
    }
    most = Math.max(most, next - first);
  }
  return most;
}

test('what is stored is a little more than what has to be, at any rate at which it comes', () => {
  const rate = fc.integer({ min: 1, max: 400 });
  fc.assert(
    fc.property(rate, (perTick) => {
      const most = play(perTick, 4 * KEPT_TICKS);
      assert.ok(most <= 1.2 * KEPT_TICKS * perTick + 2 * AT_ONCE, `${most} of ${KEPT_TICKS * perTick}`);
    }),
    { numRuns: 30 },
  );
});

test('where next to nothing can go, a step now and then is enough', () => {
  const pace = new RoundPace(() => 0);
  for (let step = 1; step <= 50; step += 1)
    assert.equal(pace.hasMore({ looked: AT_ONCE, gone: 1, isRound: step % 10 === 0 }), false);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNITS } from '../../format/unit.ts';
import { scaleOf, ticksUpTo, timesBetween } from './scale.ts';

const HOUR = 3600;
/** Midnight in the zone of whoever runs this. */
const MIDNIGHT = new Date(2026, 10, 28).getTime() / 1000;

test('values on the axis are round in their unit, and never too many', () => {
  assert.deepEqual(ticksUpTo(432, 5, UNITS.seconds.steps), [0, 120, 240, 360]);
  assert.deepEqual(ticksUpTo(0.9, 4), [0, 0.5]);
  assert.deepEqual(ticksUpTo(1, 3, UNITS.count.steps), [0, 1]);
  for (const top of [0.03, 1, 7, 59, 61, 3599, 100_000, 5_000_000])
    for (const { steps } of Object.values(UNITS)) {
      const ticks = ticksUpTo(top, 4, steps);
      assert.ok(ticks.length >= 1 && ticks.length <= 5, `${top}: ${ticks}`);
    }
});

test('times on the axis are round in the zone of the viewer; a day begins with its date', () => {
  const texts = (first: number, last: number, count: number) =>
    timesBetween(MIDNIGHT + first * HOUR, MIDNIGHT + last * HOUR, count).map(({ text }) => text);
  assert.deepEqual(texts(18.2, 30.1, 6), ['20:00', '22:00', 'Nov 29', '02:00', '04:00', '06:00']);
  assert.deepEqual(texts(0, 0.3, 4), ['Nov 28', '00:05', '00:10', '00:15']);
  assert.equal(texts(0, 30 * 24, 10).length, 10);
});

test('a place and its time are each other’s', () => {
  const times = Array.from({ length: 25 }, (_, hour) => MIDNIGHT + hour * HOUR);
  const lines = [{ name: 'p50', colour: '--p50', values: times.map((_, index) => index) }];
  const scale = scaleOf({ times, lines, unit: 'seconds', height: 200 }, 640);
  for (const [index, time] of times.entries()) {
    assert.equal(scale.indexAt(scale.x(time)), index);
    assert.ok(Math.abs(scale.timeAt(scale.x(time)) - time) < 1);
  }
  assert.deepEqual([scale.indexAt(-100), scale.indexAt(9999)], [0, 24]);
  assert.equal(scale.y(0), scale.bottom);
  assert.ok(scale.y(24) > 0);
});

test('a chart without times or values is drawn all the same', () => {
  const scale = scaleOf({ times: [], lines: [], unit: 'count', height: 200 }, 300);
  assert.ok(Number.isFinite(scale.x(0)) && Number.isFinite(scale.y(0)));
});

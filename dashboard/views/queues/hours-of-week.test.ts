import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averageQueued } from './hours-of-week.ts';

const HOUR = 3_600_000;
/** A Monday, 0:00 UTC. */
const MONDAY = Date.parse('2026-11-23T00:00:00Z');

function point(ms: number, queued: number) {
  return [new Date(ms).toISOString(), queued, 9, 0, 0] as const;
}

test('each hour is the average over its weeks, with those without a point as none', () => {
  const week = 168 * HOUR;
  const options = { toMs: MONDAY + 2 * week, stepMs: HOUR, timeZone: 'UTC' };
  const points = [point(MONDAY, 4), point(MONDAY + 5 * HOUR, 3), point(MONDAY + week + 5 * HOUR, 1)];
  const averages = averageQueued(points, options);
  assert.deepEqual([averages.length, averages[0], averages[5], averages[6]], [168, 2, 2, 0]);
  const [, ...later] = points;
  assert.equal(averageQueued(later, options)[0], 0, 'before the first point nothing is known');
});

test('hours are those of the zone, also where it is half an hour off', () => {
  const points = [0, 15, 30, 45].map((minute) => point(MONDAY + minute * 60_000, minute));
  const kolkata = { toMs: MONDAY + HOUR, stepMs: HOUR / 4, timeZone: 'Asia/Kolkata' };
  const averages = averageQueued(points, kolkata);
  assert.deepEqual([averages[5], averages[6]], [7.5, 37.5], '5:30 and 5:45, then 6:00 and 6:15');
  const berlin = { toMs: MONDAY + HOUR, stepMs: HOUR, timeZone: 'Europe/Berlin' };
  assert.equal(averageQueued([point(MONDAY, 8)], berlin)[1], 8);
});

test('nothing has ever waited', () => {
  const averages = averageQueued([], { toMs: MONDAY, stepMs: HOUR, timeZone: 'UTC' });
  assert.ok(averages.every((each) => each === 0));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Intervals, piecesBack } from './intervals.ts';

/** Many more than one piece. */
const HOUR_MS = 3_600_000;
const WINDOW = { fromMs: 5 * HOUR_MS, toMs: 245 * HOUR_MS };
const EDGES = Float64Array.from([5, 29, 30, 54, 78, 102, 103, 150, 200, 220, 245], (hour) => hour * HOUR_MS);
const ROWS = { ofGroup: [1, 0, 1], count: 2 };

const someJob = fc.record({
  start: fc.integer({ min: 0, max: 250 }),
  lasts: fc.oneof(fc.nat(3), fc.nat(250)),
  group: fc.nat(2),
});
type Job = typeof someJob extends fc.Arbitrary<infer Each> ? Each : never;

/** Looks at every hour. */
function counted(jobs: readonly Job[], part: number) {
  const [from = 0, to = 0] = EDGES.subarray(part, part + 2);
  const hours = Array.from({ length: (to - from) / HOUR_MS }, (_, hour) => from / HOUR_MS + hour);
  const running = hours.map(
    (hour) => jobs.filter(({ start, lasts }) => start <= hour && hour < start + lasts).length,
  );
  return { busyMs: running.reduce((sum, each) => sum + each, 0) * HOUR_MS, peak: Math.max(...running) };
}

test('counted piece by piece, the latest first, all rows are those of looking at every hour', () => {
  fc.assert(
    fc.property(fc.array(someJob, { maxLength: 40, size: 'max' }), fc.boolean(), (jobs, isShuffled) => {
      const intervals = new Intervals(WINDOW);
      for (const { first, edges, facts } of piecesBack(EDGES, WINDOW)) {
        const ending = jobs.filter(({ start, lasts }) => {
          const endMs = (start + lasts) * HOUR_MS;
          return endMs >= facts.fromMs && endMs < facts.toMs;
        });
        if (!isShuffled) ending.sort((a, b) => a.start + a.lasts - b.start - b.lasts);
        for (const { start, lasts, group } of ending)
          intervals.add(start * HOUR_MS, (start + lasts) * HOUR_MS, group);
        const busy = intervals.countBack(edges, ROWS);
        for (let part = 0; part + 1 < edges.length; part += 1) {
          const found = Array.from({ length: 3 }, (_, row) => {
            const at = part * busy.rows + row;
            return { busyMs: busy.busyMs[at], peak: busy.peaks[at] };
          });
          const expected = [
            jobs.filter(({ group }) => group === 1),
            jobs.filter(({ group }) => group !== 1),
            jobs,
          ];
          assert.deepEqual(
            found,
            expected.map((each) => counted(each, first + part)),
          );
        }
      }
    }),
  );
});

test('pieces have all parts, the latest first; what ended after the window is of the first piece', () => {
  const pieces = [...piecesBack(EDGES, WINDOW)];
  assert.ok(pieces.length > 3);
  const parts = pieces.toReversed().flatMap(({ first, edges }) => {
    assert.equal(edges[0], EDGES[first]);
    return [...edges].slice(0, -1);
  });
  assert.deepEqual(parts, [...EDGES].slice(0, -1));
  assert.ok((pieces[0]?.facts.toMs ?? 0) > WINDOW.toMs + 30 * 24 * HOUR_MS);
  for (const [at, { facts }] of pieces.entries())
    if (at > 0) assert.equal(facts.toMs, pieces[at - 1]?.facts.fromMs);
  assert.deepEqual([...piecesBack(Float64Array.of(7), WINDOW)], [], 'a window without a part');
});

test('what is added is as long as it is in the window; what is not known adds nothing', () => {
  const intervals = new Intervals({ fromMs: 10, toMs: 20 });
  assert.deepEqual(
    [intervals.add(0, 12), intervals.add(18, 99), intervals.add(20, 30), intervals.add(Number.NaN, 15)],
    [2, 2, 0, 0],
  );
});

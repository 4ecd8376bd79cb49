import assert from 'node:assert/strict';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { SILENT } from '../../test/fixtures/logger.ts';
import { type ProcessWatchOptions, watchProcess } from './process-memory.ts';

const { NODE_PERFORMANCE_GC_MAJOR, NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE } = constants;
const ABUNDANT_BYTES = 2 ** 50;

function watch(over: Partial<ProcessWatchOptions>) {
  const told: boolean[] = [];
  const time = { ms: 0 };
  const pressure = watchProcess({
    limitBytes: ABUNDANT_BYTES,
    engine: { shortOfMemory: async (isShort) => void told.push(isShort) },
    engineHeapShare: async () => 0.1,
    monotonic: () => time.ms,
    logger: SILENT,
    ...over,
  });
  pressure.close(); // the test checks at its own times
  return { pressure, told, time };
}

test('with enough room nothing is asked to release memory', async () => {
  const { pressure, told } = watch({});
  await pressure.check();
  assert.deepEqual([pressure.isHigh, told], [false, []]);
});

test('when resident memory is over the limit, both threads release until nothing more is left', async (t) => {
  const observer = new PerformanceObserver(() => undefined);
  observer.observe({ entryTypes: ['gc'] });
  t.after(() => observer.disconnect());
  const { pressure, told, time } = watch({ limitBytes: 1 });
  await pressure.check();
  assert.deepEqual([pressure.isHigh, told], [true, [true]]);
  await nextTurn(); // in which Node.js reports collections
  const records = observer.takeRecords() as (PerformanceEntry & { readonly detail: object })[];
  const thorough = {
    kind: NODE_PERFORMANCE_GC_MAJOR,
    flags: NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE,
  };
  assert.ok(records.some(({ detail }) => isDeepStrictEqual({ ...detail }, thorough)));
  for (; pressure.isHigh && time.ms < 600_000; time.ms += 1000) await pressure.check();
  assert.deepEqual([pressure.isHigh, told.at(-1)], [false, false]);
});

test("the heap of the engine's thread counts as well as this one's", async () => {
  const { pressure } = watch({ engineHeapShare: async () => 0.95 });
  await pressure.check();
  assert.equal(pressure.isHigh, true);
});

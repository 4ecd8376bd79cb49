import assert from 'node:assert/strict';
import { DOMAIN } from '../../src/domain/catalogue.ts';
import { countOf } from '../../src/domain/metric.ts';
import type { JobNumber } from '../../src/domain/observation.ts';
import { accept, commit, delivery, type StoreCase } from './store-case.ts';

function number(value: number, suite = 'a "b"\n\u{1F41C}'): JobNumber {
  return { metric: 'job_coverage', labels: ['repository', 'o/r', 'suite', suite], value, atMs: 1000 };
}

/** What every store promises about the numbers of jobs. */
export const JOB_NUMBER_CASES: Readonly<Record<string, StoreCase>> = {
  async 'keeps the latest values that jobs pushed, exactly, across restarts'(open) {
    await using first = await open();
    await commit(first, { numbers: [number(1), number(0.1 + 0.2, 'c')] });
    await commit(first, { numbers: [number(1e15)] });
    await first[Symbol.asyncDispose]();
    await using second = await open();
    const held = (await second.readSeries()).numbers.toSorted((a, b) => a.value - b.value);
    assert.deepEqual(held, [number(0.1 + 0.2, 'c'), number(1e15)]);
  },

  async 'returns every stored series at once, including those that jobs pushed'(open) {
    await using store = await open();
    const increments = [countOf(DOMAIN.dispatches, ['o/r', 'w'], 3)];
    await commit(store, { increments, numbers: [number(1)] });
    const [{ cells, numbers }] = await Promise.all([store.readSeries(), commit(store, { increments })]);
    assert.deepEqual(numbers, [number(1)]);
    assert.deepEqual(
      cells.map(({ metric, value }) => [metric, value]),
      [[DOMAIN.dispatches.name, 3]],
    );
  },

  async 'adds to counters, and keeps the latest value of a gauge, in any order'(open) {
    await using store = await open();
    const tests = (value: number, atMs: number) => ({ ...number(value), metric: 'job_tests_total', atMs });
    await commit(store, { numbers: [tests(5, 1000), { ...number(0.5), atMs: 2000 }] });
    await commit(store, { numbers: [tests(2, 900), { ...number(0.25), atMs: 1999 }] });
    const { numbers } = await store.readSeries();
    assert.deepEqual(
      numbers.toSorted((a, b) => a.value - b.value),
      [{ ...number(0.5), atMs: 2000 }, tests(7, 1000)],
    );
  },

  async "stores a job's numbers together with the end of its delivery, or neither"(open) {
    await using store = await open();
    await accept(store, [delivery('a')]);
    const leased = await store.lease(1, 1000);
    const unstorable = { ...number(1), value: Number.NaN };
    await assert.rejects(commit(store, { numbers: [number(2), unstorable] }, leased));
    assert.deepEqual((await store.readSeries()).numbers, []);
    assert.equal((await store.queueStatus()).pending, 1);
    await commit(store, { numbers: [number(2)] }, leased);
    assert.deepEqual((await store.readSeries()).numbers, [number(2)]);
    assert.equal((await store.queueStatus()).pending, 0);
  },

  async 'deletes series that jobs pushed'(open) {
    await using store = await open();
    await commit(store, { numbers: [number(1, 'a'), number(2, 'b')] });
    await store.deleteSeries(() => [number(1, 'a')]);
    assert.deepEqual((await store.readSeries()).numbers, [number(2, 'b')]);
  },
};

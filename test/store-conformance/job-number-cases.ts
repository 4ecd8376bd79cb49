import assert from 'node:assert/strict';
import { DOMAIN } from '../../src/domain/catalogue.ts';
import type { StoredSeries } from '../../src/domain/contracts.ts';
import type { JobNumber } from '../../src/domain/job-number.ts';
import { countOf } from '../../src/domain/metric.ts';
import { NO_CHANGES } from '../../src/domain/no-changes.ts';
import { delivery, type StoreCase } from './store-case.ts';

function number(value: number, suite = 'a "b"\n\u{1F41C}'): JobNumber {
  return { metric: 'job_coverage', labels: ['repository', 'o/r', 'suite', suite], value, atMs: 1000 };
}

/** What is promised of the numbers of jobs. */
export const JOB_NUMBER_CASES: Readonly<Record<string, StoreCase>> = {
  async 'holds the latest of what jobs handed in, exactly, over restarts too'(open) {
    await using first = open();
    await first.commit({ ...NO_CHANGES, numbers: [number(1), number(0.1 + 0.2, 'c')] });
    await first.commit({ ...NO_CHANGES, numbers: [number(1e15)] });
    await first[Symbol.asyncDispose]();
    await using second = open();
    const held = (await second.readJobNumbers()).toSorted((a, b) => a.value - b.value);
    assert.deepEqual(held, [number(0.1 + 0.2, 'c'), number(1e15)]);
  },

  async 'hands over every stored series at once, those that jobs handed in too'(open) {
    await using store = open();
    await store.commit({ ...NO_CHANGES, numbers: [number(1)] });
    const cell = countOf(DOMAIN.dispatches, ['o/r', 'w'], 3);
    await store.addIncrements([cell]);
    let restored: StoredSeries | undefined;
    const [, none] = await Promise.allSettled([
      store.restoreSeries((stored) => {
        restored = stored;
      }),
      store.addIncrements([cell]),
    ]);
    assert.equal(none.status, 'fulfilled');
    assert.deepEqual(restored?.numbers, [number(1)]);
    const cells = restored?.cells.filter(({ metric }) => metric === DOMAIN.dispatches.name);
    assert.deepEqual(
      cells?.map(({ value }) => value),
      [3],
    );
  },

  async 'stores the numbers of a job together with the end of its delivery, or neither'(open) {
    await using store = open();
    await store.accept([delivery('a')]);
    const [leased] = await store.lease(1, 1000);
    const unstorable = { ...number(1), value: Number.NaN };
    const processed = [leased?.id ?? 0];
    await assert.rejects(store.commit({ ...NO_CHANGES, processed, numbers: [number(2), unstorable] }));
    assert.deepEqual(await store.readJobNumbers(), []);
    assert.equal((await store.queueStatus()).pending, 1);
    await store.commit({ ...NO_CHANGES, processed, numbers: [number(2)] });
    assert.deepEqual(await store.readJobNumbers(), [number(2)]);
    assert.equal((await store.queueStatus()).pending, 0);
  },

  async 'deletes series that jobs handed in'(open) {
    await using store = open();
    await store.commit({ ...NO_CHANGES, numbers: [number(1, 'a'), number(2, 'b')] });
    await store.deleteSeries([number(1, 'a')]);
    assert.deepEqual(await store.readJobNumbers(), [number(2, 'b')]);
  },
};

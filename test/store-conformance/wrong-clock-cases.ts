import assert from 'node:assert/strict';
import { deliveryId } from '../../simulator/delivery-id.ts';
import type { Store } from '../../src/domain/contracts.ts';
import { HOLD_MS } from '../../src/domain/lifecycle/gate.ts';
import { job, run } from '../fixtures/states.ts';
import { accept, commit, delivery, NOW, type StoreCase } from './store-case.ts';
import type { OutboxCase } from './tested-outbox.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

async function heldAt(store: Store, nowMs: number): Promise<number[]> {
  return (await store.heldJobs(nowMs, 10)).map(({ jobId }) => jobId);
}

async function gaugeIn(store: Store): Promise<number | undefined> {
  return (await store.readSeries()).numbers[0]?.value;
}

/** What `Store.correctTimes` promises, and what a wrong clock may not do. */
export const WRONG_CLOCK_CASES: Readonly<Record<string, StoreCase>> = {
  async 'at a start, nothing is due later than it can be'(open) {
    await using store = await open();
    await commit(store, { jobs: [job({ jobId: 7, heldUntilMs: NOW + DAY_MS })] });
    await store.correctTimes({ byMs: 0, nowMs: NOW });
    assert.deepEqual(await heldAt(store, NOW + HOLD_MS - 1), []);
    assert.deepEqual(await heldAt(store, NOW + HOLD_MS), [7]);
  },

  async 'at a start, no run settles later than it can'(open) {
    await using store = await open();
    await commit(store, { runs: [run({ runId: 7, settlesAtMs: NOW + DAY_MS })] });
    await store.correctTimes({ byMs: 0, nowMs: NOW });
    assert.deepEqual(await store.settlingRuns(NOW + HOLD_MS - 1, 10), []);
    assert.equal((await store.settlingRuns(NOW + HOLD_MS, 10)).length, 1);
  },

  async 'a gauge that was reported in the future takes the next value'(open) {
    await using store = await open();
    const number = { metric: 'job_coverage', labels: ['repository', 'o/r'] };
    await commit(store, { numbers: [{ ...number, value: 1, atMs: NOW + DAY_MS }] });
    await commit(store, { numbers: [{ ...number, value: 2, atMs: NOW }] });
    assert.equal(await gaugeIn(store), 1);
    await store.correctTimes({ byMs: 0, nowMs: NOW });
    await commit(store, { numbers: [{ ...number, value: 3, atMs: NOW }] });
    assert.equal(await gaugeIn(store), 3);
  },

  async 'ids and workflows are remembered from the time of the event, whatever the clock shows'(open) {
    await using store = await open(() => NOW - 365 * DAY_MS);
    const guid = deliveryId(NOW, '0'.repeat(16));
    await accept(store, [delivery(guid)]);
    const ended = { branch: 'default', status: 'completed', conclusion: 'failure' } as const;
    await commit(store, { runs: [run({ ...ended, updatedAtMs: NOW, statusAtMs: NOW })] });
    assert.equal((await store.forgetSeen(NOW - HOUR_MS, 10)).forgotten, 0);
    assert.equal(await store.forgetWorkflows(NOW - HOUR_MS), 0);
    assert.deepEqual(await accept(store, [delivery(guid)]), ['duplicate']);
  },
};

/** What `Store.correctTimes` promises of a store whose times are those of the process, and not of a database server. */
export const OWN_CLOCK_CASES: Readonly<Record<string, StoreCase>> = {
  async 'holds and retries keep their distance from the time, whichever way it is corrected'(open) {
    for (const byMs of [-10 * DAY_MS, 10 * DAY_MS]) {
      const wrongMs = NOW - byMs;
      const time = { nowMs: NOW };
      await using store = await open(() => time.nowMs);
      await commit(store, { jobs: [job({ jobId: 7, heldUntilMs: wrongMs + 60_000 })] });
      await accept(store, [delivery(`${byMs}`)]);
      const leased = await store.lease(1, 1);
      const failed = leased.map(({ id }) => ({ id, attempts: 1, error: '', retryAtMs: wrongMs + 20_000 }));
      await commit(store, { failed }, leased);
      await store.correctTimes({ byMs, nowMs: NOW });
      assert.deepEqual([await heldAt(store, NOW + 59_999), await heldAt(store, NOW + 60_000)], [[], [7]]);
      assert.deepEqual(await store.lease(1, 1), []);
      time.nowMs += 20_000;
      const again = await store.lease(1, 1);
      assert.equal(again.length, 1);
      await commit(store, { jobs: [job({ jobId: 7, heldUntilMs: null })] }, again);
    }
  },
};

/** The same, of outboxes. */
export const OWN_CLOCK_OUTBOX_CASES: Readonly<Record<string, OutboxCase>> = {
  async 'samples that a clock behind has stored are as old as they are; those before it stay'(open, outbox) {
    const { of, put, trim } = outbox;
    const time = { nowMs: NOW - HOUR_MS };
    await using store = await open(() => time.nowMs);
    await outbox.open(store, ['a']);
    await put(store, 1, 1);
    await store.correctTimes({ byMs: 0, nowMs: NOW });
    time.nowMs = NOW - 10 * DAY_MS;
    await put(store, 2, 2);
    await store.correctTimes({ byMs: 10 * DAY_MS, nowMs: NOW });
    assert.equal((await of(store).status())[0]?.oldestMs, NOW - HOUR_MS);
    const limits = { beforeMs: NOW - HOUR_MS + 1, maxBytes: 1e9 };
    assert.equal(await trim(store, limits), 1);
    assert.equal((await of(store).status())[0]?.oldestMs, NOW);
  },
};

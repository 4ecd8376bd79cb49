import assert from 'node:assert/strict';
import { DOMAIN } from '../../src/domain/catalogue.ts';
import type { Store } from '../../src/domain/contracts.ts';
import { arrivalCounts } from '../../src/domain/delivery-counts.ts';
import { countOf } from '../../src/domain/metric.ts';
import { SELF } from '../../src/domain/own-metrics.ts';
import { NO_CHANGES, NO_KEYS } from '../../src/domain/transaction.ts';
import { job } from '../fixtures/states.ts';
import { accept, cellsOf, commit, delivery, NOW, type StoreCase } from './store-case.ts';

async function countIn(store: Store, { name }: { readonly name: string }, label: string): Promise<number> {
  const cells = await cellsOf(store);
  return cells.find(({ metric, labels }) => metric === name && labels.includes(label))?.value ?? 0;
}

/** What `Inbox`, `WorkQueue` and `Parking` promise about deliveries. */
export const QUEUE_CASES: Readonly<Record<string, StoreCase>> = {
  async 'accepts a delivery once and recognises it afterwards, even after a restart'(open) {
    const twice = [delivery('a'), delivery('b'), delivery('a')];
    await using first = await open();
    assert.deepEqual(await accept(first, twice), ['accepted', 'accepted', 'duplicate']);
    await first[Symbol.asyncDispose]();
    await using second = await open();
    assert.deepEqual(await accept(second, [delivery('b')]), ['duplicate']);
    assert.equal((await second.queueStatus()).pending, 2);
    const cells = (await cellsOf(second)).filter(({ metric }) => metric === SELF.deliveries.name);
    assert.deepEqual(cells.map(({ labels, value }) => [labels[2], value]).sort(), [
      ['accepted', 2],
      ['duplicate', 2],
    ]);
  },

  async 'keeps apart ids that are UUIDs and ids that are not'(open) {
    await using store = await open();
    const ids = [
      '4854ec10-8e69-11ef-8dcb-f963cd3ecfcc',
      '4854ec10-8e69-11ef-8dcb-f963cd3ecfcd',
      'x',
      '#',
      '\u00e4',
    ];
    assert.ok(
      (
        await accept(
          store,
          ids.map((id) => delivery(id)),
        )
      ).every((outcome) => outcome === 'accepted'),
    );
    assert.ok(
      (
        await accept(
          store,
          ids.map((id) => delivery(id)),
        )
      ).every((outcome) => outcome === 'duplicate'),
    );
  },

  async 'leases accepted deliveries, oldest first, to one taker at a time'(open) {
    let now = NOW;
    await using store = await open(() => now);
    await accept(
      store,
      ['a', 'b', 'c'].map((guid) => delivery(guid, { payload: `{"id":"${guid}"}` })),
    );
    const first = await store.lease(2, 1000);
    assert.deepEqual(
      first.map(({ guid, payload, attempts }) => [guid, payload, attempts]),
      [
        ['a', '{"id":"a"}', 0],
        ['b', '{"id":"b"}', 0],
      ],
    );
    assert.deepEqual(
      (await store.lease(9, 1000)).map(({ guid }) => guid),
      ['c'],
    );
    assert.deepEqual(await store.lease(9, 1000), []);
    await commit(store, {}, first.slice(0, 1));
    now += 1000;
    assert.deepEqual(
      (await store.lease(9, 1000)).map(({ guid }) => guid),
      ['b', 'c'],
      'leases run out',
    );
  },

  async 'leases again after a restart what was leased and not committed'(open) {
    await using first = await open();
    await accept(first, [delivery('a'), delivery('b')]);
    const leased = await first.lease(9, 60_000);
    await commit(first, {}, leased.slice(0, 1));
    await first[Symbol.asyncDispose]();
    await using second = await open();
    assert.deepEqual(
      (await second.lease(9, 60_000)).map(({ guid }) => guid),
      ['b'],
    );
  },

  async 'accepts and processes new deliveries in one transaction, and none of them waits, even after a restart'(
    open,
  ) {
    await using first = await open();
    await accept(first, [delivery('seen')]);
    const answered: string[] = [];
    const arrived = ['seen', 'a', 'b', 'a'].map((guid) => delivery(guid));
    const { outcomes } = await first.process({ arrived }, NO_KEYS, (each) => {
      answered.push(...each);
      const counts = [...arrivalCounts(arrived, each), countOf(DOMAIN.dispatches, ['o/r', 'w'])];
      return { ...NO_CHANGES, jobs: [job()], increments: counts };
    });
    assert.deepEqual(outcomes, ['duplicate', 'accepted', 'accepted', 'duplicate']);
    assert.deepEqual(answered, outcomes);
    await first[Symbol.asyncDispose]();
    await using second = await open();
    assert.deepEqual(await accept(second, [delivery('a'), delivery('b')]), ['duplicate', 'duplicate']);
    assert.deepEqual(
      (await second.lease(9, 1000)).map(({ guid }) => guid),
      ['seen'],
    );
    assert.equal((await second.explainJob(job().jobId)).jobs.length, 1);
    assert.equal(await countIn(second, DOMAIN.dispatches, 'w'), 1);
    assert.equal(await countIn(second, SELF.deliveries, 'accepted'), 3);
  },

  async 'keeps nothing of deliveries whose processing throws, so that they count as new again'(open) {
    await using store = await open();
    const poison = delivery('poison');
    const source = { arrived: [delivery('a'), poison] };
    const failing = store.process(source, NO_KEYS, () => {
      throw new RangeError('poison');
    });
    await assert.rejects(failing, RangeError);
    const unwritable = { ...NO_CHANGES, jobs: [{ ...job(), name: null } as never] };
    await assert.rejects(store.process(source, NO_KEYS, () => unwritable));
    assert.deepEqual(await cellsOf(store), []);
    assert.deepEqual(await store.unseen(['a', 'poison']), ['a', 'poison']);
    assert.deepEqual(await accept(store, [delivery('a'), poison]), ['accepted', 'accepted']);
    assert.equal((await store.queueStatus()).pending, 2);
  },

  async 'keeps failed deliveries until they are due, parks them, and leases them again on request'(open) {
    let now = NOW;
    await using store = await open(() => now);
    await accept(store, [delivery('a'), delivery('b')]);
    const leased = await store.lease(9, 60_000);
    const id = leased[0]?.id ?? 0;
    await commit(store, { failed: [{ id, attempts: 1, error: 'why', retryAtMs: NOW + 500 }] }, leased);
    assert.deepEqual(await store.lease(9, 60_000), []);
    assert.deepEqual(await store.queueStatus(), { pending: 0, retrying: 1, parked: 0, oldestMs: NOW });
    now = NOW + 500;
    const again = await store.lease(9, 60_000);
    assert.deepEqual(
      again.map(({ guid, attempts, id: same }) => [guid, attempts, same]),
      [['a', 1, id]],
    );
    await commit(store, { failed: [{ id, attempts: 2, error: 'still' }] }, again);
    assert.deepEqual(await store.queueStatus(), { pending: 0, retrying: 0, parked: 1, oldestMs: null });
    const [parked] = await store.parkedDeliveries(5);
    assert.deepEqual(
      [parked?.guid, parked?.attempts, parked?.error, parked?.parkedAtMs],
      ['a', 2, 'still', now],
    );
    assert.equal(await store.replayParked('other'), 0);
    assert.equal(await store.replayParked(), 1);
    const replayed = await store.lease(9, 60_000);
    assert.deepEqual(
      replayed.map(({ guid, attempts }) => [guid, attempts]),
      [['a', 0]],
    );
    await commit(store, {}, replayed);
    assert.deepEqual(await store.queueStatus(), { pending: 0, retrying: 0, parked: 0, oldestMs: null });
  },

  async 'forgets old delivery ids step by step, and no others'(open) {
    let now = NOW - 10_000;
    await using store = await open(() => now);
    const ids = Array.from({ length: 25 }, (_, index) => `id-${index}`);
    await accept(
      store,
      ids.slice(0, 20).map((id) => delivery(id)),
    );
    now = NOW;
    await accept(
      store,
      ids.slice(20).map((id) => delivery(id)),
    );
    const steps = [];
    for (let step = 0; step < 5; step += 1) steps.push(await store.forgetSeen(NOW - 5000, 7));
    assert.equal(
      steps.reduce((sum, { forgotten }) => sum + forgotten, 0),
      20,
    );
    assert.deepEqual(
      steps.map(({ isRound }) => isRound),
      [false, false, false, true, true],
    );
    assert.deepEqual(
      await accept(
        store,
        ids.map((id) => delivery(id)),
      ),
      [...ids.slice(0, 20).map(() => 'accepted'), ...ids.slice(20).map(() => 'duplicate')],
    );
  },
};

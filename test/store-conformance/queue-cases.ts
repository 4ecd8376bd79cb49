import assert from 'node:assert/strict';
import { DOMAIN } from '../../src/domain/catalogue.ts';
import type { Store } from '../../src/domain/contracts.ts';
import { countOf } from '../../src/domain/metric.ts';
import { NO_CHANGES } from '../../src/domain/no-changes.ts';
import { SELF } from '../../src/domain/own-metrics.ts';
import { job } from '../fixtures/states.ts';
import { delivery, NOW, type StoreCase } from './store-case.ts';

async function countIn(store: Store, { name }: { readonly name: string }, label: string): Promise<number> {
  const cells = await store.readCells();
  return cells.find(({ metric, labels }) => metric === name && labels.includes(label))?.value ?? 0;
}

/** What `Inbox`, `WorkQueue` and `Parking` promise of deliveries. */
export const QUEUE_CASES: Readonly<Record<string, StoreCase>> = {
  async 'accepts a delivery once and knows it again, after a restart too'(open, stored) {
    const twice = [delivery('a'), delivery('b'), delivery('a')];
    await using first = open();
    assert.deepEqual(await first.accept(twice), ['accepted', 'accepted', 'duplicate']);
    await first[Symbol.asyncDispose]();
    await using second = open();
    assert.deepEqual(await second.accept([delivery('b')]), ['duplicate']);
    assert.equal((await second.queueStatus()).pending, 2);
    const accepted = stored
      .filter(({ labels }) => labels[2] === 'accepted')
      .reduce((sum, { delta }) => sum + delta, 0);
    assert.equal(accepted, 2);
    const cells = (await second.readCells()).filter(({ metric }) => metric === SELF.deliveries.name);
    assert.deepEqual(cells.map(({ labels, value }) => [labels[2], value]).sort(), [
      ['accepted', 2],
      ['duplicate', 2],
    ]);
  },

  async 'takes ids that are UUIDs and ids that are not for what they are'(open) {
    await using store = open();
    const ids = [
      '4854ec10-8e69-11ef-8dcb-f963cd3ecfcc',
      '4854ec10-8e69-11ef-8dcb-f963cd3ecfcd',
      'x',
      '#',
      '\u00e4',
    ];
    assert.ok((await store.accept(ids.map((id) => delivery(id)))).every((outcome) => outcome === 'accepted'));
    assert.ok(
      (await store.accept(ids.map((id) => delivery(id)))).every((outcome) => outcome === 'duplicate'),
    );
  },

  async 'hands out what was accepted, oldest first, to one taker at a time'(open) {
    let now = NOW;
    await using store = open(() => now);
    await store.accept(['a', 'b', 'c'].map((guid) => delivery(guid, { payload: `{"id":"${guid}"}` })));
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
    await store.commit({ ...NO_CHANGES, processed: [first[0]?.id ?? 0] });
    now += 1000;
    assert.deepEqual(
      (await store.lease(9, 1000)).map(({ guid }) => guid),
      ['b', 'c'],
      'leases run out',
    );
  },

  async 'hands out again after a restart what was leased and not committed'(open) {
    await using first = open();
    await first.accept([delivery('a'), delivery('b')]);
    const [a] = await first.lease(9, 60_000);
    await first.commit({ ...NO_CHANGES, processed: [a?.id ?? 0] });
    await first[Symbol.asyncDispose]();
    await using second = open();
    assert.deepEqual(
      (await second.lease(9, 60_000)).map(({ guid }) => guid),
      ['b'],
    );
  },

  async 'accepts and processes in one transaction what is new, and none of it waits, after a restart either'(
    open,
  ) {
    await using first = open();
    await first.accept([delivery('seen')]);
    const told: string[] = [];
    const batch = ['seen', 'a', 'b', 'a'].map((guid) => delivery(guid));
    const outcomes = await first.acceptProcessed(batch, (each) => {
      told.push(...each);
      return { ...NO_CHANGES, jobs: [job()], increments: [countOf(DOMAIN.dispatches, ['o/r', 'w'])] };
    });
    assert.deepEqual(outcomes, ['duplicate', 'accepted', 'accepted', 'duplicate']);
    assert.deepEqual(told, outcomes);
    await first[Symbol.asyncDispose]();
    await using second = open();
    assert.deepEqual(await second.accept([delivery('a'), delivery('b')]), ['duplicate', 'duplicate']);
    assert.deepEqual(
      (await second.lease(9, 1000)).map(({ guid }) => guid),
      ['seen'],
    );
    assert.equal((await second.explainJob(job().jobId)).jobs.length, 1);
    assert.equal(await countIn(second, DOMAIN.dispatches, 'w'), 1);
    assert.equal(await countIn(second, SELF.deliveries, 'accepted'), 3);
  },

  async 'keeps nothing of deliveries whose processing throws, so that they are new again'(open, stored) {
    await using store = open();
    const poison = delivery('poison');
    const failing = store.acceptProcessed([delivery('a'), poison], () => {
      throw new RangeError('poison');
    });
    await assert.rejects(failing, RangeError);
    const unwritable = { ...NO_CHANGES, jobs: [{ ...job(), name: null } as never] };
    await assert.rejects(store.acceptProcessed([delivery('a'), poison], () => unwritable));
    assert.deepEqual(stored, []);
    assert.deepEqual(await store.unseen(['a', 'poison']), ['a', 'poison']);
    assert.deepEqual(await store.accept([delivery('a'), poison]), ['accepted', 'accepted']);
    assert.equal((await store.queueStatus()).pending, 2);
  },

  async 'keeps failed deliveries until they are due, parks them, and hands them out again on request'(open) {
    let now = NOW;
    await using store = open(() => now);
    await store.accept([delivery('a'), delivery('b')]);
    const [a, b] = await store.lease(9, 60_000);
    const ids = { a: a?.id ?? 0, b: b?.id ?? 0 };
    await store.commit({
      ...NO_CHANGES,
      failed: [{ id: ids.a, attempts: 1, error: 'why', retryAtMs: NOW + 500 }],
      processed: [ids.b],
    });
    assert.deepEqual(await store.lease(9, 60_000), []);
    assert.deepEqual(await store.queueStatus(), { pending: 0, retrying: 1, parked: 0, oldestMs: NOW });
    now = NOW + 500;
    const [again] = await store.lease(9, 60_000);
    assert.deepEqual([again?.guid, again?.attempts, again?.id], ['a', 1, ids.a]);
    await store.commit({ ...NO_CHANGES, failed: [{ id: ids.a, attempts: 2, error: 'still' }] });
    assert.deepEqual(await store.queueStatus(), { pending: 0, retrying: 0, parked: 1, oldestMs: null });
    const [parked] = await store.parkedDeliveries(5);
    assert.deepEqual(
      [parked?.guid, parked?.attempts, parked?.error, parked?.parkedAtMs],
      ['a', 2, 'still', now],
    );
    assert.equal(await store.replayParked('other'), 0);
    assert.equal(await store.replayParked(), 1);
    const [replayed] = await store.lease(9, 60_000);
    assert.deepEqual([replayed?.guid, replayed?.attempts], ['a', 0]);
    await store.commit({ ...NO_CHANGES, processed: [ids.a] });
    assert.deepEqual(await store.queueStatus(), { pending: 0, retrying: 0, parked: 0, oldestMs: null });
  },

  async 'forgets old delivery ids step by step and no others'(open) {
    let now = NOW - 10_000;
    await using store = open(() => now);
    const ids = Array.from({ length: 25 }, (_, index) => `id-${index}`);
    await store.accept(ids.slice(0, 20).map((id) => delivery(id)));
    now = NOW;
    await store.accept(ids.slice(20).map((id) => delivery(id)));
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
    assert.deepEqual(await store.accept(ids.map((id) => delivery(id))), [
      ...ids.slice(0, 20).map(() => 'accepted'),
      ...ids.slice(20).map(() => 'duplicate'),
    ]);
  },
};

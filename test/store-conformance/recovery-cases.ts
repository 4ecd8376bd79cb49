import assert from 'node:assert/strict';
import type { Store } from '../../src/domain/contracts.ts';
import { countOf } from '../../src/domain/metric.ts';
import { SELF } from '../../src/domain/own-metrics.ts';
import { job } from '../fixtures/states.ts';
import { accept, cellsOf, commit, delivery, NOW, type StoreCase } from './store-case.ts';

const HOUR_MS = 3_600_000;

/** What a store remembers for the recovery of lost webhooks. */
export const RECOVERY_CASES: Readonly<Record<string, StoreCase>> = {
  'the latest mark of each name is kept, across restarts': async (open) => {
    {
      await using store = await open();
      assert.equal(await store.readMark('a'), null);
      await store.writeMark('a', NOW);
      await store.writeMark('b', 2);
      await store.writeMark('a', NOW - 1);
    }
    await using store = await open();
    assert.deepEqual([await store.readMark('a'), await store.readMark('b')], [NOW - 1, 2]);
  },

  'the latest note of each name is kept, across restarts, and can be deleted': async (open) => {
    {
      await using store = await open();
      assert.equal(await store.readNote('a'), null);
      await store.writeNote('a', 'first');
      await store.writeNote('a', 'second');
      await store.writeNote('b', 'other');
      await store.writeNote('b', null);
    }
    await using store = await open();
    assert.deepEqual([await store.readNote('a'), await store.readNote('b')], ['second', null]);
  },

  'a note and what it counts change together, and only from what was read': async (open) => {
    const change = (store: Store, before: string | null, after: string) =>
      store.changeNote({ name: 'counted', before, after }, () => [
        countOf(SELF.hookDeliveries, ['app', 'other', '2xx'], 2),
      ]);
    {
      await using store = await open();
      assert.equal(await change(store, 'a', 'b'), false, 'there is none');
      assert.equal(await change(store, null, 'a'), true);
      assert.equal(await change(store, null, 'c'), false, 'another one was first');
      assert.equal(await change(store, 'a', 'b'), true);
      const failing = store.changeNote({ name: 'counted', before: 'b', after: 'x' }, () =>
        assert.fail('a bug'),
      );
      await assert.rejects(failing);
    }
    await using store = await open();
    const counted = (await cellsOf(store)).filter(({ metric }) => metric === SELF.hookDeliveries.name);
    assert.deepEqual([await store.readNote('counted'), counted.map(({ value }) => value)], ['b', [4]]);
  },

  'repositories are known by name from runs and jobs, with the hour in which they were last seen': async (
    open,
  ) => {
    let nowMs = NOW;
    {
      await using store = await open(() => nowMs);
      const see = (repository: string) => commit(store, { jobs: [job({ repository })] });
      await see('o/z');
      await see('unknown');
      nowMs += HOUR_MS / 2;
      await see('o/z');
      await see('o/a');
      const known = (await store.knownRepositories()).map(({ name, lastSeenAtMs }) => [name, lastSeenAtMs]);
      assert.deepEqual(known, [
        ['o/a', NOW + HOUR_MS / 2],
        ['o/z', NOW],
      ]);
      nowMs = NOW + HOUR_MS;
      await see('o/z');
    }
    await using store = await open(() => nowMs);
    assert.deepEqual(
      (await store.knownRepositories()).map(({ lastSeenAtMs }) => lastSeenAtMs),
      [NOW + HOUR_MS / 2, NOW + HOUR_MS],
    );
  },

  'unseen ids are those not accepted, in the order asked': async (open) => {
    await using store = await open();
    const guid = '4854ec10-8e69-11ef-8dcb-f963cd3ecfcc';
    await accept(store, [delivery(guid), delivery('api-job-1-completed')]);
    const asked = ['z', guid.toUpperCase(), guid, 'api-job-1-completed', 'a'];
    assert.deepEqual(await store.unseen(asked), ['z', 'a']);
  },

  'news from the API is counted by source, in the transaction that accepts it': async (open) => {
    await using store = await open();
    await accept(store, [delivery('w'), delivery('r', { source: 'redelivery' })]);
    await accept(store, [delivery('w', { source: 'redelivery' }), delivery('a', { source: 'api' })]);
    const { name } = SELF.recoveredDeliveries;
    const counted = (await cellsOf(store)).filter(({ metric }) => metric === name);
    assert.deepEqual(
      counted.map(({ labels, value }) => [...labels, value]),
      [
        ['api', 1],
        ['redelivery', 1],
      ],
    );
  },
};

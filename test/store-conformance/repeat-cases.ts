import assert from 'node:assert/strict';
import type { OutboxCase } from './tested-outbox.ts';

/** What `Outbox` promises of samples that a receiver took and may have lost. */
export const REPEAT_CASES: Readonly<Record<string, OutboxCase>> = {
  async 'sends again what a receiver took and may have lost, over restarts too, and counts it apart'(
    open,
    outbox,
  ) {
    const { of, put, settle, waiting, note, counted, entry, entries } = outbox;
    await using first = await open();
    await outbox.open(first, ['a', 'b']);
    await put(first, 1, 6);
    await settle(first, 'b', 6);
    await settle(first, 'a', 2, { isKept: true });
    await settle(first, 'a', 2, { isKept: true });
    assert.equal(await note(first, { sink: 'a', process: 'p', safeSeq: 3, restart: null }), 0);
    assert.deepEqual(await waiting(first, 'a'), [5, 6]);
    assert.equal(await note(first, { sink: 'a', process: 'q', safeSeq: 1, restart: 'repeat' }), 2);
    await first[Symbol.asyncDispose]();
    await using second = await open();
    await outbox.open(second, ['a', 'b']);
    assert.deepEqual(await of(second).place('a'), { nextSeq: 3, takenSeq: 5, safeSeq: 3, process: 'q' });
    // What was never sent is not in one batch with what was.
    const batch = await of(second).read('a', 9);
    assert.deepEqual(batch, { entries: entries(3, 4), endSeq: 5, isRepeat: true });
    await settle(second, 'a', 1, { isKept: true });
    await settle(second, 'a', 1, { outcome: 'rejected', dead: [entry(4)], isKept: true });
    assert.deepEqual(await of(second).read('a', 9), {
      entries: entries(5, 6),
      endSeq: 7,
      isRepeat: false,
    });
    await settle(second, 'a', 2, { isKept: true });
    assert.deepEqual(await outbox.dead(second), []);
    assert.deepEqual(await waiting(second, 'b'), []);
    assert.deepEqual(await counted(second), { 'a sent': 6, 'b sent': 6 });
    const repeats = { 'a given_up': 0, 'a sent': 1, 'a rejected': 1 };
    await outbox.assertAgain(second, repeats, { a: 1 });
  },

  async 'gives up what a receiver may have lost, where it would store it twice'(open, outbox) {
    const { put, settle, waiting, note, counted } = outbox;
    await using store = await open();
    await outbox.open(store, ['a']);
    await put(store, 1, 5);
    await settle(store, 'a', 4, { isKept: true });
    assert.equal(await note(store, { sink: 'a', process: 'q', safeSeq: 2, restart: 'give_up' }), 3);
    assert.equal(await note(store, { sink: 'a', process: 'r', safeSeq: 2, restart: 'give_up' }), 0);
    assert.deepEqual(await waiting(store, 'a'), [5]);
    await outbox.assertAgain(store, { 'a given_up': 3 }, { a: 2 });
    assert.deepEqual(await counted(store), { 'a sent': 4 });
  },

  async 'removes what all receivers are safe to keep, and no more than that'(open, outbox) {
    const { put, settle, waiting, note } = outbox;
    await using store = await open();
    await outbox.open(store, ['a', 'b']);
    await put(store, 1, 2);
    await put(store, 3, 4);
    await settle(store, 'a', 4, { isKept: true });
    await settle(store, 'b', 4, { isKept: true });
    await note(store, { sink: 'a', process: 'p', safeSeq: 5, restart: null });
    await note(store, { sink: 'b', process: 'q', safeSeq: 3, restart: null });
    await note(store, { sink: 'b', process: 'r', safeSeq: 1, restart: 'repeat' });
    assert.deepEqual(await waiting(store, 'b'), [3, 4]);
    await note(store, { sink: 'a', process: 's', safeSeq: 1, restart: 'repeat' });
    assert.deepEqual(await waiting(store, 'a'), []);
  },

  async 'makes room once all receivers are safe to keep what they took'(open, outbox) {
    const { put, settle, trim, note } = outbox;
    await using store = await open();
    await outbox.open(store, ['a', 'b']);
    // Every table has a page then.
    await put(store, 1, 1);
    await settle(store, 'a', 1);
    await settle(store, 'b', 1);
    const empty = await store.usedBytes();
    for (let row = 0; row < 300; row += 1) await put(store, 1, 100);
    const full = await store.usedBytes();
    await settle(store, 'a', 30_000, { isKept: true });
    await settle(store, 'b', 30_000);
    for (const safeSeq of [20_002, 30_002]) {
      await note(store, { sink: 'a', process: 'p', safeSeq, restart: null });
      await trim(store, { beforeMs: 0, maxBytes: 1e9 });
      const share = ((await store.usedBytes()) - empty) / (full - empty);
      assert.ok(Math.abs(share - (30_002 - safeSeq) / 30_000) < 0.1, `${share} is left`);
    }
  },

  async 'may drop what is to be sent again, the oldest first, and counts it apart'(open, outbox) {
    const { put, settle, waiting, trim, note, counted } = outbox;
    await using store = await open();
    await outbox.open(store, ['a']);
    await put(store, 1, 2);
    await put(store, 3, 6);
    await settle(store, 'a', 4, { isKept: true });
    // Kept, and in nobody's way.
    assert.equal(
      await trim(store, { beforeMs: 0, maxBytes: outbox.bytesOf(1, 2) + outbox.bytesOf(3, 6) - 1 }),
      0,
    );
    await note(store, { sink: 'a', process: 'q', safeSeq: 1, restart: 'repeat' });
    assert.deepEqual(await waiting(store, 'a'), [3, 4]);
    assert.equal(await trim(store, { beforeMs: 0, maxBytes: 0 }), 4);
    assert.deepEqual(await counted(store), { 'a sent': 4, 'a overflow': 2 });
    await outbox.assertAgain(store, { 'a given_up': 2 }, { a: 1 });
    await put(store, 7, 7);
    assert.deepEqual(await waiting(store, 'a'), [7]);
  },
};

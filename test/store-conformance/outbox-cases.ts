import assert from 'node:assert/strict';
import { NO_HISTORY } from '../../src/domain/history.ts';
import type { Changes } from '../../src/domain/transaction.ts';
import { commit, NOW } from './store-case.ts';
import type { OutboxCase } from './tested-outbox.ts';

/** What `Outbox` promises. */
export const OUTBOX_CASES: Readonly<Record<string, OutboxCase>> = {
  async 'keeps samples in order and unchanged until they are settled, across restarts'(open, outbox) {
    const { of, put, settle, waiting, counted, entries } = outbox;
    await using first = await open();
    await outbox.open(first, ['a']);
    await put(first, 1, 3);
    await put(first, 4, 5);
    assert.deepEqual((await of(first).read('a', 9)).entries, entries(1, 5));
    await settle(first, 'a', 2);
    await first[Symbol.asyncDispose]();
    await using second = await open();
    await outbox.open(second, ['a']);
    assert.deepEqual(await waiting(second, 'a'), [3, 4, 5]);
    assert.deepEqual(await waiting(second, 'a', 2), [3, 4]);
    await put(second, 6, 6);
    await settle(second, 'a', 4);
    assert.deepEqual(await waiting(second, 'a'), []);
    assert.deepEqual(await of(second).read('a', 9), { entries: [], endSeq: 7, isRepeat: false });
    await second[Symbol.asyncDispose]();
    await using third = await open();
    await outbox.open(third, ['a']);
    await put(third, 7, 7);
    assert.deepEqual(await waiting(third, 'a'), [7]);
    assert.deepEqual(await counted(third), { 'a sent': 6 });
  },

  async 'lets each sink go at its own pace'(open, outbox) {
    const { of, put, settle, waiting } = outbox;
    await using store = await open();
    await outbox.open(store, ['fast', 'slow']);
    await put(store, 1, 4);
    await settle(store, 'fast', 4);
    await put(store, 5, 6);
    assert.deepEqual(await waiting(store, 'fast'), [5, 6]);
    assert.deepEqual(await waiting(store, 'slow'), [1, 2, 3, 4, 5, 6]);
    const status = (await of(store).status()).map(({ sink, waiting: count, oldestMs }) => [
      sink,
      count,
      oldestMs,
    ]);
    assert.deepEqual(status, [
      ['fast', 2, NOW],
      ['slow', 6, NOW],
    ]);
    await settle(store, 'fast', 2);
    assert.equal((await of(store).status()).find(({ sink }) => sink === 'fast')?.oldestMs, null);
  },

  async 'gives a new sink the samples from then on, and forgets those waiting for a removed one'(
    open,
    outbox,
  ) {
    const { of, put, waiting } = outbox;
    await using store = await open();
    await outbox.open(store, ['old']);
    await put(store, 1, 3);
    assert.equal(await outbox.open(store, ['old', 'new']), 0);
    await put(store, 4, 4);
    assert.deepEqual(await waiting(store, 'new'), [4]);
    assert.equal(await outbox.open(store, ['new']), 4);
    assert.deepEqual(await waiting(store, 'new'), [4]);
    assert.deepEqual(
      (await of(store).status()).map(({ sink }) => sink),
      ['new'],
    );
  },

  async 'settles nothing twice'(open, outbox) {
    const { of, put, settleTo, waiting, counted, entry } = outbox;
    await using store = await open();
    await outbox.open(store, ['a']);
    await put(store, 1, 4);
    const { endSeq } = await of(store).read('a', 3);
    await settleTo(store, { sink: 'a', endSeq, outcome: 'sent', dead: [], isKept: false });
    await settleTo(store, { sink: 'a', endSeq, outcome: 'sent', dead: [], isKept: false });
    await settleTo(store, {
      sink: 'a',
      endSeq: endSeq - 1,
      outcome: 'rejected',
      dead: [entry(1)],
      isKept: false,
    });
    assert.deepEqual(await waiting(store, 'a'), [4]);
    assert.deepEqual(await counted(store), { 'a sent': 3 });
    assert.deepEqual(await outbox.dead(store), []);
  },

  async 'keeps samples that a receiver refused, with the reason, latest first'(open, outbox) {
    const { put, settle, counted, entry } = outbox;
    await using store = await open();
    await outbox.open(store, ['a']);
    await put(store, 1, 2);
    for (const value of [1, 2]) {
      await settle(store, 'a', 1, { outcome: 'rejected', dead: [entry(value)], reason: `no ${value}` });
    }
    const dead = await outbox.dead(store);
    assert.deepEqual(dead[0], { entry: entry(2), sink: 'a', rejectedAtMs: NOW, reason: 'no 2' });
    assert.deepEqual(
      dead.map(({ reason }) => reason),
      ['no 2', 'no 1'],
    );
    assert.deepEqual(await counted(store), { 'a rejected': 2 });
  },

  async 'gives up the oldest samples when they are too old or too many, and counts them for each waiting sink'(
    open,
    outbox,
  ) {
    const { put, settle, waiting, trim, counted } = outbox;
    let now = NOW;
    await using store = await open(() => now);
    await outbox.open(store, ['a', 'b']);
    await put(store, 1, 3);
    await settle(store, 'b', 2);
    now += 1000;
    await put(store, 4, 6);
    const none = { beforeMs: 0, maxBytes: 1_000_000 };
    assert.equal(await trim(store, none), 0);
    assert.equal(await trim(store, { ...none, beforeMs: NOW + 1 }), 4);
    assert.deepEqual(
      [await waiting(store, 'a'), await waiting(store, 'b')],
      [
        [4, 5, 6],
        [4, 5, 6],
      ],
    );
    now += 1000;
    await put(store, 7, 7);
    assert.equal(
      await trim(store, { ...none, maxBytes: outbox.bytesOf(4, 6) + outbox.bytesOf(7, 7) - 1 }),
      6,
    );
    assert.deepEqual(await waiting(store, 'a'), [7]);
    assert.deepEqual(await counted(store), {
      'a expired': 3,
      'a overflow': 3,
      'b expired': 1,
      'b overflow': 3,
      'b sent': 2,
    });
  },

  async 'counts the size of samples in bytes'(open, outbox) {
    const { trim } = outbox;
    await using store = await open();
    await outbox.open(store, ['a']);
    await commit(store, outbox.changes([outbox.wide('\u{8759}'.repeat(1000))]));
    assert.equal(await trim(store, { beforeMs: 0, maxBytes: 3000 }), 1);
  },

  async 'stores samples and states together or not at all'(open, outbox) {
    const { of, put, waiting, entry } = outbox;
    await using store = await open();
    await outbox.open(store, ['a']);
    await put(store, 1, 1);
    // States are written before the outbox, the history after it.
    for (const unstorable of [{ runs: [{}] }, { history: { ...NO_HISTORY, finishedRuns: [{}] } }]) {
      const changes = { ...outbox.changes([entry(2)]), ...unstorable };
      await assert.rejects(commit(store, changes as unknown as Partial<Changes>));
    }
    await put(store, 3, 3);
    assert.deepEqual(await waiting(store, 'a'), [1, 3]);
    assert.deepEqual((await of(store).status())[0]?.waiting, 2);
  },
};

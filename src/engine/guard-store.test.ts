import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import { guardStore } from './guard-store.ts';

const DAMAGE = new AntError('store_damaged', 'a page can not be read');

function storeOf(error: Error) {
  const calls: string[] = [];
  const part: Partial<Store> = {
    async forgetSeen() {
      calls.push('forgetSeen');
      throw error;
    },
    async usedBytes() {
      calls.push('usedBytes');
      return 5;
    },
    async [Symbol.asyncDispose]() {
      calls.push('close');
    },
  };
  return { calls, ...guardStore(part as Store) };
}

test('once any caller finds the store damaged, it is closed and no longer touched', async () => {
  const { store, damaged, calls } = storeOf(DAMAGE);
  assert.equal(await store.usedBytes(), 5);
  await assert.rejects(store.forgetSeen(0, 1), DAMAGE);
  await assert.rejects(damaged, DAMAGE);
  await assert.rejects(store.usedBytes(), DAMAGE);
  await store[Symbol.asyncDispose]();
  assert.deepEqual(calls, ['usedBytes', 'forgetSeen', 'close']);
});

test('transient trouble and bugs change nothing', async () => {
  for (const error of [new AntError('store_unavailable', 'disk full'), new TypeError('a bug')]) {
    const { store, damaged } = storeOf(error);
    let isDamaged = false;
    damaged.catch(() => {
      isDamaged = true;
    });
    await assert.rejects(store.forgetSeen(0, 1), error);
    assert.equal(await store.usedBytes(), 5);
    assert.equal(isDamaged, false);
  }
});

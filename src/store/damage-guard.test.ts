import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AntError } from '../domain/errors.ts';
import { guardMethods } from './damage-guard.ts';

const DAMAGE = new AntError('store_damaged', 'a page can not be read');

interface Methods {
  forgetSeen(): Promise<never>;
  usedBytes(): Promise<number>;
  readonly samples: { place(): Promise<number> };
}

function methodsOf(error: Error) {
  const calls: string[] = [];
  const methods: Methods = {
    async forgetSeen() {
      calls.push('forgetSeen');
      throw error;
    },
    async usedBytes() {
      calls.push('usedBytes');
      return 5;
    },
    samples: {
      async place() {
        calls.push('place');
        return 7;
      },
    },
  };
  return { calls, ...guardMethods<Methods>(methods, (cause) => cause) };
}

test('once any caller finds the store damaged, it is neither read nor written', async () => {
  const { methods, damaged, calls } = methodsOf(DAMAGE);
  assert.deepEqual([await methods.usedBytes(), await methods.samples.place()], [5, 7]);
  await assert.rejects(methods.forgetSeen(), DAMAGE);
  await assert.rejects(damaged, DAMAGE);
  await assert.rejects(methods.usedBytes(), DAMAGE);
  await assert.rejects(methods.samples.place(), DAMAGE);
  assert.deepEqual(calls, ['usedBytes', 'place', 'forgetSeen']);
});

test('transient trouble and bugs change nothing', async () => {
  for (const error of [new AntError('store_unavailable', 'disk full'), new TypeError('a bug')]) {
    const { methods, damaged } = methodsOf(error);
    let isDamaged = false;
    damaged.catch(() => {
      isDamaged = true;
    });
    await assert.rejects(methods.forgetSeen(), error);
    assert.equal(await methods.usedBytes(), 5);
    assert.equal(isDamaged, false);
  }
});

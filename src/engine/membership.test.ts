import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT } from '../../test/fixtures/logger.ts';
import { AntError } from '../domain/errors.ts';
import type { Fleet, Standing } from '../domain/replica.ts';
import { SharedLease } from '../timing/shared-lease.ts';
import { Membership } from './membership.ts';

const STANDING: Standing = { leadsForMs: 10_000, crashedAtMs: null, nowMs: 5000, replicas: [] };

function optionsOf(store: Partial<Fleet>, monotonic = () => 1000) {
  const full = {
    join: async () => STANDING,
    beat: async () => STANDING,
    leave: async () => undefined,
    ...store,
  };
  const lead = new SharedLease(undefined, monotonic);
  const self = { host: 'here', version: '1', configHash: '' };
  return { store: full, self, lead, clock: () => 5000, logger: SILENT, monotonic };
}

test('the lead ends so long after it was asked for, and at once when the process leaves', async () => {
  let nowMs = 1000;
  const join = async () => {
    nowMs += 4000;
    return STANDING;
  };
  const options = optionsOf({ join }, () => nowMs);
  const membership = await Membership.join(options);
  assert.ok(options.lead.isHeld);
  nowMs = 10_999;
  assert.ok(options.lead.isHeld);
  nowMs = 11_000;
  assert.ok(!options.lead.isHeld);
  nowMs = 5000;
  await membership.close();
  assert.ok(!options.lead.isHeld);
});

test('a crash before the start is reported with its age, and none where there was none', async () => {
  const ages: number[] = [];
  for (const crashedAtMs of [2000, null]) {
    const membership = await Membership.join(optionsOf({ join: async () => ({ ...STANDING, crashedAtMs }) }));
    membership.watchCrashes((ageMs) => ages.push(ageMs));
    await membership.close();
  }
  assert.deepEqual(ages, [3000]);
});

test('a store that cannot be written prevents neither a start nor an end; then a crash is assumed', async () => {
  const unavailable = () => Promise.reject(new AntError('store_unavailable', 'disk full'));
  const options = optionsOf({ join: unavailable, leave: unavailable });
  const membership = await Membership.join(options);
  let isCareful = false;
  membership.watchCrashes(() => {
    isCareful = true;
  });
  assert.ok(isCareful);
  assert.ok(!options.lead.isHeld);
  await membership.close();
});

test('nothing starts on a damaged store', async () => {
  const damaged = () => Promise.reject(new AntError('store_damaged', 'no sound database'));
  await assert.rejects(Membership.join(optionsOf({ join: damaged })), { code: 'store_damaged' });
});

test('the clock of the store is compared with that of the machine when it answers', async () => {
  const replicas = [
    {
      ...{ id: 1, host: 'here', version: '1', configHash: '', isSelf: true, leads: true },
      ...{ startedAtMs: 0, seenAtMs: 0, behind: 0 },
    },
  ];
  const aheadAt = async (nowMs: number) => {
    const times = [5000, 5100];
    const options = optionsOf({ join: async () => ({ ...STANDING, nowMs, replicas }) });
    const membership = await Membership.join({ ...options, clock: () => times.shift() ?? 0 });
    await membership.close();
    return membership.storeAheadMs;
  };
  assert.deepEqual([await aheadAt(5050), await aheadAt(8100), await aheadAt(2000)], [0, 3000, -3000]);
});

test('a crash is told while the store still takes over what the crashed process had in hand, and once', async () => {
  const ages: number[] = [];
  const takenOver = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const beat: Fleet['beat'] = async (heard) => {
    heard?.({ ...STANDING, crashedAtMs: 2000 });
    takenOver.resolve();
    await ended.promise;
    return { ...STANDING, crashedAtMs: 2000 };
  };
  const due = Promise.withResolvers<void>();
  const sleep = () => due.promise;
  const membership = await Membership.join({ ...optionsOf({ beat }), sleep });
  membership.watchCrashes((ageMs) => ages.push(ageMs));
  due.resolve();
  await takenOver.promise;
  assert.deepEqual(ages, [3000]);
  const closed = membership.close();
  ended.resolve();
  await closed;
  assert.deepEqual(ages, [3000]);
});

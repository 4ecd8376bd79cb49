import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AcceptOutcome, Delivery } from '../domain/delivery.ts';
import { AntError } from '../domain/errors.ts';
import { GroupCommit } from './group-commit.ts';

function delivery(guid: string, payload = '{}'): Delivery {
  return { guid, event: 'workflow_job', action: 'queued', source: 'webhook', receivedAtMs: 0, payload };
}

/** Every third delivery is a duplicate: the outcome of a delivery can be checked by its number. */
function outcomeOf({ guid }: Delivery): AcceptOutcome {
  return Number(guid) % 3 === 0 ? 'duplicate' : 'accepted';
}

/** Waits for `turns` turns of the event loop. */
async function pass(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise(setImmediate);
}

test('every delivery gets the outcome of its own commit, in any timing', async () => {
  const commit = fc.record({ turns: fc.nat(4), fails: fc.boolean() });
  const arrivals = fc.array(fc.record({ gap: fc.nat(3), size: fc.nat(60) }), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(arrivals, fc.array(commit, { minLength: 1, maxLength: 20 }), async (coming, plan) => {
      const failedIn = new Map<string, Error>();
      const committed: string[] = [];
      let underWay = 0;
      let number = 0;
      const inbox = {
        async accept(deliveries: readonly Delivery[]) {
          underWay += 1;
          assert.equal(underWay, 1, 'one commit at a time');
          assert.ok(deliveries.length >= 1 && deliveries.length <= 5);
          const characters = deliveries.reduce((sum, { payload }) => sum + payload.length, 0);
          assert.ok(characters <= 100 || deliveries.length === 1);
          const { turns, fails } = plan[number++ % plan.length] ?? { turns: 0, fails: false };
          await pass(turns);
          underWay -= 1;
          committed.push(...deliveries.map(({ guid }) => guid));
          if (!fails) return deliveries.map(outcomeOf);
          const error = new AntError('store_unavailable', `commit ${number}`);
          for (const { guid } of deliveries) failedIn.set(guid, error);
          throw error;
        },
      };
      const commits = new GroupCommit(inbox, { deliveries: 5, characters: 100 });
      const results: Promise<unknown>[] = [];
      for (const [index, { gap, size }] of coming.entries()) {
        await pass(gap);
        results.push(commits.accept(delivery(String(index), 'x'.repeat(size))).catch((error) => error));
      }
      await commits.drain();
      assert.equal(commits.waiting, 0);
      const expected = coming.map(
        (_, index) => failedIn.get(String(index)) ?? outcomeOf(delivery(String(index))),
      );
      assert.deepEqual(await Promise.all(results), expected);
      assert.deepEqual(committed, Array.from(coming.keys(), String), 'each once, in the order of arrival');
    }),
    { numRuns: 150 },
  );
});

test('deliveries that arrive during a commit share the next one', async () => {
  const sizes: number[] = [];
  const first = Promise.withResolvers<void>();
  const commits = new GroupCommit({
    async accept(deliveries) {
      sizes.push(deliveries.length);
      await first.promise;
      return deliveries.map(() => 'accepted');
    },
  });
  const all = [commits.accept(delivery('0'))];
  await pass(2);
  for (let i = 1; i <= 600; i++) all.push(commits.accept(delivery(String(i))));
  assert.equal(commits.waiting, 601);
  first.resolve();
  await Promise.all(all);
  assert.deepEqual(sizes, [1, 512, 88]);
});

test('deliveries that arrive in the same turn of the event loop share the first commit', async () => {
  const sizes: number[] = [];
  const commits = new GroupCommit({
    async accept(deliveries) {
      sizes.push(deliveries.length);
      return deliveries.map(() => 'accepted');
    },
  });
  const first = commits.accept(delivery('0'));
  for (let i = 0; i < 10; i++) await null;
  await Promise.all([first, commits.accept(delivery('1'))]);
  assert.deepEqual(sizes, [2]);
});

test('a commit with too few answers fails', async () => {
  const commits = new GroupCommit({ accept: async () => ['accepted'] });
  const [first, second] = await Promise.allSettled([
    commits.accept(delivery('0')),
    commits.accept(delivery('1')),
  ]);
  assert.equal(first.status, 'fulfilled');
  assert.equal(second.status, 'rejected');
});

test('commits begin eight milliseconds apart, or at once when the last one is older', async () => {
  const [waits, time] = [[] as number[], { nowMs: 0 }];
  const sleep = async (ms: number) => {
    waits.push(ms);
    time.nowMs += ms;
  };
  const inbox = { accept: async (all: readonly Delivery[]) => all.map(outcomeOf) };
  const commits = new GroupCommit(inbox, undefined, { monotonic: () => time.nowMs, sleep });
  for (const passedMs of [0, 0, 1, 8, 3]) {
    time.nowMs += passedMs;
    await commits.accept(delivery('0'));
    await commits.drain();
  }
  assert.deepEqual(waits, [8, 7, 5]);
});

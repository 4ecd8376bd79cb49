import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SimulatedDelivery } from './deliveries.ts';
import { type Disturbance, disturb } from './disturbance.ts';
import type { Repository } from './model.ts';
import { populate } from './population.ts';

const COUNT = 20_000;
const [REPOSITORY] = populate(1).repositories as [Repository];
const QUIET: Disturbance = { seed: 'd', duplicates: 0, reordering: 0, loss: 0, windowMs: 60_000 };

function* stream(): Generator<SimulatedDelivery> {
  for (let i = 0; i < COUNT; i++) {
    const what = { event: 'workflow_job', action: 'queued', repository: REPOSITORY, endsJob: false } as const;
    yield { ...what, atMs: i * 100, happenedMs: i * 100, guid: String(i), body: () => '{}' };
  }
}

function disturbed(change: Partial<Disturbance>) {
  const counts = { duplicated: 0, delayed: 0, lost: 0 };
  const lost: SimulatedDelivery[] = [];
  const list = [...disturb(stream(), { ...QUIET, ...change }, counts, (each) => lost.push(each))];
  return { list, lost, counts, guids: list.map((each) => Number(each.guid)) };
}

function about(actual: number, share: number) {
  assert.ok(Math.abs(actual / COUNT - share) < 0.01, `${actual} of ${COUNT}, not ${share}`);
}

test('without shares nothing changes', () => {
  assert.deepEqual(disturbed({}).guids, [...Array(COUNT).keys()]);
});

test('lost deliveries never arrive, and each is returned as lost', () => {
  const { guids, lost, counts } = disturbed({ loss: 0.1 });
  about(counts.lost, 0.1);
  assert.equal(new Set(guids).size, COUNT - counts.lost);
  assert.equal(new Set([...guids, ...lost.map((each) => Number(each.guid))]).size, COUNT);
});

test('silently lost deliveries are not returned', () => {
  const { guids, lost, counts } = disturbed({ silence: 0.1 });
  about(counts.lost, 0.1);
  assert.equal(guids.length, COUNT - counts.lost);
  assert.deepEqual(lost, []);
});

test('duplicates arrive later, under the same id', () => {
  const { guids, counts } = disturbed({ duplicates: 0.2 });
  about(counts.duplicated, 0.2);
  assert.equal(guids.length, COUNT + counts.duplicated);
  assert.equal(new Set(guids).size, COUNT);
});

test('late deliveries arrive after some that were sent after them, within the window', () => {
  const { list, guids, counts } = disturbed({ reordering: 0.3 });
  about(counts.delayed, 0.3);
  assert.equal(new Set(guids).size, COUNT);
  assert.ok(guids.filter((guid, i) => guid < (guids[i - 1] ?? -1)).length > COUNT * 0.2);
  assert.ok(list.every((each, i) => i === 0 || each.atMs >= (list[i - 1]?.atMs ?? 0)));
  assert.ok(list.every((each) => each.atMs - each.happenedMs <= QUIET.windowMs));
});

test('the same seed disturbs deliveries in the same way', () => {
  const shares = { duplicates: 0.1, reordering: 0.1, loss: 0.1 };
  assert.deepEqual(disturbed(shares).guids, disturbed(shares).guids);
  assert.notDeepEqual(disturbed(shares).guids, disturbed({ ...shares, seed: 'e' }).guids);
});

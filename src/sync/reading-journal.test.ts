import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attempt, fakeEngine } from '../../test/fixtures/history.ts';
import type { DeliveryAttempt } from '../domain/github-history.ts';
import { openReadingJournal } from './reading-journal.ts';

const EVENTS = [1, 2, 3, 4, 5].map((id) => attempt(id, 6 - id));

function guids(attempts: readonly DeliveryAttempt[]): string[] {
  return attempts.map(({ guid }) => guid);
}

/** Begins to read the part and never finishes, like a process that ends. */
async function die(engine: ReturnType<typeof fakeEngine>, part: readonly DeliveryAttempt[]): Promise<void> {
  const journal = await openReadingJournal('app', engine);
  const reached = Promise.withResolvers<void>();
  void journal.during(part, () => {
    reached.resolve();
    return new Promise(() => undefined);
  });
  await reached.promise;
}

test('deliveries that are read normally are read together, and leave no note', async () => {
  const engine = fakeEngine();
  const journal = await openReadingJournal('app', engine);
  const { parts, skipped } = journal.split(EVENTS, 2);
  assert.deepEqual([parts.map(guids), skipped], [[['g1', 'g2'], ['g3', 'g4'], ['g5']], []]);
  assert.equal(await journal.during(EVENTS, async () => 'done'), 'done');
  await assert.rejects(
    journal.during(EVENTS, () => Promise.reject(new Error('fault'))),
    /fault/,
  );
  assert.equal(await engine.readNote('reading/app'), null);
});

test('a delivery being read when the process ended is read last and alone, and finally given up', async () => {
  const engine = fakeEngine();
  await die(engine, EVENTS.slice(0, 2));
  const second = await openReadingJournal('app', engine);
  assert.deepEqual(second.split(EVENTS, 2).parts.map(guids), [['g3', 'g4'], ['g5'], ['g1'], ['g2']]);
  await second.during(EVENTS.slice(0, 1), async () => undefined);
  for (let process = 2; process <= 5; process += 1) await die(engine, EVENTS.slice(1, 2));
  const { parts, skipped } = (await openReadingJournal('app', engine)).split(EVENTS, 10);
  assert.deepEqual([parts.map(guids), guids(skipped)], [[['g1', 'g3', 'g4', 'g5']], ['g2']]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AntError } from '../domain/errors.ts';
import { openReadiness } from './readiness.ts';

/** Readiness whose proofs end when the test says so. */
function open() {
  const proofs: PromiseWithResolvers<void>[] = [];
  const waits: PromiseWithResolvers<void>[] = [];
  const wait = (list: PromiseWithResolvers<void>[]) => {
    const waiting = Promise.withResolvers<void>();
    list.push(waiting);
    return waiting.promise;
  };
  const ready = openReadiness({
    isStopping: () => false,
    isOpen: () => true,
    shortage: () => null,
    engine: { proveDurable: () => wait(proofs) },
    sleep: () => wait(waits),
  });
  return { ready, proofs, waits };
}

test('who asks while a proof is under way gets its answer, and causes no other', async () => {
  const { ready, proofs } = open();
  const answers = [ready(), ready()];
  assert.equal(proofs.length, 1);
  proofs[0]?.resolve();
  assert.deepEqual(await Promise.all(answers), [{ ok: true }, { ok: true }]);
  const next = ready();
  assert.equal(proofs.length, 2);
  proofs[1]?.resolve();
  assert.deepEqual(await next, { ok: true });
});

test('while a proof takes long, the reason is that of the one before; once it succeeds, all is well', async () => {
  const { ready, proofs, waits } = open();
  const first = ready();
  proofs[0]?.reject(new AntError('store_unavailable', 'it is locked.', { hint: 'Look who has it.' }));
  const refused = { ok: false, reason: 'it is locked. Look who has it.' };
  assert.deepEqual(await first, refused);
  const second = ready();
  waits[0]?.resolve();
  assert.deepEqual(await second, refused);
  const third = ready();
  proofs[1]?.resolve();
  assert.deepEqual(await third, { ok: true });
});

test('a bug is no reason', async () => {
  const { ready, proofs } = open();
  const answer = ready();
  proofs[0]?.reject(new TypeError('a bug'));
  await assert.rejects(answer, TypeError);
});

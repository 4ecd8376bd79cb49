import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT } from '../../test/fixtures/logger.ts';
import { AntError } from '../domain/errors.ts';
import { countOf, type Increment } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { openIncrementBuffer } from './increment-buffer.ts';

const COUNT = countOf(SELF.jobNumbersDropped, []);

function openBuffer() {
  const written: Increment[][] = [];
  const state: { failure: Error | null } = { failure: null };
  const buffer = openIncrementBuffer(async (increments) => {
    if (state.failure !== null) throw state.failure;
    written.push([...increments]);
  }, SILENT);
  return { buffer, written, state };
}

test('repeated counts are written once, and nothing is written when nothing was counted', async () => {
  const { buffer, written } = openBuffer();
  for (let count = 0; count < 3; count += 1) buffer.add([COUNT]);
  await buffer.flush();
  await buffer.close();
  assert.deepEqual(written, [[{ ...COUNT, delta: 3 }]]);
});

test('while the store is unavailable counts are kept, and closing writes them', async () => {
  const { buffer, written, state } = openBuffer();
  state.failure = new AntError('store_unavailable', 'disk full');
  buffer.add([COUNT]);
  await buffer.flush();
  buffer.add([COUNT]);
  state.failure = null;
  await buffer.close();
  assert.deepEqual(written, [[{ ...COUNT, delta: 2 }]]);
});

test('any other failure is thrown', async () => {
  const { buffer, state } = openBuffer();
  state.failure = new AntError('store_damaged', 'no sound database');
  buffer.add([COUNT]);
  await assert.rejects(buffer.flush(), { code: 'store_damaged' });
  await buffer.close();
});

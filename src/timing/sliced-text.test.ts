import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SlicedText } from './sliced-text.ts';

test('a slice ends after its time, and a pause starts a new one', async () => {
  let nowMs = 0;
  const text = new SlicedText(2, 10, () => nowMs);
  const piece = 'x'.repeat(64 * 1024);
  nowMs = 2;
  assert.equal(text.add(piece), false);
  nowMs = 3;
  assert.equal(text.add('the clock is not looked at for little'), false);
  assert.equal(text.add(piece), true);
  await text.pause();
  nowMs = 5;
  assert.equal(text.add(piece), false);
});

test('the text is returned as it was added, however much longer than expected', async () => {
  const text = new SlicedText(2, 3);
  const parts = ['ä€😀', 'y'.repeat(200_000), '', 'end'];
  for (const part of parts) if (text.add(part)) await text.pause();
  assert.equal(new TextDecoder().decode(text.finish()), parts.join(''));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonWriter } from './reason-text.ts';

test('a reason is one bounded line', () => {
  const write = reasonWriter([]);
  assert.equal(write(' 400 a\r\n\tb\u0000\u001b[31mc\u0085d \n'), '400 a b [31mc d');
  assert.equal(write('x'.repeat(300)), 'x'.repeat(300));
  assert.equal(write('x'.repeat(301)), `${'x'.repeat(300)}…`);
});

test('given secrets are removed, the longest first, and so is what looks like one', () => {
  const write = reasonWriter(['hunter2', 'hunter2-and-more', '', 'abc']);
  assert.equal(write('no hunter2-and-more, hunter2'), 'no <secret>, <secret>');
  assert.equal(write('abc'), 'abc');
  assert.doesNotMatch(write('bad Authorization: Bearer abcdefghijklmnopqrstuv'), /abcdefgh/);
});

test('no half secret remains where the text is cut', () => {
  assert.doesNotMatch(reasonWriter(['hunter2'])(`${'x'.repeat(297)}hunter2`), /hun/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributesJson, nanosOf, sentText } from './attributes.ts';

test('nanoseconds are exact, where a number would not be', () => {
  assert.equal(nanosOf(1_764_480_000_123), 1_764_480_000_123_000_000n);
  assert.equal(nanosOf(1_764_480_000_000.25), 1_764_480_000_000_250_000n);
  assert.equal(nanosOf(-5), 0n);
});

test('texts are sent with 1,000 characters at most, none of them half', () => {
  assert.equal(sentText('x'.repeat(1001)), 'x'.repeat(1000));
  assert.equal(sentText(`${'x'.repeat(999)}😀`), `${'x'.repeat(999)}�`);
  assert.equal(sentText('a\ud800b'), 'a�b');
});

test('values in JSON', () => {
  const values = attributesJson([
    ['text', 'a'],
    ['yes', true],
    ['id', 40_685_651_258],
    ['below', -1],
    ['share', 0.5],
    ['nanos', { double: 5e9 }],
    ['none', Number.NaN],
    ['labels', ['a', 'b']],
  ]);
  assert.deepEqual(values, [
    { key: 'text', value: { stringValue: 'a' } },
    { key: 'yes', value: { boolValue: true } },
    { key: 'id', value: { intValue: '40685651258' } },
    { key: 'below', value: { intValue: '-1' } },
    { key: 'share', value: { doubleValue: 0.5 } },
    { key: 'nanos', value: { doubleValue: 5e9 } },
    { key: 'none', value: { doubleValue: 'NaN' } },
    { key: 'labels', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } } },
  ]);
});

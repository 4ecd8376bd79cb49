import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryTimeMs } from './delivery-time.ts';

test('the time is read from a real delivery id', () => {
  assert.equal(
    deliveryTimeMs('4854ec10-8e69-11ef-8dcb-f963cd3ecfcc'),
    Date.parse('2024-10-19T22:27:10.801Z'),
  );
  assert.equal(
    deliveryTimeMs('4854EC10-8E69-11EF-8DCB-F963CD3ECFCC'),
    Date.parse('2024-10-19T22:27:10.801Z'),
  );
});

for (const guid of [
  '',
  'not-an-id',
  '4854ec10-8e69-41ef-8dcb-f963cd3ecfcc',
  '4854ec10-8e69-11ef-0dcb-f963cd3ecfcc',
  '4854ec10-8e69-11ef-8dcb-f963cd3ecfcc0',
  '4854ec108e6911ef8dcbf963cd3ecfcc',
]) {
  test(`"${guid}" has no time`, () => assert.equal(deliveryTimeMs(guid), null));
}

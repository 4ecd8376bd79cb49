import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFailureThrottle } from './failure-throttle.ts';

function failing(times: number, fail: () => number): number[] {
  return Array.from({ length: times }, fail);
}

test('ten failures are allowed, then one every six seconds', () => {
  let nowMs = 1_000_000;
  const throttle = createFailureThrottle(() => nowMs);
  const fail = () => throttle.fail('192.0.2.1');
  assert.deepEqual(failing(10, fail), new Array(10).fill(0));
  assert.equal(fail(), 6000);
  nowMs += 5999;
  assert.equal(fail(), 1);
  nowMs += 1;
  assert.deepEqual(failing(2, fail), [0, 6000]);
  nowMs += 3_600_000;
  assert.deepEqual(failing(11, fail), [...new Array(10).fill(0), 6000]);
});

test('each address has its own allowance, IPv6 by its /64', () => {
  const throttle = createFailureThrottle(() => 0);
  failing(10, () => throttle.fail('2001:db8:1:2::1'));
  assert.ok(throttle.fail('2001:db8:1:2:ffff::9') > 0);
  assert.equal(throttle.fail('2001:db8:1:3::1'), 0);
  assert.equal(throttle.fail('::1'), 0);
  failing(10, () => throttle.fail('::ffff:192.0.2.1'));
  assert.ok(throttle.fail('192.0.2.1') > 0);
  assert.equal(throttle.fail('::ffff:192.0.2.2'), 0);
});

test('an address is the same however it is written', () => {
  const throttle = createFailureThrottle(() => 0);
  failing(10, () => throttle.fail('2001:DB8::1'));
  assert.ok(throttle.fail('2001:db8::2') > 0);
  assert.ok(throttle.fail('2001:0db8:0:0::3%eth0') > 0);
  failing(10, () => throttle.fail('::ffff:c000:201'));
  assert.ok(throttle.fail('192.0.2.1') > 0);
});

test('the number of remembered addresses is limited: the one that failed most recently stays', () => {
  const throttle = createFailureThrottle(() => 0);
  failing(11, () => throttle.fail('attacker'));
  failing(11, () => throttle.fail('old'));
  for (let each = 0; each < 9999; each += 1) {
    throttle.fail(`address ${each}`);
    throttle.fail('attacker');
  }
  assert.ok(throttle.fail('attacker') > 0);
  assert.equal(throttle.fail('old'), 0);
});

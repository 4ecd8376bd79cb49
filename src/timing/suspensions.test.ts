import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE, openKeptMachine } from '../../test/fixtures/kept-machine.ts';

/*
 * A machine that is suspended counts it in its uptime, and not by its monotonic clock. One that its host stops counts
 * nothing.
 */

test('the time is right as soon as a suspended machine resumes, and GitHub is asked all the same', () => {
  const machine = openKeptMachine({ canAsk: true });
  machine.answer();
  machine.pass(MINUTE);
  machine.suspend(8 * HOUR);
  assert.deepEqual(machine.errors(), [0, 8 * 3600]);
  assert.equal(machine.keeper.isConfirmed, false);
  machine.answer();
  machine.pass(MINUTE);
  assert.deepEqual(
    [machine.errors(), machine.said],
    [
      [0, 0],
      ['step 8 h', 'suspension 8 h'],
    ],
  );
});

test('a suspension is counted on from the time that was right, though the clock is wrong', () => {
  const machine = openKeptMachine();
  machine.deliver(1);
  machine.set(10 * DAY);
  machine.deliver(3);
  machine.suspend(8 * HOUR);
  assert.equal(machine.errors()[0], 0);
  machine.pass(HOUR);
  assert.deepEqual(machine.errors(), [0, 8 * 3600 + 2]);
  machine.set(0);
  assert.equal(machine.keeper.wallAheadMs, 0);
});

test('a clock that was followed by mistake is left after a suspension as well', () => {
  const machine = openKeptMachine();
  machine.deliver(1);
  machine.set(10 * DAY);
  machine.pass(11 * MINUTE);
  machine.suspend(8 * HOUR);
  assert.equal(machine.errors()[0], 864_000);
  machine.deliver(3);
  assert.equal(machine.errors()[0], 0);
});

test('old deliveries that arrive after a suspension do not turn the time back', () => {
  const machine = openKeptMachine();
  machine.deliver(1);
  machine.suspend(8 * HOUR);
  machine.deliver(5, 8 * HOUR);
  assert.equal(machine.errors()[0], 0);
});

test('a clock that is set during a suspension is doubted', () => {
  const machine = openKeptMachine();
  machine.deliver(1);
  machine.world.aheadMs = 10 * DAY;
  machine.suspend(8 * HOUR);
  assert.equal(machine.errors()[0], -8 * 3600);
  machine.deliver(3);
  assert.ok(Math.abs(machine.errors()[0] ?? 60) <= 2);
});

test('the time is right after a paused machine has asked GitHub', () => {
  const machine = openKeptMachine({ canAsk: true });
  machine.answer();
  machine.pause(8 * HOUR);
  assert.equal(machine.errors()[0], -8 * 3600);
  machine.answer();
  machine.answer();
  assert.deepEqual(
    [machine.errors(), machine.said],
    [
      [0, 0],
      ['step 8 h', 'github 8 h'],
    ],
  );
  assert.equal(machine.keeper.wallAheadMs, 0);
});

test('old deliveries after a pause hide it, until one was just sent', () => {
  const machine = openKeptMachine();
  machine.deliver(1);
  machine.pause(8 * HOUR);
  machine.deliver(3, 8 * HOUR);
  machine.pass(HOUR);
  assert.equal(machine.errors()[0], -8 * 3600);
  machine.deliver(1);
  assert.equal(machine.errors()[0], 0);
});

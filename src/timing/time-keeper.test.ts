import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY, HOUR, MINUTE, openKeptMachine, START } from '../../test/fixtures/kept-machine.ts';

test('a clock that drifts a little is followed silently', () => {
  const machine = openKeptMachine();
  for (let i = 0; i < 100; i += 1) {
    machine.pass(10_000);
    machine.set(i * 500);
  }
  machine.pass(1000);
  assert.deepEqual([machine.errors(), machine.said], [[50, null], []]);
});

test('GitHub is asked before a step is followed', () => {
  const machine = openKeptMachine({ canAsk: true });
  machine.answer();
  assert.equal(machine.keeper.isConfirmed, true);
  machine.set(10 * DAY);
  assert.equal(machine.keeper.isConfirmed, false);
  machine.pass(9000);
  assert.deepEqual(machine.errors(), [0, 0]);
  machine.answer();
  machine.pass(HOUR);
  assert.deepEqual(machine.errors(), [0, 0]);
  machine.set(0);
  assert.deepEqual(machine.said, ['step 240 h', 'step -240 h']);
  assert.equal(machine.keeper.wallAheadMs, 0);
});

test('two answers from GitHub correct a wrong start, and one does not', () => {
  for (const aheadMs of [10 * DAY, -365 * DAY]) {
    const machine = openKeptMachine({ aheadMs, canAsk: true });
    machine.keeper.heard(START + 3 * HOUR);
    assert.equal(machine.errors()[0], aheadMs / 1000);
    machine.answer();
    machine.answer();
    assert.equal(machine.keeper.isConfirmed, true);
    assert.deepEqual(machine.errors(), [0, Math.max(0, -aheadMs / 1000)]);
    machine.pass(HOUR);
    machine.set(0);
    machine.answer();
    machine.pass(HOUR);
    assert.deepEqual(machine.errors(), [0, 0]);
  }
});

test('a server that is ahead of a right clock makes nothing old, unless that lasts for a day', () => {
  const machine = openKeptMachine({ canAsk: true });
  const answer = () => machine.keeper.heard(machine.world.nowMs + 130 * DAY);
  machine.answer();
  answer();
  answer();
  assert.deepEqual(machine.errors(), [(130 * DAY) / 1000, 0]);
  machine.pass(23 * HOUR);
  answer();
  assert.deepEqual(machine.errors(), [(130 * DAY) / 1000, 0]);
  machine.pass(HOUR);
  answer();
  assert.deepEqual(machine.errors(), [(130 * DAY) / 1000, (-130 * DAY) / 1000]);
});

test('a wrong start that is corrected while nothing can confirm it is followed at once', () => {
  for (const aheadMs of [10 * DAY, -10 * DAY]) {
    const machine = openKeptMachine({ aheadMs });
    machine.pass(25_000);
    machine.set(0);
    assert.deepEqual(machine.errors(), [0, null]);
  }
});

test('a step is not followed while fresh deliveries confirm the time before', () => {
  for (const aheadMs of [10 * DAY, -10 * DAY]) {
    const machine = openKeptMachine();
    machine.deliver(1);
    machine.set(aheadMs);
    for (let i = 0; i < 60; i += 1) {
      machine.pass(MINUTE);
      machine.deliver(1);
    }
    assert.deepEqual(machine.errors(), [0, 2]);
    machine.set(0);
    machine.deliver(1);
    assert.equal(machine.said.length, 2);
  }
});

test('a step is followed at once when a delivery confirms it', () => {
  const machine = openKeptMachine();
  machine.deliver(1);
  machine.pause(8 * HOUR);
  machine.deliver(1);
  assert.deepEqual(
    [machine.errors(), machine.said],
    [
      [0, 2],
      ['step 8 h', 'deliveries 8 h'],
    ],
  );
});

test('a step without contradiction is followed in the end, and undone when deliveries contradict it', () => {
  const machine = openKeptMachine();
  machine.deliver(1);
  machine.set(10 * DAY);
  machine.pass(11 * MINUTE);
  assert.deepEqual(machine.errors(), [864_000, 2]);
  machine.deliver(2);
  assert.equal(machine.errors()[0], 864_000);
  machine.deliver(1);
  assert.deepEqual(
    [machine.errors(), machine.said],
    [
      [0, 2],
      ['step 240 h', 'machine 240 h', 'deliveries -240 h'],
    ],
  );
});

test('deliveries of three runs from the future move a clock that is behind', () => {
  const machine = openKeptMachine({ aheadMs: -DAY });
  machine.deliver(2);
  assert.equal(machine.errors()[0], -86_400);
  for (let i = 0; i < 5; i += 1) machine.keeper.signed(START + 20 * DAY, 'damaged');
  assert.equal(machine.errors()[0], -86_402 + 86_400);
  machine.deliver(1);
  // Nothing becomes old by that before the machine's clock is right as well.
  assert.deepEqual(machine.errors(), [-2, 86_400]);
  machine.set(0);
  machine.deliver(1);
  assert.deepEqual(machine.errors(), [0, 2]);
});

test('damaged times of three runs prove nothing, and fresh deliveries undo what they did', () => {
  const machine = openKeptMachine();
  machine.deliver(1);
  for (const run of ['a', 'b', 'c']) machine.keeper.signed(START + 9000 * DAY, run);
  assert.deepEqual(machine.errors(), [9000 * 86_400, 2]);
  machine.deliver(3);
  assert.deepEqual(machine.errors(), [0, 2]);
});

test('old deliveries and replayed recordings move nothing', () => {
  const machine = openKeptMachine();
  machine.deliver(1);
  machine.deliver(50, 400 * DAY);
  assert.deepEqual([machine.errors(), machine.said], [[0, 2], []]);
});

test('the time proven before a restart is a lower bound', () => {
  const machine = openKeptMachine({ aheadMs: -DAY });
  machine.keeper.remember(START - HOUR);
  assert.deepEqual([machine.errors(), machine.said], [[-3600, 3600], ['store 23 h']]);
  machine.set(-2 * DAY);
  machine.pass(HOUR);
  assert.equal(machine.errors()[0], -3600);
});

test('without any confirmation a clock that was never set is trusted after a day', () => {
  const machine = openKeptMachine();
  machine.pass(DAY - 1000);
  assert.deepEqual(machine.errors(), [0, null]);
  machine.pass(1000);
  assert.deepEqual(machine.errors(), [0, 0]);
});

test('deliveries do not move a time that GitHub has confirmed', () => {
  const machine = openKeptMachine({ canAsk: true });
  machine.answer();
  for (let run = 0; run < 5; run += 1) machine.keeper.signed(START + DAY, run);
  assert.deepEqual([machine.errors(), machine.said], [[0, 0], []]);
});

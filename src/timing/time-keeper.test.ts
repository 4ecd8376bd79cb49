import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedTime } from './service-time.ts';
import { TimeKeeper } from './time-keeper.ts';

const START = Date.UTC(2026, 10, 29, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A machine whose clock can be set, in a world whose time goes on. */
function openMachine({ aheadMs = 0, canAsk = false } = {}) {
  const world = { nowMs: START, monotonicMs: 5000.25, uptimeMs: 90_000, aheadMs };
  const said: string[] = [];
  const shared = new SharedTime();
  const keeper = new TimeKeeper({
    wall: () => world.nowMs + world.aheadMs,
    monotonic: () => world.monotonicMs,
    uptime: () => world.uptimeMs,
    shared,
    canAsk: () => canAsk,
    onStep: (byMs) => void said.push(`step ${byMs / HOUR} h`),
    onCorrection: (byMs, witness) => void said.push(`${witness} ${Math.round(byMs / HOUR)} h`),
  });
  let runs = 0;
  const machine = {
    keeper,
    said,
    world,
    pass(ms: number) {
      for (let left = ms; left > 0; left -= 1000) {
        world.monotonicMs += Math.min(1000, left);
        machine.suspend(Math.min(1000, left));
      }
    },
    set(toAheadMs: number) {
      world.aheadMs = toAheadMs;
      keeper.tick();
    },
    /** As `pass`, but the monotonic clock stands still. */
    suspend(ms: number) {
      world.uptimeMs += ms;
      machine.pause(ms);
    },
    /** A virtual machine is stopped and continued: it counts nothing, and gets the time from its host. */
    pause(ms: number) {
      world.nowMs += ms;
      keeper.tick();
    },
    /** Deliveries of so many runs, created just now or so long ago. */
    deliver(count: number, ageMs = 2000) {
      for (let i = 0; i < count; i += 1) {
        runs += 1;
        keeper.signed(world.nowMs - ageMs, runs);
      }
    },
    /** GitHub's answer, in whole seconds. */
    answer: () => keeper.heard(Math.floor(world.nowMs / 1000) * 1000),
    /** How far the time is ahead of the real one, and how far what is proven is behind it, in seconds. */
    errors: () => [
      Math.round((keeper.time.clock() - world.nowMs) / 1000),
      keeper.time.proven() === 0 ? null : Math.round((world.nowMs - keeper.time.proven()) / 1000),
    ],
  };
  return machine;
}

test('a clock that drifts a little is followed silently', () => {
  const machine = openMachine();
  for (let i = 0; i < 100; i += 1) {
    machine.pass(10_000);
    machine.set(i * 500);
  }
  machine.pass(1000);
  assert.deepEqual([machine.errors(), machine.said], [[50, null], []]);
});

test('GitHub is asked before a step is followed', () => {
  const machine = openMachine({ canAsk: true });
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

test('the time is right as soon as a suspended machine resumes, and GitHub is asked all the same', () => {
  const machine = openMachine({ canAsk: true });
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
  const machine = openMachine();
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
  const machine = openMachine();
  machine.deliver(1);
  machine.set(10 * DAY);
  machine.pass(11 * MINUTE);
  machine.suspend(8 * HOUR);
  assert.equal(machine.errors()[0], 864_000);
  machine.deliver(3);
  assert.equal(machine.errors()[0], 0);
});

test('old deliveries that arrive after a suspension do not turn the time back', () => {
  const machine = openMachine();
  machine.deliver(1);
  machine.suspend(8 * HOUR);
  machine.deliver(5, 8 * HOUR);
  assert.equal(machine.errors()[0], 0);
});

test('a clock that is set during a suspension is doubted', () => {
  const machine = openMachine();
  machine.deliver(1);
  machine.world.aheadMs = 10 * DAY;
  machine.suspend(8 * HOUR);
  assert.equal(machine.errors()[0], -8 * 3600);
  machine.deliver(3);
  assert.ok(Math.abs(machine.errors()[0] ?? 60) <= 2);
});

test('the time is right after a paused machine has asked GitHub', () => {
  const machine = openMachine({ canAsk: true });
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
  const machine = openMachine();
  machine.deliver(1);
  machine.pause(8 * HOUR);
  machine.deliver(3, 8 * HOUR);
  machine.pass(HOUR);
  assert.equal(machine.errors()[0], -8 * 3600);
  machine.deliver(1);
  assert.equal(machine.errors()[0], 0);
});

test('two answers from GitHub correct a wrong start, and one does not', () => {
  for (const aheadMs of [10 * DAY, -365 * DAY]) {
    const machine = openMachine({ aheadMs, canAsk: true });
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
  const machine = openMachine({ canAsk: true });
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
    const machine = openMachine({ aheadMs });
    machine.pass(25_000);
    machine.set(0);
    assert.deepEqual(machine.errors(), [0, null]);
  }
});

test('a step is not followed while fresh deliveries confirm the time before', () => {
  for (const aheadMs of [10 * DAY, -10 * DAY]) {
    const machine = openMachine();
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
  const machine = openMachine();
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
  const machine = openMachine();
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
  const machine = openMachine({ aheadMs: -DAY });
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
  const machine = openMachine();
  machine.deliver(1);
  for (const run of ['a', 'b', 'c']) machine.keeper.signed(START + 9000 * DAY, run);
  assert.deepEqual(machine.errors(), [9000 * 86_400, 2]);
  machine.deliver(3);
  assert.deepEqual(machine.errors(), [0, 2]);
});

test('old deliveries and replayed recordings move nothing', () => {
  const machine = openMachine();
  machine.deliver(1);
  machine.deliver(50, 400 * DAY);
  assert.deepEqual([machine.errors(), machine.said], [[0, 2], []]);
});

test('the time proven before a restart is a lower bound', () => {
  const machine = openMachine({ aheadMs: -DAY });
  machine.keeper.remember(START - HOUR);
  assert.deepEqual([machine.errors(), machine.said], [[-3600, 3600], ['store 23 h']]);
  machine.set(-2 * DAY);
  machine.pass(HOUR);
  assert.equal(machine.errors()[0], -3600);
});

test('without any confirmation a clock that was never set is trusted after a day', () => {
  const machine = openMachine();
  machine.pass(DAY - 1000);
  assert.deepEqual(machine.errors(), [0, null]);
  machine.pass(1000);
  assert.deepEqual(machine.errors(), [0, 0]);
});

test('deliveries do not move a time that GitHub has confirmed', () => {
  const machine = openMachine({ canAsk: true });
  machine.answer();
  for (let run = 0; run < 5; run += 1) machine.keeper.signed(START + DAY, run);
  assert.deepEqual([machine.errors(), machine.said], [[0, 0], []]);
});

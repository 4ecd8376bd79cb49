import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ReceiverNote } from '../domain/outbox.ts';
import type { ReceiverProcess } from '../domain/sample.ts';
import { RestartWatch } from './restart-watch.ts';

const AWAY: ReceiverProcess = { kind: 'away' };
const SILENT: ReceiverProcess = { kind: 'silent' };
const SECOND = 1000;

function database(startedAt: string | null, over: { isDatabase?: boolean; isIdempotent?: boolean } = {}) {
  return { kind: 'answers', startedAt, isDatabase: startedAt !== null, isIdempotent: true, ...over } as const;
}

/** A watch with a window of 60 s over a sink that has sent nothing yet. */
function open(process: string | null = 'one', place = { nextSeq: 1, takenSeq: 1, safeSeq: 1 }) {
  const world = { nowMs: 0, answer: database(process) as ReceiverProcess };
  const watch = new RestartWatch({
    sink: 'a',
    receiver: { process: async () => world.answer },
    windowMs: 60 * SECOND,
    monotonic: () => world.nowMs,
    place: { ...place, process },
  });
  const look = (answer: ReceiverProcess) => {
    world.answer = answer;
    return watch.look(new AbortController().signal);
  };
  /** Lets time pass while it is looked at. Returns the last note. */
  const live = async (ms: number) => {
    let note: ReceiverNote | null = null;
    for (let left = ms; left > 0; left -= 10 * SECOND) {
      world.nowMs += Math.min(left, 10 * SECOND);
      note = (await look(world.answer)) ?? note;
    }
    return note;
  };
  return { watch, world, look, live };
}

test('accepted samples are safe once the same process has lived for the window after them', async () => {
  const { watch, look, live } = open();
  watch.notePassed(11);
  assert.equal(await live(59_999), null);
  assert.deepEqual(await live(1), { sink: 'a', process: 'one', safeSeq: 11, restart: null });
  assert.equal(await look(database('one')), null);
});

test('samples accepted soon after others are not safe earlier than they would be alone', async () => {
  const { watch, world, live } = open();
  watch.notePassed(11);
  world.nowMs = 1500;
  watch.notePassed(12);
  assert.ok(((await live(59_999))?.safeSeq ?? 0) < 12);
  assert.equal((await live(1))?.safeSeq, 12);
});

test('time in which the receiver was suspended, with us or without, does not count', async () => {
  const { watch, world, live } = open();
  watch.notePassed(11);
  await live(20 * SECOND);
  world.nowMs += 8 * 3600 * SECOND;
  assert.equal(await live(20 * SECOND), null);
  assert.equal((await live(20 * SECOND))?.safeSeq, 11);
});

test('the window counts back from the last answer, however long the receiver is unreachable', async () => {
  const { watch, world, look } = open();
  watch.notePassed(11);
  for (world.nowMs = 0; world.nowMs < 3_600_000; world.nowMs += 60_000) {
    assert.equal(await look(AWAY), null);
    assert.equal(await look(SILENT), null);
  }
  assert.deepEqual(await look(database('two')), { sink: 'a', process: 'two', safeSeq: 1, restart: 'repeat' });
});

test('an absence without a restart repeats nothing, if the start time is known', async () => {
  const { watch, world, look } = open();
  watch.notePassed(11);
  watch.noteOutcome({ kind: 'retry', reason: '', retryAfterMs: null, isAway: true });
  world.nowMs = SECOND;
  assert.equal(await look(database('one')), null);
});

test('if the start time is unknown, a receiver that was unreachable and answers has restarted', async () => {
  for (const answer of [database(null), database('one', { isDatabase: false })]) {
    const { watch, look } = open('one');
    watch.noteOutcome({ kind: 'retry', reason: '', retryAfterMs: null, isAway: true });
    assert.equal(await look(answer), null, 'nothing was taken');
    watch.notePassed(11);
    assert.equal(await look(answer), null, 'it was not away since');
    await look(AWAY);
    assert.equal((await look(answer))?.restart, 'repeat');
    assert.equal(await look(answer), null, 'once');
  }
});

test('a second restart during the repetition starts it over', async () => {
  const { watch, look, live } = open();
  watch.notePassed(11);
  assert.equal((await look(database('two')))?.safeSeq, 1);
  watch.notePassed(6);
  await live(59 * SECOND);
  assert.deepEqual(await look(database('three')), {
    sink: 'a',
    process: 'three',
    safeSeq: 1,
    restart: 'repeat',
  });
  assert.equal(await live(120 * SECOND), null, 'nothing was taken by that one');
});

test('samples that cannot be repeated are given up once', async () => {
  const { watch, look } = open();
  watch.notePassed(11);
  const plain = { isIdempotent: false };
  assert.equal((await look(database('two', plain)))?.restart, 'give_up');
  assert.equal(watch.isDue(false), false);
  watch.notePassed(12);
  assert.deepEqual(await look(database('three', plain)), {
    sink: 'a',
    process: 'three',
    safeSeq: 11,
    restart: 'give_up',
  });
});

test('several processes behind one address are not restarts, except the first time; new processes are', async () => {
  const { watch, world, look } = open();
  watch.notePassed(11);
  const restarts: string[] = [];
  for (const process of ['one', 'two', 'one', 'two', 'three', 'one', 'three']) {
    world.nowMs += SECOND;
    restarts.push(String((await look(database(process)))?.restart ?? null));
  }
  assert.deepEqual(restarts, ['null', 'repeat', 'null', 'null', 'repeat', 'null', 'null']);
});

test('a start time that varies by less than a second belongs to the same process', async () => {
  const { watch, world, look } = open('1795915715.21');
  watch.notePassed(11);
  assert.equal(await look(database('1795915715.99')), null);
  assert.equal((await look(database('1795915717.00')))?.restart, 'repeat');
  world.nowMs = SECOND;
  // A clock that was set, and set back.
  assert.equal((await look(database('1795915715.21')))?.restart, null);
});

test('a receiver that never identifies its process is trusted in the end to keep its samples', async () => {
  const { watch, world, look } = open();
  let safeSeq = 1;
  for (let seq = 2; seq < 30; seq += 1) {
    watch.notePassed(seq);
    world.nowMs += 10 * SECOND;
    safeSeq = Math.max(safeSeq, (await look(seq % 2 === 0 ? SILENT : AWAY))?.safeSeq ?? 0);
  }
  assert.equal(safeSeq, 23);
  // But not one that has just come back, whatever was seen of it meanwhile.
  watch.noteOutcome({ kind: 'retry', reason: '', retryAfterMs: null });
  watch.notePassed(30);
  for (let looks = 0; looks < 20; looks += 1) {
    world.nowMs += 10 * SECOND;
    assert.equal(await look(AWAY), null);
  }
  watch.notePassed(31);
  assert.equal(await look(SILENT), null);
});

test('after our own start, samples that may not be safe yet count as accepted just now', async () => {
  const { live } = open('one', { nextSeq: 21, takenSeq: 21, safeSeq: 11 });
  assert.equal(await live(59_999), null);
  assert.equal((await live(1))?.safeSeq, 21);
});

test('it checks before sending and while samples are not safe, from time to time and after a failure', async () => {
  const { watch, world, look } = open();
  assert.equal(watch.isDue(false), false);
  assert.equal(watch.isDue(true), true);
  await look(database('one'));
  watch.notePassed(2);
  assert.deepEqual([watch.isDue(true), watch.isDue(false)], [false, false]);
  world.nowMs = 10 * SECOND;
  assert.deepEqual([watch.isDue(true), watch.isDue(false)], [true, true]);
  await look(SILENT);
  world.nowMs = 109 * SECOND;
  assert.deepEqual([watch.isDue(true), watch.isDue(false)], [false, false]);
  watch.noteOutcome({ kind: 'retry', reason: '', retryAfterMs: null });
  assert.deepEqual([watch.isDue(true), watch.isDue(false)], [true, true]);
});

/** What may happen between two looks, in any order. */
const STEP = fc.oneof(
  fc.record({
    kind: fc.constant('wait' as const),
    ms: fc.oneof(fc.integer({ min: 1, max: 1500 }), fc.integer({ min: 57_000, max: 62_000 })),
  }),
  fc.record({ kind: fc.constant('take' as const), count: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ kind: fc.constant('kill' as const) }),
  fc.record({ kind: fc.constant('look' as const), isAway: fc.boolean() }),
);

test('samples that a receiver lost are sent again, in any order of events', async () => {
  const property = fc.asyncProperty(fc.array(STEP, { maxLength: 60 }), async (steps) => {
    const { watch, world, look } = open('0');
    // What the receiver has, and since when. A kill takes what it had for less than the window.
    let life = 0;
    let next = 1;
    let had = new Map<number, { atMs: number }>();
    let safeSeq = 1;
    for (const step of [...steps, { kind: 'look', isAway: false } as const]) {
      if (step.kind === 'wait') world.nowMs += step.ms;
      if (step.kind === 'take') {
        for (let seq = next; seq < next + step.count; seq += 1)
          had.set(seq, had.get(seq) ?? { atMs: world.nowMs });
        next += step.count;
        watch.notePassed(next);
      }
      if (step.kind === 'kill') {
        life += 1;
        had = new Map([...had].filter(([, { atMs }]) => world.nowMs - atMs >= 60_000));
      }
      if (step.kind !== 'look') continue;
      const note = await look(step.isAway ? AWAY : database(String(life)));
      safeSeq = Math.max(safeSeq, note?.safeSeq ?? 0);
      if (note?.restart === 'repeat') next = safeSeq;
      // Once the receiver has answered, what it lost is behind the place of the sink again.
      const upTo = step.isAway ? safeSeq : next;
      for (let seq = 1; seq < upTo; seq += 1) assert.ok(had.has(seq), `lost ${seq}`);
    }
  });
  await fc.assert(property, { numRuns: 500 });
});

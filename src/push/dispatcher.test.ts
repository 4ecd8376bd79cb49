import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LEADS } from '../../test/fixtures/lead.ts';
import { messagesOf, recordingLogger, SILENT } from '../../test/fixtures/logger.ts';
import { EVENTS } from '../domain/catalogue.ts';
import { AntError } from '../domain/errors.ts';
import type { EventSample } from '../domain/event-sample.ts';
import type { Settlement } from '../domain/outbox.ts';
import type { Outbox } from '../domain/outbox-contract.ts';
import type { SendOutcome } from '../domain/send-outcome.ts';
import { Dispatcher, type DispatcherOptions } from './dispatcher.ts';
import type { Receiver } from './receiver.ts';
import { SAMPLE_STREAM } from './stream.ts';

const NOW = Date.UTC(2026, 10, 24);
const SENT: SendOutcome = { kind: 'sent' };
const RETRY: SendOutcome = { kind: 'retry', reason: '503', retryAfterMs: null };

function sample(value: number): EventSample {
  return { metric: EVENTS.jobQueue.name, labels: ['o/r', 'CI', 'build', 'x'], value, atMs: NOW + value };
}

/** An outbox of the samples 1 to `count`. */
function openOutbox(count: number) {
  const settlements: Settlement<EventSample>[] = [];
  let next = 1;
  const outbox: Pick<Outbox<EventSample>, 'read' | 'place' | 'settle'> = {
    async read(_, limit) {
      const samples: EventSample[] = [];
      for (let value = next; value <= count && samples.length < limit; value += 1)
        samples.push(sample(value));
      return { entries: samples, endSeq: next + samples.length, isRepeat: false };
    },
    place: async () => ({ nextSeq: next, takenSeq: next, safeSeq: next, process: null }),
    async settle(settlement) {
      settlements.push(settlement);
      next = settlement.endSeq;
    },
  };
  return { outbox: outbox as Outbox<EventSample>, settlements, left: () => count + 1 - next };
}

/** A receiver that answers as told, and records what it accepted. */
function openReceiver(answer: (values: readonly number[], call: number) => SendOutcome) {
  const taken: number[] = [];
  let calls = 0;
  const receiver: Receiver<EventSample> = {
    async send(samples) {
      calls += 1;
      const values = samples.map(({ value }) => value);
      const outcome = answer(values, calls);
      if (outcome.kind === 'sent') taken.push(...values);
      return { count: samples.length, outcome };
    },
    close: async () => {},
  };
  return { receiver, taken, calls: () => calls };
}

function start(
  outbox: Outbox<EventSample>,
  receiver: Receiver<EventSample>,
  over: Partial<DispatcherOptions<EventSample>> = {},
): Dispatcher<EventSample> {
  return new Dispatcher({
    sink: 'a',
    stream: SAMPLE_STREAM,
    outbox,
    receiver,
    meter: { add() {} },
    clock: () => 0,
    logger: SILENT,
    lead: LEADS,
    batchSize: 8,
    batchAgeMs: 1,
    resendWindowMs: 0,
    random: () => 0,
    ...over,
  });
}

/** Waits until nothing is left, and closes. */
async function drain(dispatcher: Dispatcher<EventSample>, left: () => number): Promise<void> {
  while (left() > 0) await new Promise((resolve) => setImmediate(resolve));
  await dispatcher.close(1000);
}

test('every good sample is sent once and in order, and every bad one is set aside, whatever the receiver does', async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 0, max: 60 }),
    fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 6 }),
    fc.array(fc.constantFrom('retry', 'refused', 'sent'), { maxLength: 20 }),
    fc.integer({ min: 2, max: 9 }),
    async (count, poison, moods, largest) => {
      const { outbox, settlements, left } = openOutbox(count);
      const { receiver, taken } = openReceiver((values, call) => {
        const mood = moods[call - 1] ?? 'sent';
        if (mood === 'retry') return RETRY;
        if (values.length > largest) return { kind: 'too_large', reason: '413' };
        return values.some((value) => poison.includes(value)) ? { kind: 'rejected', reason: '400' } : SENT;
      });
      await drain(start(outbox, receiver), left);
      const bad = poison.filter((value) => value <= count).sort((a, b) => a - b);
      const good = Array.from({ length: count }, (_, index) => index + 1).filter(
        (each) => !bad.includes(each),
      );
      assert.deepEqual(taken, good);
      assert.deepEqual(
        settlements.flatMap(({ dead }) => dead.map(({ value }) => value)),
        bad,
      );
    },
  );
  await fc.assert(property, { numRuns: 200 });
});

test('closing sends what waits, and leaves it when the receiver does not accept it', async () => {
  const full = openOutbox(20);
  const willing = openReceiver(() => SENT);
  await start(full.outbox, willing.receiver, { batchAgeMs: 600_000 }).close(1000);
  assert.equal(full.left(), 0);

  const kept = openOutbox(20);
  const unwilling = openReceiver(() => RETRY);
  const dispatcher = start(kept.outbox, unwilling.receiver, { random: () => 1 });
  while (unwilling.calls() === 0) await new Promise((resolve) => setImmediate(resolve));
  await dispatcher.close(600_000);
  assert.deepEqual([kept.left(), kept.settlements.length], [20, 0]);
});

test('closing does not wait too long for a hanging receiver', async () => {
  const { outbox, left } = openOutbox(5);
  const givenUp = { count: 5, outcome: RETRY };
  const receiver: Receiver<EventSample> = {
    send: (_, signal) =>
      new Promise((resolve) => signal?.addEventListener('abort', () => resolve(givenUp), { once: true })),
    close: async () => {},
  };
  await start(outbox, receiver).close(20);
  assert.equal(left(), 5);
});

test('trouble of a receiver is logged once, and its last problem is kept', async () => {
  const { outbox, left } = openOutbox(3);
  const { logger, lines } = recordingLogger();
  const { receiver } = openReceiver((_, call) => (call < 6 ? RETRY : SENT));
  const dispatcher = start(outbox, receiver, { logger });
  await drain(dispatcher, left);
  assert.deepEqual(messagesOf(lines), ['Receiver unavailable; retrying', 'Receiver accepts samples again']);
  assert.deepEqual(dispatcher.lastProblem, { kind: 'retry', reason: '503', atMs: 0 });
  assert.equal(dispatcher.lastSentAtMs, 0);
});

test('the first rejected sample is logged at once, and later ones once a minute and at the end', async () => {
  const { outbox, left } = openOutbox(200);
  const { logger, lines } = recordingLogger();
  // A second for each sample, and a request for each.
  const { receiver } = openReceiver(() => ({ kind: 'rejected', reason: '400' }));
  const options = {
    logger,
    monotonic: () => (200 - left()) * 1000,
    batchSize: 1,
  };
  const dispatcher = start(outbox, receiver, options);
  await drain(dispatcher, left);
  const told = lines.map(({ count, first }) => [count, (first as EventSample).value]);
  assert.deepEqual(told, [
    [1, 1],
    [60, 61],
    [60, 121],
    [60, 181],
    [19, 200],
  ]);
});

test('what a receiver says that it left out is logged, and never as more than it got', async () => {
  const { outbox, left } = openOutbox(20);
  const { logger, lines } = recordingLogger();
  const rejected = { count: Number.MAX_SAFE_INTEGER, reason: 'all of it' };
  const { receiver } = openReceiver(() => ({ kind: 'sent', rejected }));
  const dispatcher = start(outbox, receiver, { logger });
  await drain(dispatcher, left);
  assert.deepEqual(new Set(lines.map(({ reason }) => reason)), new Set(['all of it']));
  const told = lines.reduce((sum, { count }) => sum + Number(count), 0);
  assert.equal(told, 20);
});

test('a refusal is logged once, and again when its reason changes', async () => {
  for (const [reasons, expected] of [
    [['401', '401'], ['401']],
    [
      ['401', '403'],
      ['401', '403'],
    ],
  ] as const) {
    const { logger, lines } = recordingLogger();
    const { receiver, calls } = openReceiver((_, call) => ({
      kind: 'refused',
      reason: reasons[call - 1] ?? '',
    }));
    const dispatcher = start(openOutbox(3).outbox, receiver, { logger });
    while (calls() === 0) await new Promise((resolve) => setImmediate(resolve));
    // The end of the wait is the second attempt.
    await dispatcher.close(1000);
    assert.equal(calls(), 2);
    assert.deepEqual(
      lines.filter(({ level }) => level === 'error').map(({ reason }) => reason),
      expected,
    );
  }
});

/** The same outbox, whose first attempts to settle fail. */
function troubled({ outbox }: ReturnType<typeof openOutbox>, failures: number): Outbox<EventSample> {
  let left = failures;
  const settle = async (settlement: Settlement<EventSample>) => {
    left -= 1;
    if (left >= 0) throw new AntError('store_unavailable', 'the disk is full');
    await outbox.settle(settlement);
  };
  return { ...outbox, settle };
}

test('sent samples are not sent again when the store cannot record them', async () => {
  const kept = openOutbox(3);
  const { receiver, calls } = openReceiver(() => SENT);
  const dispatcher = start(troubled(kept, 1), receiver);
  while (kept.left() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await dispatcher.close(1000);
  assert.equal(calls(), 1);
});

test('an unavailable store at the end is not a failure', async () => {
  const kept = openOutbox(3);
  const { receiver } = openReceiver(() => SENT);
  await start(troubled(kept, Number.POSITIVE_INFINITY), receiver).close(1000);
  assert.equal(kept.left(), 3);
});

test('a bug ends the dispatcher with an error', async () => {
  const { outbox } = openOutbox(1);
  const broken = { ...outbox, settle: () => Promise.reject(new TypeError('bug')) };
  const dispatcher = start(broken as Outbox<EventSample>, openReceiver(() => SENT).receiver);
  await assert.rejects(dispatcher.done, TypeError);
});

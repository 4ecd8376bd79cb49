import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messagesOf, recordingLogger } from '../../test/fixtures/logger.ts';
import type { Delivery } from '../domain/delivery.ts';
import { AntError } from '../domain/errors.ts';
import type { AnnotationsResult } from '../domain/github-inquiry.ts';
import {
  readReason,
  reasonDelivery,
  type Unexplained,
  type UnexplainedQuery,
} from '../domain/reason-delivery.ts';
import { FailureReasons } from './failure-reasons.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const START = 100 * DAY;

/** A job that ended so long ago. */
function job(jobId: number, agoMs = 2 * MINUTE, repository = 'o/r'): Unexplained {
  const words = { runId: 1, runAttempt: 1, workflow: 'CI', name: 'build' };
  return { jobId, repository, ...words, statusAtMs: START - agoMs };
}

function answered(about: Unexplained): AnnotationsResult {
  return {
    kind: 'answered',
    delivery: reasonDelivery(about, { reason: 'exit_code', exitCode: 1 }, START),
  };
}

/** `waiting`: the last that ended first. What is accepted waits no longer, unless it is queued. */
function open(waiting: Unexplained[], find = answered, { isQueued = false } = {}) {
  const asked: number[] = [];
  const accepted: string[] = [];
  const { logger, lines } = recordingLogger();
  const time = { nowMs: START, isConfirmed: true };
  const engine = {
    async unexplained({ beforeMs, skip, limit }: UnexplainedQuery) {
      const found = waiting.filter(({ statusAtMs }) => beforeMs === null || statusAtMs < beforeMs);
      return found.slice(skip, skip + limit);
    },
    async accept(deliveries: readonly Delivery[]) {
      for (const each of deliveries) {
        const { jobId, outcome } = readReason(each) ?? assert.fail();
        accepted.push(`${jobId} ${outcome}`);
        const at = waiting.findIndex((known) => known.jobId === jobId);
        if (!isQueued && at >= 0) waiting.splice(at, 1);
      }
      return deliveries.map(() => 'accepted' as const);
    },
  };
  const annotations = {
    async about(each: Unexplained) {
      asked.push(each.jobId);
      return find(each);
    },
  };
  const watch = new FailureReasons({
    ...{ annotations, engine, logger },
    clock: () => time.nowMs,
    steady: () => time.nowMs,
    confirmTime: async () => time.isConfirmed,
  });
  return { watch, asked, accepted, lines, time, engine };
}

test('the last that failed is asked about first, a minute after its end', async () => {
  const { watch, asked, accepted, time } = open([job(3, MINUTE / 2), job(2, 2 * MINUTE), job(1, DAY)]);
  await watch.pass();
  assert.deepEqual(
    [asked, accepted],
    [
      [2, 1],
      ['2 read', '1 read'],
    ],
  );
  time.nowMs += MINUTE;
  await watch.pass();
  assert.deepEqual(asked, [2, 1, 3]);
});

test('at most sixty requests are made in a pass, and the next goes on', async () => {
  const jobs = Array.from({ length: 150 }, (_, index) => job(1000 - index, 2 * MINUTE + index));
  const { watch, asked } = open(jobs);
  for (const count of [60, 120, 150, 150]) {
    await watch.pass();
    assert.equal(asked.length, count);
  }
  assert.equal(new Set(asked).size, 150);
});

test('what is over a week old is given up and not asked about, and so is what is behind ten thousand others', async () => {
  const old = open([job(2), job(1, 8 * DAY)]);
  await old.watch.pass();
  assert.deepEqual([old.asked, old.accepted], [[2], ['1 too_old', '2 read']]);
  const many = open(Array.from({ length: 10_003 }, (_, index) => job(20_000 - index, 2 * MINUTE + index)));
  await many.watch.pass();
  assert.deepEqual(
    many.accepted.filter((each) => each.endsWith('too_many')),
    ['10000 too_many', '9999 too_many', '9998 too_many'],
  );
});

test('a repository that we may not see is asked about once an hour, and holds up no other', async () => {
  const jobs = [
    ...Array.from({ length: 600 }, (_, index) => job(5000 - index, 2 * MINUTE + index, 'o/secret')),
    job(1, DAY, 'o/r'),
  ];
  const find = (each: Unexplained): AnnotationsResult =>
    each.repository === 'o/secret' ? { kind: 'hidden' } : answered(each);
  const { watch, asked, accepted, lines, time } = open(jobs, find);
  await watch.pass();
  await watch.pass();
  assert.deepEqual([asked, accepted], [[5000, 1], ['1 read']]);
  time.nowMs += 61 * MINUTE;
  await watch.pass();
  assert.deepEqual(asked, [5000, 1, 5000]);
  assert.deepEqual(messagesOf(lines), ['Repository whose annotations are not visible on GitHub']);
});

test('after a failure it rests until GitHub may answer, and goes on with the others', async () => {
  let isDown = true;
  const find = (each: Unexplained): AnnotationsResult =>
    isDown ? { kind: 'failed', reason: 'down', retryAtMs: START + 10 * MINUTE } : answered(each);
  const { watch, asked, lines, time } = open([job(2), job(1, 3 * MINUTE)], find);
  await watch.pass();
  time.nowMs += 5 * MINUTE;
  await watch.pass();
  assert.deepEqual(asked, [2]);
  assert.deepEqual(messagesOf(lines), ['GitHub unavailable; annotations of failed jobs not read']);
  isDown = false;
  time.nowMs += 6 * MINUTE;
  await watch.pass();
  assert.deepEqual(asked, [2, 2, 1]);
});

test('one that fails again and again is asked about less and less often', async () => {
  const find = (each: Unexplained): AnnotationsResult =>
    each.jobId === 2 ? { kind: 'failed', reason: 'too large', retryAtMs: null } : answered(each);
  const { watch, asked, time } = open([job(2), job(1, 3 * MINUTE)], find);
  for (let minute = 0; minute < 60; minute += 1) {
    await watch.pass();
    time.nowMs += MINUTE;
  }
  assert.ok(asked.filter((each) => each === 2).length <= 5);
  assert.deepEqual(
    asked.filter((each) => each === 1),
    [1],
  );
});

test('what waits to be processed is not asked about again meanwhile', async () => {
  const { watch, asked, time } = open([job(1)], answered, { isQueued: true });
  for (let minute = 0; minute < 4; minute += 1) {
    await watch.pass();
    time.nowMs += MINUTE;
  }
  assert.deepEqual(asked, [1]);
});

test('while the time is uncertain, nothing is given up and nothing asked', async () => {
  const { watch, asked, accepted, time } = open([job(2), job(1, 8 * DAY)]);
  time.isConfirmed = false;
  await watch.pass();
  assert.deepEqual([asked, accepted], [[], []]);
});

test('a store that is away is no failure, and a bug of ours costs one job its reason alone', async () => {
  const away = open([job(1)]);
  away.engine.accept = () => Promise.reject(new AntError('store_unavailable', 'away'));
  await away.watch.pass();
  assert.deepEqual(messagesOf(away.lines), ['Store unavailable; annotations of failed jobs not read']);
  const find = (each: Unexplained): AnnotationsResult => {
    if (each.jobId === 2) throw new TypeError('a bug');
    return answered(each);
  };
  const buggy = open([job(2), job(1, 3 * MINUTE)], find);
  await buggy.watch.pass();
  assert.deepEqual(buggy.accepted, ['2 not_visible', '1 read']);
});

test('after stop, no request is made and no answer accepted', async () => {
  const { watch, asked, accepted } = open([job(2), job(1, 3 * MINUTE)], (each) => {
    watch.stop();
    return answered(each);
  });
  await watch.pass();
  await watch.pass();
  assert.deepEqual([asked, accepted], [[2], []]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messagesOf, recordingLogger } from '../../test/fixtures/logger.ts';
import { confirmedDelivery } from '../domain/asked.ts';
import type { Delivery } from '../domain/delivery.ts';
import { AntError } from '../domain/errors.ts';
import type { InquiryResult } from '../domain/github-inquiry.ts';
import type { LingeringQuery, Unfinished } from '../domain/unfinished.ts';
import { Reconciler } from './reconcile.ts';

const AFTER_MS = 1000;
const SAME: InquiryResult = { kind: 'same', deliveries: [] };

function job(jobId: number, over: Partial<Unfinished> = {}): Unfinished {
  const words = { runId: 1, runAttempt: 1, repository: 'o/r', workflow: 'CI', name: 'build' };
  return { jobId, ...words, status: 'queued', statusAtMs: 0, ...over };
}

function news(known: Unfinished): InquiryResult {
  const guid = `api-job-${known.jobId}`;
  const delivery: Delivery = {
    ...{ guid, event: 'workflow_job', action: 'completed', source: 'api' },
    ...{ receivedAtMs: 0, payload: '{}' },
  };
  return { kind: 'changed', deliveries: [delivery] };
}

function open(lingering: Unfinished[], find: (known: Unfinished) => InquiryResult) {
  const asked: (number | null)[] = [];
  const accepted: string[] = [];
  const queries: LingeringQuery[] = [];
  const { logger, lines } = recordingLogger();
  const time = { nowMs: 100_000 };
  const inquiry = {
    requests: 0,
    async about(known: Unfinished) {
      inquiry.requests += 1;
      asked.push(known.jobId);
      return find(known);
    },
  };
  const engine = {
    async lingering(query: LingeringQuery) {
      queries.push(query);
      return lingering.slice(query.skip, query.skip + query.limit);
    },
    async accept(deliveries: readonly Delivery[]) {
      accepted.push(...deliveries.map(({ guid }) => guid));
      return deliveries.map(() => 'accepted' as const);
    },
  };
  const options = {
    inquiry,
    engine,
    afterMs: AFTER_MS,
    clock: () => time.nowMs,
    steady: () => time.nowMs,
    logger,
  };
  return { reconciler: new Reconciler(options), asked, accepted, queries, lines, time, inquiry, engine };
}

test('asks about queued work after the configured time, about running work after four, waiting work after 48 times that', async () => {
  const { reconciler, queries } = open([], () => SAME);
  await reconciler.pass();
  const [query] = queries;
  assert.deepEqual(query?.beforeMs, {
    ...{ requested: 99_000, queued: 99_000, pending: 99_000 },
    ...{ in_progress: 96_000, waiting: 52_000 },
  });
});

test("accepts GitHub's answers in the order of the store", async () => {
  const { reconciler, asked, accepted } = open([job(3), job(1), job(2)], (known) =>
    known.jobId === 1 ? SAME : news(known),
  );
  await reconciler.pass();
  assert.deepEqual(
    [asked, accepted],
    [
      [3, 1, 2],
      ['api-job-3', 'api-job-2'],
    ],
  );
});

test('accepts a confirmation by GitHub, which is not news', async () => {
  const { reconciler, accepted, lines } = open([job(1)], (known) => ({
    kind: 'same',
    deliveries: [confirmedDelivery(known, 0)],
  }));
  await reconciler.pass();
  assert.deepEqual([accepted, lines], [['api-job-1-confirmed-0'], []]);
});

test('asks for ever, at least twice a day, so that confirmations do not expire', async () => {
  const { reconciler, asked, time } = open([job(1)], () => SAME);
  const step = 3_600_000;
  const times: number[] = [];
  for (let ms = 0; ms <= 30 * 24 * step; ms += step) {
    time.nowMs = 100_000 + ms;
    const before = asked.length;
    await reconciler.pass();
    if (asked.length > before) times.push(ms);
  }
  const gaps = times.slice(1).map((ms, index) => ms - (times[index] ?? 0));
  assert.ok(Math.max(...gaps) <= 13 * step, `${Math.max(...gaps) / step} h`);
  assert.ok(times.length < 75, `${times.length} requests in 30 days`);
});

test('asks again after the same time, then after twice and four times as long', async () => {
  const { reconciler, asked, time } = open([job(1)], () => SAME);
  const times: number[] = [];
  for (let ms = 0; ms <= 8000; ms += 500) {
    time.nowMs = 100_000 + ms;
    const before = asked.length;
    await reconciler.pass();
    if (asked.length > before) times.push(ms);
  }
  assert.deepEqual(times, [0, 1000, 3000, 7000]);
});

test('starts over for work with a new status, and forgets work that was updated meanwhile', async () => {
  const lingering = [job(1)];
  const { reconciler, asked, time } = open(lingering, () => SAME);
  await reconciler.pass();
  lingering[0] = job(1, { status: 'in_progress' });
  await reconciler.pass();
  assert.deepEqual(asked, [1, 1]);
  lingering.length = 0;
  await reconciler.pass();
  lingering.push(job(1, { status: 'in_progress' }));
  time.nowMs += 1;
  await reconciler.pass();
  assert.equal(asked.length, 3);
});

test('makes at most 60 requests in a pass, and continues behind them in the next', async () => {
  const { reconciler, asked } = open(
    Array.from({ length: 100 }, (_, index) => job(index)),
    () => SAME,
  );
  await reconciler.pass();
  assert.equal(asked.length, 60);
  await reconciler.pass();
  assert.deepEqual(
    asked.slice(60),
    Array.from({ length: 40 }, (_, index) => 60 + index),
  );
});

test('asks about more work than a pass reads in time, oldest first, 60 in each pass', async () => {
  const count = 2500;
  const lingering = Array.from({ length: count }, (_, index) => job(index, { statusAtMs: index }));
  const { reconciler, asked, time, queries } = open(lingering, () => SAME);
  const passes = Math.ceil(count / 60);
  for (let pass = 1; pass <= passes; pass += 1) {
    const before = asked.length;
    time.nowMs += 1;
    await reconciler.pass();
    assert.ok(asked.length - before <= 60);
  }
  assert.deepEqual(
    asked,
    lingering.map(({ jobId }) => jobId),
  );
  assert.ok(queries.every(({ limit }) => limit === 1000));
  lingering.push(job(count));
  for (let pass = 1; pass <= 4; pass += 1) await reconciler.pass();
  assert.equal(asked.at(-1), count, 'found behind thousands that are not due');
});

test('asks about everything once before it asks about anything again', async () => {
  const { reconciler, asked, time } = open(
    Array.from({ length: 200 }, (_, index) => job(index)),
    () => SAME,
  );
  for (let pass = 1; pass <= 4; pass += 1) {
    time.nowMs += 2 * AFTER_MS;
    await reconciler.pass();
  }
  assert.equal(new Set(asked).size, 200);
});

test('skips nothing when work ends in the middle of a round', async () => {
  const ids = Array.from({ length: 1100 }, (_, index) => index);
  const lingering = ids.map((id) => job(id));
  const { reconciler, asked, time } = open(lingering, (known) => {
    if ((known.jobId ?? 0) >= 40) return SAME;
    lingering.splice(lingering.indexOf(known), 1);
    return news(known);
  });
  for (let pass = 1; pass <= 21; pass += 1) {
    time.nowMs += 1;
    await reconciler.pass();
  }
  assert.deepEqual(asked, ids);
});

test('asks about a hidden repository once per pass, and logs it once', async () => {
  const lingering = [job(1), job(2), job(3, { repository: 'o/other' }), job(4)];
  const { reconciler, asked, lines, time } = open(lingering, ({ repository }) =>
    repository === 'o/r' ? { kind: 'hidden' } : SAME,
  );
  await reconciler.pass();
  assert.deepEqual(asked, [1, 3]);
  time.nowMs += AFTER_MS;
  await reconciler.pass();
  assert.deepEqual(asked, [1, 3, 1, 3]);
  assert.deepEqual(messagesOf(lines), ['Repository with unfinished work not visible on GitHub']);
});

test('stops while GitHub cannot answer, then begins with what was not asked', async () => {
  const retryAtMs = 100_500;
  let isDown = true;
  const { reconciler, asked, time } = open([job(1), job(2)], () =>
    isDown ? { kind: 'failed', reason: 'down', retryAtMs } : SAME,
  );
  await reconciler.pass();
  isDown = false;
  time.nowMs = retryAtMs - 1;
  await reconciler.pass();
  assert.deepEqual(asked, [1]);
  time.nowMs = retryAtMs;
  await reconciler.pass();
  assert.deepEqual(asked, [1, 2]);
});

test('asks again in the next pass when the store could not accept the answer', async () => {
  const { reconciler, asked, accepted, engine, lines } = open([job(1)], news);
  const { accept } = engine;
  engine.accept = async () => {
    throw new AntError('store_unavailable', 'full');
  };
  await reconciler.pass();
  engine.accept = accept;
  await reconciler.pass();
  assert.deepEqual([asked, accepted], [[1, 1], ['api-job-1']]);
  assert.equal(lines[0]?.message, 'Store unavailable; reconciliation paused');
});

test('asks nothing more once stopped', async () => {
  const { reconciler, asked } = open([job(1), job(2)], () => {
    reconciler.stop();
    return SAME;
  });
  await reconciler.pass();
  assert.deepEqual(asked, [1]);
  const closing = open([job(1), job(2)], () => {
    closing.reconciler.stop();
    return { kind: 'failed', reason: 'closed', retryAtMs: null };
  });
  await closing.reconciler.pass();
  assert.deepEqual(closing.lines, [], 'the end of the service is no failure of GitHub');
});

test('logs a job that hits a bug, and asks about the others', async () => {
  const { reconciler, accepted, lines } = open([job(1), job(2)], (known) =>
    known.jobId === 1 ? assert.fail('a bug') : news(known),
  );
  await reconciler.pass();
  assert.deepEqual(accepted, ['api-job-2']);
  assert.equal(lines[0]?.message, 'Object from GitHub skipped because of a bug');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT } from '../../test/fixtures/logger.ts';
import { backoffMs } from '../domain/backoff.ts';
import type { WorkQueue } from '../domain/contracts.ts';
import type { Delivery, LeasedDelivery } from '../domain/delivery.ts';
import { AntError } from '../domain/errors.ts';
import { NO_HISTORY } from '../domain/history.ts';
import type { JobState } from '../domain/lifecycle/state.ts';
import { createMeasure } from '../domain/measure.ts';
import { DURATION_BUCKETS_MS } from '../domain/metric.ts';
import type { ObservationResult } from '../domain/observation.ts';
import { SELF } from '../domain/own-metrics.ts';
import { type Changes, type KnownStates, NO_CHANGES } from '../domain/transaction.ts';
import { Collector, type CollectorOptions } from './collector.ts';

const measure = createMeasure({
  durationBucketsMs: DURATION_BUCKETS_MS,
  stepDurations: false,
  priceRules: [],
});

function leased(id: number, payload = 'ok'): LeasedDelivery {
  const guid = `guid-${id}`;
  return {
    id,
    guid,
    event: 'workflow_dispatch',
    action: '',
    source: 'webhook',
    receivedAtMs: 0,
    payload,
    attempts: 0,
  };
}

/** `ok` is a dispatch of a workflow, `bad` can't be read, anything else is the workflow's name. */
function observe({ payload }: Delivery): ObservationResult {
  if (payload === 'bad') throw new TypeError('unreadable');
  const workflow = payload === 'ok' ? 'w' : payload;
  return {
    observation: { kind: 'dispatch', source: 'webhook', observedAtMs: 0, repository: 'o/r', workflow },
  };
}

/** What one transaction wrote, and the ids of the deliveries that it finished. */
interface Commit extends Changes {
  readonly processed: readonly number[];
}

const UNKNOWN: KnownStates = { ...NO_CHANGES, forgottenBeforeMs: null };

/** A queue in memory that records what is written, and rejects writes as `refuse` says. */
function fakeQueue(
  waiting: LeasedDelivery[],
  refuse: (commit: Commit) => Error | null = () => null,
  known = UNKNOWN,
) {
  const commits: Commit[] = [];
  const settled = Promise.withResolvers<void>();
  const queue: WorkQueue = {
    async lease(limit) {
      if (waiting.length === 0) settled.resolve();
      return waiting.splice(0, limit);
    },
    heldJobs: async () => [],
    settlingRuns: async () => [],
    async process(source, _, decide) {
      const leased = 'leased' in source ? source.leased : assert.fail('nothing arrives');
      const outcomes = leased.map(() => 'accepted' as const);
      const changes = decide(outcomes, known, 1000);
      const isFailed = new Set(changes.failed.map(({ id }) => id));
      const processed = leased.map(({ id }) => id).filter((id) => !isFailed.has(id));
      const error = refuse({ ...changes, processed });
      if (error !== null) throw error;
      commits.push({ ...changes, processed });
      return { outcomes, outbox: { endSeq: 1, settledSeq: 1 } };
    },
  };
  return { queue, commits, settled: settled.promise };
}

const RULES = { observe, measure, sampling: () => [], record: () => NO_HISTORY, costOf: () => 0 };

async function collect(
  waiting: LeasedDelivery[],
  refuse?: (commit: Commit) => Error | null,
  over: Partial<CollectorOptions> = {},
  prepare: (collector: Collector) => void = () => undefined,
) {
  const { queue, commits, settled } = fakeQueue(waiting, refuse);
  const collector = new Collector({
    queue,
    rules: () => RULES,
    ...{ clock: () => 1000, steady: () => 1000 },
    logger: SILENT,
    batchSize: 10,
    atOnce: 0,
    maxAttempts: 3,
    ...over,
  });
  prepare(collector);
  await settled;
  await collector.close();
  return commits;
}

function failuresOf(commits: readonly Commit[]) {
  return commits.flatMap(({ failed }) => failed);
}

function processedIn(commits: readonly Commit[]): number[] {
  return commits.flatMap(({ processed }) => processed).sort((a, b) => a - b);
}

test('an unreadable delivery is retried later and does not delay the others', async () => {
  const commits = await collect([leased(1), leased(2, 'bad'), leased(3)]);
  assert.deepEqual(processedIn(commits), [1, 3]);
  assert.deepEqual(failuresOf(commits), [
    { id: 2, attempts: 1, error: 'TypeError: unreadable', retryAtMs: 2000 },
  ]);
});

test('a delivery that fails too often is parked with its error and counted', async () => {
  const commits = await collect([{ ...leased(1, 'bad'), attempts: 2 }]);
  assert.deepEqual(failuresOf(commits).at(-1), { id: 1, attempts: 3, error: 'TypeError: unreadable' });
  const counted = commits.flatMap(({ increments }) => increments);
  assert.deepEqual(counted, [
    { metric: SELF.processingFailures.name, labels: ['parked'], cell: 0, delta: 1 },
  ]);
});

test('a delivery that breaks the whole transaction is found and set aside', async () => {
  const spoils = (changes: Changes) =>
    changes.increments.some(({ labels }) => labels[1] === 'poison') ? new RangeError('not storable') : null;
  const commits = await collect([leased(1), leased(2, 'poison'), leased(3)], spoils);
  assert.deepEqual(processedIn(commits), [1, 3]);
  assert.deepEqual(
    failuresOf(commits).map(({ id, error }) => [id, error]),
    [[2, 'RangeError: not storable']],
  );
});

test('a delivery that failed before is retried alone, with the attempt recorded in advance as a failure', async () => {
  const commits = await collect([leased(1), { ...leased(2), attempts: 1 }, leased(3)]);
  assert.deepEqual(
    commits.map(({ failed, processed }) => [failed.map(({ id }) => id), processed]),
    [
      [[2], []],
      [[], [2]],
      [[], [1, 3]],
    ],
  );
  const [noted] = failuresOf(commits);
  const error = 'The process ended while this delivery was processed.';
  assert.deepEqual(noted, { id: 2, attempts: 2, error, retryAtMs: 3000 });
  assert.ok(commits.every(({ increments }) => increments.every(({ labels }) => labels[0] !== 'retry')));
});

test('a delivery that ended the process in every attempt is parked without another attempt', async () => {
  const observed: number[] = [];
  const commits = await collect([{ ...leased(1), attempts: 3 }, leased(2)], undefined, {
    rules: () => ({
      ...RULES,
      observe(delivery) {
        observed.push((delivery as LeasedDelivery).id);
        return observe(delivery);
      },
    }),
  });
  assert.deepEqual(failuresOf(commits), [{ id: 1, attempts: 3, error: null }]);
  assert.deepEqual(observed, [2]);
  const counted = commits.flatMap(({ increments }) => increments);
  assert.ok(
    counted.some(({ metric, labels }) => metric === SELF.processingFailures.name && labels[0] === 'parked'),
  );
});

test('after a crash, deliveries that may have been in hand are processed one by one, later ones are not', async () => {
  const waiting = Array.from({ length: 12 }, (_, index) => leased(index + 1));
  const commits = await collect(waiting, undefined, { batchSize: 4 }, (collector) => collector.noteCrash(0));
  assert.deepEqual(
    failuresOf(commits).map(({ id }) => id),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
  assert.deepEqual(commits.at(-1)?.processed, [9, 10, 11, 12]);
});

test('for an hour after a crash new deliveries go through the queue, and afterwards they do not', async () => {
  const ways: string[] = [];
  let nowMs = 1000;
  const { queue } = fakeQueue([]);
  const process: WorkQueue['process'] = async (_, __, decide) => {
    const { queued } = decide(['accepted'], UNKNOWN, nowMs);
    ways.push(queued.length > 0 ? 'queue' : 'at once');
    return { outcomes: ['accepted'], outbox: { endSeq: 1, settledSeq: 1 } };
  };
  const now = () => nowMs;
  const collector = new Collector({
    queue: { ...queue, process },
    rules: () => RULES,
    clock: now,
    steady: now,
    logger: SILENT,
    ...{ batchSize: 1, atOnce: 9, maxAttempts: 1 },
  });
  collector.noteCrash(0);
  await collector.accept([leased(1)]);
  nowMs += 59 * 60_000;
  await collector.accept([leased(2)]);
  nowMs += 60_000;
  await collector.accept([leased(3)]);
  await collector.close();
  assert.deepEqual(ways, ['queue', 'queue', 'at once']);
});

test('a held job that hits a bug is reported and does not delay the others', async () => {
  const told: unknown[] = [];
  const held = Object.defineProperty({ jobId: 7, heldUntilMs: 1 } as JobState, 'status', {
    enumerable: true,
    get: () => assert.fail('a bug'),
  });
  const { queue, commits, settled } = fakeQueue([leased(1)], undefined, { ...UNKNOWN, jobs: [held] });
  const collector = new Collector({
    queue: { ...queue, heldJobs: async () => [held] },
    rules: () => RULES,
    clock: () => 1000,
    steady: () => 1000,
    logger: { ...SILENT, error: (_, fields = {}) => told.push('jobId' in fields && fields.jobId) },
    batchSize: 1,
    atOnce: 0,
    maxAttempts: 1,
  });
  await settled;
  await collector.close();
  assert.deepEqual(told, [7]);
  assert.deepEqual(processedIn(commits), [1]);
});

test('when the store fails halfway, finished work is not repeated', async () => {
  let failures = 1;
  const commits = await collect([{ ...leased(1), attempts: 1 }, leased(2)], ({ processed }) => {
    if (!processed.includes(2)) return null;
    failures -= 1;
    return failures >= 0 ? new AntError('store_unavailable', 'disk full') : null;
  });
  assert.deepEqual(
    commits.flatMap(({ processed }) => processed),
    [1, 2],
  );
});

test('when the store is unavailable, the batch is kept and processed once it works again', async () => {
  let failures = 1;
  const commits = await collect([leased(1), leased(2)], () => {
    failures -= 1;
    return failures >= 0 ? new AntError('store_unavailable', 'disk full') : null;
  });
  assert.deepEqual(processedIn(commits), [1, 2]);
  assert.deepEqual(failuresOf(commits), []);
});

test('closing does not wait for an unavailable store', async () => {
  const { queue } = fakeQueue([leased(1)], () => new AntError('store_unavailable', 'disk full'));
  const failed = Promise.withResolvers<void>();
  const logger = { ...SILENT, error: () => failed.resolve() };
  const collector = new Collector({
    queue,
    rules: () => RULES,
    clock: () => 0,
    steady: () => 0,
    logger,
    batchSize: 1,
    atOnce: 0,
    maxAttempts: 1,
  });
  await failed.promise;
  await collector.close();
});

test('a bug in the queue ends the collector with an error', async () => {
  const { queue } = fakeQueue([]);
  const broken = { ...queue, lease: () => Promise.reject(new TypeError('bug')) };
  const collector = new Collector({
    queue: broken,
    rules: () => RULES,
    clock: () => 0,
    steady: () => 0,
    logger: SILENT,
    batchSize: 1,
    atOnce: 0,
    maxAttempts: 1,
  });
  await assert.rejects(collector.done, TypeError);
});

test('the waits between attempts grow to a minute', () => {
  assert.deepEqual([1, 2, 3, 7, 30].map(backoffMs), [1000, 2000, 4000, 60_000, 60_000]);
});

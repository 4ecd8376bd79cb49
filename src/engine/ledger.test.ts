import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { SILENT } from '../../test/fixtures/logger.ts';
import { job, run } from '../../test/fixtures/states.ts';
import { jobEntry } from '../../test/fixtures/trace-entries.ts';
import { DOMAIN, metricsWith } from '../domain/catalogue.ts';
import type { Clock, Store } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import type { JobState } from '../domain/lifecycle/state.ts';
import { countOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { type Changes, NO_CHANGES, NO_DELIVERIES, NO_KEYS } from '../domain/transaction.ts';
import { WorkingSet } from '../memory/working-set.ts';
import { JobNumbers } from '../metrics/job-numbers.ts';
import { Registry } from '../metrics/registry.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { Ledger } from './ledger.ts';

const KEYS = { ...NO_KEYS, jobs: [job()] };

function emptySeries(steady: Clock, maxSeries: number) {
  const shape = { labelPolicy: new Map(), maxSeries };
  return {
    registry: new Registry(metricsWith([1000]), { ...shape, logger: SILENT, steady }),
    jobNumbers: new JobNumbers({ maxSeries, steady }),
  };
}

async function open(
  context: TestContext,
  over: (store: Store) => Partial<Store> = () => ({}),
  maxSeries = 10,
) {
  const time = { nowMs: 1000 };
  const clock = () => time.nowMs;
  const sqlite = await openSqliteStore({ url: 'memory:', clock });
  context.after(() => sqlite[Symbol.asyncDispose]());
  const store = { ...sqlite, ...over(sqlite) };
  const { registry, jobNumbers } = emptySeries(clock, maxSeries);
  const working = new WorkingSet({
    progress: () => store.samples.progress(),
    meter: { add() {} },
    ...{ steady: clock, logger: SILENT, limitBytes: 1_000_000, ttlMs: () => 1000 },
  });
  const ledger = new Ledger({ store, working, rules: () => ({ registry, jobNumbers, pushes: true }) });
  const write = (changes: Partial<Changes>) =>
    ledger.process(NO_DELIVERIES, NO_KEYS, () => ({ ...NO_CHANGES, ...changes }));
  return { ledger, store, registry, jobNumbers, write, time };
}

/** The sum of a metric's cells: in memory, and as stored. */
async function sumsOf({ registry, store }: Awaited<ReturnType<typeof open>>, { name }: { name: string }) {
  const family = registry.metrics.find((metric) => metric.name === name) ?? assert.fail(name);
  const inMemory = registry.seriesOf(family).flatMap(({ cells }) => [...cells.values()]);
  const { cells } = await store.readSeries();
  const stored = cells.filter(({ metric }) => metric === name).map(({ value }) => value);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return [sum(inMemory), sum(stored)];
}

/** Everything that a scrape would show. */
function shownIn({ registry, jobNumbers }: ReturnType<typeof emptySeries>): unknown {
  const counted = registry.metrics.map((metric) => {
    const shown = registry.seriesOf(metric).filter(({ isShown }) => isShown);
    return [metric.name, shown.map(({ labels, cells }) => [labels, cells])];
  });
  return [counted, jobNumbers.families()];
}

const DISPATCH = countOf(DOMAIN.dispatches, ['o/r', 'w']);

test('numbers appear in the registry once they are stored, and not before', async (t) => {
  const opened = await open(t);
  const { write, jobNumbers } = opened;
  const numbers = [{ metric: 'job_a', labels: ['repository', 'o/r'], value: 1, atMs: 1 }];
  const broken = { ...job(), repository: null } as unknown as JobState;
  await assert.rejects(write({ jobs: [broken], increments: [DISPATCH], numbers }));
  assert.deepEqual([jobNumbers.size, ...(await sumsOf(opened, DOMAIN.dispatches))], [0, 0, 0]);
  await write({ jobs: [job()], increments: [DISPATCH], numbers });
  assert.deepEqual([jobNumbers.size, ...(await sumsOf(opened, DOMAIN.dispatches))], [1, 1, 1]);
});

test('changes of jobs and runs are told apart from those of numbers alone', async (t) => {
  const { write, ledger, time } = await open(t);
  await write({ increments: [DISPATCH] });
  assert.equal(ledger.changes, 0);
  await write({ jobs: [job()] });
  await write({ runs: [run()] });
  assert.equal(ledger.changes, 2);
  const broken = { ...job(), repository: null } as unknown as JobState;
  await assert.rejects(write({ jobs: [broken] }));
  assert.equal(ledger.changes, 2);
  await ledger.correctClock(1000, { clock: () => time.nowMs, correct: () => {} });
  assert.equal(ledger.changes, 3, 'another time makes other ghosts');
});

const something = fc.record({
  repositories: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 4 }),
  numbers: fc.array(
    fc.record({
      metric: fc.constantFrom('job_gauge', 'job_a_total', 'job_b_total'),
      suite: fc.constantFrom('x', 'y', 'z'),
      value: fc.double({ min: 0, max: 10, noNaN: true }),
      atMs: fc.nat(5),
    }),
    { maxLength: 4 },
  ),
  fails: fc.boolean(),
});

test('memory always holds what a restart would load, whatever was written and whatever failed', async (t) => {
  const property = fc.asyncProperty(fc.array(something, { maxLength: 6 }), async (all) => {
    const opened = await open(t, () => ({}), 4);
    const writes = all.map(({ repositories, numbers, fails }) =>
      opened.write({
        increments: repositories.map((repository) => countOf(DOMAIN.dispatches, [repository, 'w'])),
        numbers: numbers.map(({ suite, ...number }) => ({ ...number, labels: ['suite', suite] })),
        jobs: fails ? [{ ...job(), repository: null } as unknown as JobState] : [],
      }),
    );
    const results = await Promise.allSettled(writes);
    assert.deepEqual(
      results.map(({ status }) => status === 'rejected'),
      all.map(({ fails }) => fails),
    );
    const { cells, numbers } = await opened.store.readSeries();
    const restarted = emptySeries(() => 1000, 4);
    restarted.registry.restore(cells);
    restarted.jobNumbers.apply(numbers);
    assert.deepEqual(shownIn(opened), shownIn(restarted));
  });
  await fc.assert(property, { numRuns: 40 });
});

test('a write that is stored but fails in memory is answered as stored, and ends the process', async (t) => {
  const { mock } = t.mock.method(globalThis, 'setImmediate', (_: () => void) => undefined);
  const { write, registry } = await open(t);
  const bug = new TypeError('a bug');
  const { mock: apply } = t.mock.method(registry, 'apply', () => {
    throw bug;
  });
  await write({ increments: [DISPATCH] });
  assert.throws(() => mock.calls[0]?.arguments[0](), bug);
  apply.restore();
  await write({ increments: [DISPATCH] });
  assert.equal(mock.callCount(), 1);
});

test('no state is read for a new delivery while another transaction is under way', async (t) => {
  const steps: string[] = [];
  const writing = Promise.withResolvers<void>();
  const { ledger } = await open(t, (store) => ({
    async process(source, keys, decide) {
      steps.push('begin');
      const processed = await store.process(source, keys, decide);
      await writing.promise;
      steps.push('end');
      return processed;
    },
  }));
  const seen: unknown[] = [];
  const queue = (status: JobState['status']) =>
    ledger.process(NO_DELIVERIES, { ...KEYS, runs: [run()] }, (_, { jobs, runs }) => {
      seen.push([jobs[0]?.status, runs[0]?.status]);
      return { ...NO_CHANGES, jobs: [job({ status })], runs: [run({ status })] };
    });
  const all = [queue('queued'), queue('in_progress'), queue('completed')];
  await nextTurn();
  assert.deepEqual(steps, ['begin']);
  writing.resolve();
  await Promise.all(all);
  assert.deepEqual(steps, ['begin', 'end', 'begin', 'end', 'begin', 'end']);
  assert.deepEqual(seen, [
    [undefined, undefined],
    ['queued', 'queued'],
    ['in_progress', 'in_progress'],
  ]);
});

test('a failed transaction does not hold up later ones and leaves no trace', async (t) => {
  const { ledger } = await open(t);
  const failing = ledger.process(NO_DELIVERIES, KEYS, () => assert.fail('a bug'));
  const broken = { ...job(), repository: null } as unknown as JobState;
  const unwritable = ledger.process(NO_DELIVERIES, KEYS, () => ({ ...NO_CHANGES, jobs: [broken] }));
  const next = ledger.process(NO_DELIVERIES, KEYS, (_, { jobs }) => {
    assert.deepEqual(jobs, []);
    return NO_CHANGES;
  });
  await assert.rejects(failing, /a bug/);
  await assert.rejects(unwritable);
  await next;
});

test('spans taken, refused and lost are counted in memory as they are stored, and nothing of samples', async (t) => {
  const opened = await open(t);
  const { ledger, write, time } = opened;
  await ledger.openSinks({ samples: ['a'], traces: ['a'] });
  await write({ traceEntries: [jobEntry(8), jobEntry(1)] });
  const { endSeq } = await ledger.traces.read('a', 10);
  const settlement = {
    sink: 'a',
    endSeq,
    outcome: 'sent',
    dead: [],
    isKept: false,
    rejectedCount: 2,
  } as const;
  await ledger.traces.settle(settlement);
  assert.deepEqual(await ledger.traces.status(), [{ sink: 'a', waiting: 3, kept: 0, oldestMs: time.nowMs }]);
  assert.equal(await ledger.traces.trim({ beforeMs: time.nowMs + 1, maxBytes: 1e6 }), 3);
  assert.deepEqual(await sumsOf(opened, SELF.spans), [13, 13]);
  assert.deepEqual(await sumsOf(opened, SELF.samples), [0, 0]);
});

test('samples taken, lost and forgotten are counted in memory as they are stored', async (t) => {
  const opened = await open(t);
  const { ledger, write, time } = opened;
  await ledger.openSinks({ samples: ['a'], traces: [] });
  const [event] = opened.registry.metrics.filter(
    ({ type, labels }) => type === 'sample' && labels.length > 0,
  );
  const [metric, labels] = [event?.name ?? '', event?.labels.map(() => 'x') ?? []];
  const samples = [1, 2, 3].map((value) => ({ metric, labels, value, atMs: 0 }));
  await write({ samples });
  const { endSeq } = await ledger.samples.read('a', 1);
  await ledger.samples.settle({ sink: 'a', endSeq, outcome: 'sent', dead: [], isKept: false });
  assert.equal(await ledger.samples.trim({ beforeMs: time.nowMs + 1, maxBytes: 1e6 }), 2);
  assert.deepEqual(await sumsOf(opened, SELF.samples), [3, 3]);
  await write({ jobs: [job({ status: 'completed', heldUntilMs: null })] });
  const all = Number.POSITIVE_INFINITY;
  await ledger.forgetRuns({ afterRunId: null, limit: 9, finishedBeforeMs: all, unfinishedBeforeMs: all });
  assert.deepEqual(await sumsOf(opened, SELF.forgottenObjects), [1, 1]);
});

test('an idle series is forgotten in memory and in the store, and starts again from 0', async (t) => {
  const opened = await open(t);
  await opened.write({ increments: [DISPATCH] });
  opened.time.nowMs += 1000;
  // Concurrently, so that one of them could come between the memory and the store.
  await Promise.all([opened.ledger.expire(opened.time.nowMs), opened.ledger.add([DISPATCH])]);
  assert.deepEqual(await sumsOf(opened, DOMAIN.dispatches), [1, 1]);
});

test('an idle series that the store could not forget stays in memory, too', async (t) => {
  const opened = await open(t, () => ({
    deleteSeries: () => Promise.reject(new AntError('store_unavailable', 'disk full')),
  }));
  await opened.write({ increments: [DISPATCH] });
  opened.time.nowMs += 1000;
  await assert.rejects(opened.ledger.expire(opened.time.nowMs), { code: 'store_unavailable' });
  await opened.ledger.add([DISPATCH]);
  assert.deepEqual(await sumsOf(opened, DOMAIN.dispatches), [2, 2]);
});

test('stored series are restored before anything more is stored', async (t) => {
  const { ledger, write } = await open(t);
  await write({ increments: [DISPATCH] });
  const values: number[] = [];
  const restoring = ledger.reopen({ samples: [], traces: [] }, ({ cells }) =>
    values.push(...cells.map(({ value }) => value)),
  );
  await Promise.all([restoring, ledger.add([DISPATCH])]);
  assert.deepEqual(values, [1]);
});

test('when the clock is corrected, so is what was reported by it, in memory and in the store', async (t) => {
  const { ledger, write, time, jobNumbers, store } = await open(t);
  const gauge = (value: number) => ({ metric: 'job_coverage', labels: ['a', 'b'], value, atMs: time.nowMs });
  const aheadMs = 86_400_000;
  time.nowMs += aheadMs;
  await write({ numbers: [gauge(1)], jobs: [job({ heldUntilMs: time.nowMs + 60_000 })] });
  const correct = (byMs: number) => {
    time.nowMs += byMs;
  };
  await ledger.correctClock(-aheadMs, { clock: () => time.nowMs, correct });
  await write({ numbers: [gauge(2)] });
  const stored = (await store.readSeries()).numbers.map(({ value }) => value);
  assert.deepEqual([jobNumbers.families()[0]?.series[0]?.[1], stored], [2, [2]]);
  assert.equal((await ledger.heldJobs(time.nowMs + 60_000, 1)).length, 1);
});

test("a clock that can't be corrected in the store stays as it is", async (t) => {
  const { ledger, time } = await open(t, () => ({
    correctTimes: () => Promise.reject(new AntError('store_unavailable', 'disk full')),
  }));
  const own = { clock: () => time.nowMs, correct: () => assert.fail() };
  await assert.rejects(ledger.correctClock(1000, own), { code: 'store_unavailable' });
});

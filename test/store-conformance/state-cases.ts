import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DOMAIN } from '../../src/domain/catalogue.ts';
import type { Store } from '../../src/domain/contracts.ts';
import type { ObservationEntry } from '../../src/domain/explanation.ts';
import type { JobState } from '../../src/domain/lifecycle/state.ts';
import { countOf } from '../../src/domain/metric.ts';
import { NO_CHANGES, NO_DELIVERIES, NO_KEYS } from '../../src/domain/transaction.ts';
import { job, run } from '../fixtures/states.ts';
import { accept, cellsOf, commit, delivery, load, NOW, type StoreCase } from './store-case.ts';

/** What `WorkQueue` and `StateReader` promise about states and numbers. */
export const STATE_CASES: Readonly<Record<string, StoreCase>> = {
  async 'returns what each delivery said of a run and a job, in order of receipt, across restarts'(open) {
    await using first = await open();
    const entry = (number: number, over: Partial<ObservationEntry> = {}): ObservationEntry => ({
      runId: 2 ** 40,
      jobId: 100_520_616_165,
      guid: `guid-${number}`,
      source: 'webhook',
      receivedAtMs: NOW + number,
      eventAtMs: NOW - 5,
      action: 'queued',
      status: 'queued',
      conclusion: null,
      before: null,
      after: 'queued',
      counted: [countOf(DOMAIN.jobs, ['o/r', 'CI "x"', 'build', 'a,b', 'success'], 3)],
      why: 'a reason',
      ...over,
    });
    const ofRun = entry(1, { jobId: null, counted: [], why: null, conclusion: 'success' });
    await commit(first, { jobs: [job()], observations: [entry(3), ofRun, entry(2)] });
    await first[Symbol.asyncDispose]();
    await using second = await open();
    const sameMoment = entry(3, { guid: 'another' });
    await commit(second, { observations: [sameMoment] });
    const ofJob = [entry(2), entry(3), sameMoment];
    assert.deepEqual((await second.explainJob(100_520_616_165)).observations, ofJob);
    assert.deepEqual((await second.explainRun(2 ** 40)).observations, [ofRun, ...ofJob]);
  },

  async 'returns states as they were written'(open) {
    await using store = await open();
    const sibling = job({
      jobId: 7,
      runAttempt: 2,
      waitedAtMs: NOW,
      startedAtMs: NOW,
      heldLabels: 'team="a \\"b\\""',
      openSpans: { approval: true, queue: false, serviceName: 'shop' },
      runnerId: 0,
      runnerName: 'r',
    });
    const second = run({ runAttempt: 2, settleLabels: 'team="ops"' });
    await commit(store, { jobs: [job({ status: 'waiting' }), sibling], runs: [run(), second] });
    await commit(store, { jobs: [job()] });
    const { jobs, runs } = await load(store, {
      jobs: [{ jobId: job().jobId, runId: job().runId, name: 'build' }],
      runs: [
        { runId: 2 ** 40, runAttempt: 2 },
        { runId: 5, runAttempt: 1 },
      ],
    });
    assert.deepEqual(
      jobs.map((each) => ({ ...each })).sort((a, b) => b.jobId - a.jobId),
      [job(), sibling],
    );
    assert.deepEqual(
      runs.map((each) => ({ ...each })),
      [second],
    );
    const renamed = await load(store, { jobs: [{ jobId: 7, runId: 1, name: 'other' }], runs: [] });
    assert.equal(renamed.jobs.length, 1, 'a job is found by its id whatever its name is now');
  },

  async 'finds runs that settle, the longest due first, and all jobs of runs'(open) {
    await using store = await open();
    const settling = [5, 7, 6].map((runId) => run({ runId, settlesAtMs: NOW - runId }));
    await commit(store, {
      runs: [...settling, run({ runId: 8, settlesAtMs: NOW + 1 }), run({ runId: 9 })],
      jobs: [
        job({ jobId: 1, runId: 5 }),
        job({ jobId: 2, runId: 5, name: 'test', runAttempt: 2 }),
        job({ jobId: 3, runId: 6 }),
        job({ jobId: 4, runId: 7 }),
      ],
    });
    const found = await store.settlingRuns(NOW, 2);
    assert.deepEqual(
      found.map(({ runId }) => runId),
      [7, 6],
    );
    const named = [{ jobId: 3, runId: 6, name: 'build' }];
    const { jobs } = await load(store, { jobs: named, jobsOfRuns: [5, 9] });
    assert.deepEqual(jobs.map(({ jobId }) => jobId).sort(), [1, 2, 3]);
  },

  async 'adds up increments exactly, whatever their source'(open) {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('x', 'y', 'a\0b'), fc.integer({ min: 1, max: 2 ** 40 }))),
        async (adds) => {
          await using store = await open();
          const before = await sumsOf(store);
          for (const [repository, delta] of adds) {
            await commit(store, { increments: [countOf(DOMAIN.dispatches, [repository, 'w'], delta)] });
          }
          const after = await sumsOf(store);
          for (const repository of ['x', 'y', 'a\0b']) {
            const added = adds
              .filter(([name]) => name === repository)
              .reduce((sum, [, delta]) => sum + delta, 0);
            assert.equal((after.get(repository) ?? 0) - (before.get(repository) ?? 0), added);
          }
        },
      ),
      { numRuns: 20 },
    );
  },

  async 'reads states in the transaction that changes them: of two concurrent ones the second sees the first'(
    open,
  ) {
    await using store = await open();
    const keys = { ...NO_KEYS, jobs: [job()], runs: [run()] };
    const add = () =>
      store.process(NO_DELIVERIES, keys, (_, { jobs: [known], runs }) => {
        const attempts = (runs[0]?.runNumber ?? 0) + 1;
        const flakyCounted = (known?.flakyCounted ?? 0) + 1;
        return { ...NO_CHANGES, jobs: [job({ flakyCounted })], runs: [run({ runNumber: attempts })] };
      });
    await Promise.all(Array.from({ length: 10 }, add));
    const { jobs, runs } = await load(store, keys);
    assert.deepEqual([jobs[0]?.flakyCounted, runs[0]?.runNumber], [10, 10]);
  },

  async 'returns the time of the transaction, which dates new items'(open) {
    let now = NOW;
    await using store = await open(() => {
      now += 1;
      return now;
    });
    let atMs = 0;
    await store.process(NO_DELIVERIES, NO_KEYS, (_, __, nowMs) => {
      atMs = nowMs;
      return { ...NO_CHANGES, increments: [countOf(DOMAIN.dispatches, ['o/r', 'w'])] };
    });
    assert.deepEqual(
      (await cellsOf(store)).map(({ createdAtMs }) => createdAtMs),
      [atMs],
    );
  },

  async 'writes all of a change or nothing'(open) {
    await using store = await open();
    await accept(store, [delivery('a')]);
    const leased = await store.lease(9, 60_000);
    const broken = { ...job({ jobId: 9 }), repository: null } as unknown as JobState;
    const increments = [countOf(DOMAIN.dispatches, ['o/r', 'w'])];
    await assert.rejects(commit(store, { jobs: [job(), broken], increments }, leased));
    assert.equal((await store.queueStatus()).pending, 1);
    assert.equal(
      (await load(store, { jobs: [{ jobId: job().jobId, runId: 0, name: '' }], runs: [] })).jobs.length,
      0,
    );
    await commit(store, { jobs: [job()], increments }, leased);
    assert.equal((await store.queueStatus()).pending, 0);
    assert.equal((await sumsOf(store)).get('o/r'), 1);
  },
};

async function sumsOf(store: Store): Promise<Map<string, number>> {
  const cells = (await cellsOf(store)).filter(({ metric }) => metric === DOMAIN.dispatches.name);
  return new Map(cells.map(({ labels, value }) => [labels[0] ?? '', value]));
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DOMAIN } from '../../src/domain/catalogue.ts';
import type { Store } from '../../src/domain/contracts.ts';
import type { ObservationEntry } from '../../src/domain/explanation.ts';
import type { JobState } from '../../src/domain/lifecycle/state.ts';
import { countOf } from '../../src/domain/metric.ts';
import { NO_CHANGES } from '../../src/domain/no-changes.ts';
import { job, run } from '../fixtures/states.ts';
import { delivery, NOW, type StoreCase } from './store-case.ts';

/** What `WorkQueue` and `StateReader` promise of states and numbers. */
export const STATE_CASES: Readonly<Record<string, StoreCase>> = {
  async 'tells what each delivery told of a run and a job, in the order of receipt, over restarts too'(open) {
    await using first = open();
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
    await first.commit({ ...NO_CHANGES, jobs: [job()], observations: [entry(3), ofRun, entry(2)] });
    await first[Symbol.asyncDispose]();
    await using second = open();
    const sameMoment = entry(3, { guid: 'another' });
    await second.commit({ ...NO_CHANGES, observations: [sameMoment] });
    const ofJob = [entry(2), entry(3), sameMoment];
    assert.deepEqual((await second.explainJob(100_520_616_165)).observations, ofJob);
    assert.deepEqual((await second.explainRun(2 ** 40)).observations, [ofRun, ...ofJob]);
  },

  async 'gives back states as they were written'(open) {
    await using store = open();
    const sibling = job({
      jobId: 7,
      runAttempt: 2,
      waitedAtMs: NOW,
      startedAtMs: NOW,
      runnerId: 0,
      runnerName: 'r',
    });
    await store.commit({
      ...NO_CHANGES,
      jobs: [job({ status: 'waiting' }), sibling],
      runs: [run(), run({ runAttempt: 2 })],
    });
    await store.commit({ ...NO_CHANGES, jobs: [job()] });
    const { jobs, runs } = await store.load({
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
      [run({ runAttempt: 2 })],
    );
    const renamed = await store.load({ jobs: [{ jobId: 7, runId: 1, name: 'other' }], runs: [] });
    assert.equal(renamed.jobs.length, 1, 'a job is found by its id whatever its name is now');
  },

  async 'adds up increments exactly, whatever brings them'(open, stored) {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('x', 'y', 'a\0b'), fc.integer({ min: 1, max: 2 ** 40 }))),
        async (adds) => {
          await using store = open();
          const before = await sumsOf(store);
          for (const [repository, delta] of adds) {
            await store.addIncrements([countOf(DOMAIN.dispatches, [repository, 'w'], delta)]);
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
    assert.ok(stored.length > 0);
  },

  async 'writes all of a change or nothing, and passes on only what is stored'(open, stored) {
    await using store = open();
    await store.accept([delivery('a')]);
    const [a] = await store.lease(9, 60_000);
    stored.length = 0;
    const broken = { ...job({ jobId: 9 }), repository: null } as unknown as JobState;
    const changes = {
      ...NO_CHANGES,
      jobs: [job(), broken],
      increments: [countOf(DOMAIN.dispatches, ['o/r', 'w'])],
      processed: [a?.id ?? 0],
    };
    await assert.rejects(store.commit(changes));
    assert.deepEqual(stored, []);
    assert.equal((await store.queueStatus()).pending, 1);
    assert.equal(
      (await store.load({ jobs: [{ jobId: job().jobId, runId: 0, name: '' }], runs: [] })).jobs.length,
      0,
    );
    await store.commit({ ...changes, jobs: [job()] });
    assert.equal((await sumsOf(store)).get('o/r'), 1);
  },
};

async function sumsOf(store: Store): Promise<Map<string, number>> {
  const cells = (await store.readCells()).filter(({ metric }) => metric === DOMAIN.dispatches.name);
  return new Map(cells.map(({ labels, value }) => [labels[0] ?? '', value]));
}

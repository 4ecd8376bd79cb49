import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { recordingLogger, SILENT } from '../../test/fixtures/logger.ts';
import type { JobState, RunState } from '../domain/lifecycle/state.ts';
import type { Increment } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import type { Effects, KnownStates, StateKeys } from '../domain/transaction.ts';
import { WorkingSet, type WorkingSetOptions } from './working-set.ts';

const TTL_MS = 1000;

function job(jobId: number, over: Partial<JobState> = {}): JobState {
  return { jobId, runId: 1, name: 'build', status: 'queued', runsOn: ['x'], ...over } as JobState;
}

function run(runAttempt: number, over: Partial<RunState> = {}): RunState {
  return { runId: 1, runAttempt, status: 'queued', ...over } as RunState;
}

type States = Pick<Effects, 'jobs' | 'runs'>;

/** A store in memory that counts how often it is read. */
function openStore() {
  const jobs = new Map<number, JobState>();
  const runs = new Map<string, RunState>();
  let asked = 0;
  return {
    asked: () => asked,
    load(keys: StateKeys): KnownStates {
      if (keys.jobs.length + keys.runs.length > 0) asked += 1;
      const isWanted = (state: JobState) =>
        keys.jobs.some(
          ({ jobId, runId, name }) => jobId === state.jobId || (runId === state.runId && name === state.name),
        );
      const wanted = [...runs.values()].filter((state) =>
        keys.runs.some(({ runId, runAttempt }) => runId === state.runId && runAttempt === state.runAttempt),
      );
      return {
        jobs: [...jobs.values()].filter(isWanted),
        ...{ runs: wanted, deployments: [], reviews: [], forgottenBeforeMs: 7 },
      };
    },
    write(written: States) {
      for (const each of written.jobs) jobs.set(each.jobId, each);
      for (const each of written.runs) runs.set(`${each.runId}/${each.runAttempt}`, each);
    },
  };
}

function openSet(over: Partial<WorkingSetOptions> = {}) {
  const store = openStore();
  const evictions: Record<string, number> = {};
  const time = { nowMs: 0, endSeq: 1, settledSeq: 1 };
  const set = new WorkingSet({
    progress: async () => time,
    meter: {
      add(increments: readonly Increment[]) {
        for (const { metric, labels, delta } of increments) {
          assert.equal(metric, SELF.memoryEvictions.name);
          evictions[String(labels[0])] = (evictions[String(labels[0])] ?? 0) + delta;
        }
      },
    },
    steady: () => time.nowMs,
    logger: SILENT,
    limitBytes: 1_000_000,
    ttlMs: () => TTL_MS,
    ...over,
  });
  function load(keys: StateKeys): KnownStates {
    const lookup = set.look(keys);
    return lookup.with(store.load(lookup.missing));
  }
  /** A transaction that writes these states. */
  function commit(jobs: readonly JobState[], runs: readonly RunState[] = []): void {
    store.write({ jobs, runs });
    set.note({ jobs, runs }, time);
  }
  return { set, store, evictions, time, load, commit };
}

function keysOf(jobs: readonly JobState[], runs: readonly RunState[] = []): StateKeys {
  return { jobs, runs, deployments: [], reviews: [] };
}

function sizeOf(set: WorkingSet): number {
  return set
    .readings()
    .reduce((sum, { metric, value }) => (metric === SELF.memoryObjects.name ? sum + value : sum), 0);
}

test('recently stored items are known without asking the store', async () => {
  const { store, load, commit } = openSet();
  load(keysOf([job(1)], [run(1)]));
  commit([job(1)], [run(1)]);
  const asked = store.asked();
  assert.deepEqual(load(keysOf([job(1)], [run(1)])), {
    jobs: [job(1)],
    runs: [run(1)],
    deployments: [],
    reviews: [],
    forgottenBeforeMs: 7,
  });
  assert.equal(store.asked(), asked);
  load(keysOf([job(2)]));
  assert.equal(store.asked(), asked + 1, 'another job of the name may be stored');
});

test('items that could not be stored are not known', () => {
  const { set, store, load } = openSet();
  const states = keysOf([job(1)]);
  const lookup = set.look(states);
  lookup.with(store.load(lookup.missing));
  assert.deepEqual(load(states).jobs, []);
});

test('dispatched items are evicted first, expired ones next, and active ones last', async () => {
  const { set, evictions, time, load, commit } = openSet();
  const over = (jobId: number, status: 'queued' | 'completed') => job(jobId, { name: `${jobId}`, status });
  const put = async (state: JobState) => {
    load(keysOf([state]));
    commit([state]);
  };
  await put(over(1, 'queued'));
  time.nowMs = 300;
  time.endSeq = 9;
  await put(over(2, 'completed'));
  time.nowMs = 310;
  await set.sweep();
  assert.deepEqual(evictions, {});
  time.settledSeq = 9;
  await set.sweep();
  assert.deepEqual(evictions, {}, 'it has just been touched');
  time.nowMs = 300 + TTL_MS / 10 + 1;
  await set.sweep();
  assert.deepEqual(evictions, { dispatched: 1 });
  time.nowMs = TTL_MS + 1;
  await put(over(3, 'queued'));
  await set.sweep();
  assert.deepEqual(evictions, { dispatched: 1, expired: 1 });
  await set.squeeze(0);
  assert.deepEqual(evictions, { dispatched: 1, expired: 1, oldest: 1 });
  assert.equal(sizeOf(set), 0);
});

test('the limit holds after every commit, and a flood of forced evictions is one line a minute', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { logger, lines } = recordingLogger();
  const { set, load, commit } = openSet({ limitBytes: 10_000, logger });
  for (let jobId = 1; jobId <= 100; jobId += 1) {
    const state = job(jobId, { name: `${jobId}` });
    load(keysOf([state]));
    commit([state]);
    const bytes = set.readings().find(({ metric }) => metric === SELF.memoryBytes.name)?.value ?? 0;
    assert.ok(bytes > 0 && bytes <= 10_000);
  }
  assert.equal(lines.length, 1);
  context.mock.timers.tick(60_000);
  assert.equal(lines.length, 2);
});

test("answers always equal the store's, whatever is evicted when", async () => {
  const names = fc.constantFrom('a', 'b', 'c');
  const step = fc.record({
    jobs: fc.array(fc.record({ jobId: fc.integer({ min: 1, max: 6 }), name: names }), { maxLength: 3 }),
    runs: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    isOver: fc.boolean(),
    passMs: fc.constantFrom(0, 1, TTL_MS / 10, TTL_MS),
    settles: fc.boolean(),
    squeezes: fc.boolean(),
  });
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 30 }),
    fc.integer({ min: 0, max: 9000 }),
    async (steps, limitBytes) => {
      const { set, store, time, load, commit } = openSet({ limitBytes });
      for (const [number, { jobs, runs, isOver, passMs, settles, squeezes }] of steps.entries()) {
        time.nowMs += passMs;
        const status = isOver ? 'completed' : 'queued';
        const states = jobs.map(({ jobId, name }) => job(jobId, { name, status, statusAtMs: number }));
        const attempts = runs.map((attempt) => run(attempt, { status, statusAtMs: number }));
        const keys = keysOf(states, attempts);
        const [known, stored] = [load(keys), store.load(keys)];
        const byId = (a: JobState, b: JobState) => a.jobId - b.jobId;
        assert.deepEqual(known.jobs.toSorted(byId), stored.jobs.toSorted(byId));
        const byAttempt = (a: RunState, b: RunState) => a.runAttempt - b.runAttempt;
        assert.deepEqual(known.runs.toSorted(byAttempt), stored.runs.toSorted(byAttempt));
        time.endSeq += 1;
        commit([...new Map(states.map((each) => [each.jobId, each])).values()], attempts);
        if (settles) time.settledSeq = time.endSeq;
        if (squeezes) await set.squeeze(limitBytes / 2);
        else await set.sweep();
      }
      await set.squeeze(0);
      assert.equal(sizeOf(set), 0);
    },
  );
  await fc.assert(property, { numRuns: 500 });
});

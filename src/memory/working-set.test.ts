import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type {
  Changes,
  Effects,
  KnownStates,
  Logger,
  ProcessAccepted,
  StateKeys,
} from '../domain/contracts.ts';
import type { AcceptOutcome, Delivery } from '../domain/delivery.ts';
import type { JobState, RunState } from '../domain/lifecycle/state.ts';
import type { Increment } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { WorkingSet, type WorkingSetOptions } from './working-set.ts';

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };
const TTL_MS = 1000;

function job(jobId: number, over: Partial<JobState> = {}): JobState {
  return { jobId, runId: 1, name: 'build', status: 'queued', runsOn: ['x'], ...over } as JobState;
}

function run(runAttempt: number, over: Partial<RunState> = {}): RunState {
  return { runId: 1, runAttempt, status: 'queued', ...over } as RunState;
}

function changes(jobs: readonly JobState[], runs: readonly RunState[] = []): Changes {
  return {
    jobs,
    runs,
    increments: [],
    samples: [],
    numbers: [],
    groups: [],
    observations: [],
    processed: [],
    failed: [],
  };
}

/** A store in memory that counts how often it is asked. */
function openStore() {
  const jobs = new Map<number, JobState>();
  const runs = new Map<string, RunState>();
  let asked = 0;
  return {
    asked: () => asked,
    async load(keys: StateKeys): Promise<KnownStates> {
      asked += 1;
      const isWanted = (state: JobState) =>
        keys.jobs.some(
          ({ jobId, runId, name }) => jobId === state.jobId || (runId === state.runId && name === state.name),
        );
      const wanted = [...runs.values()].filter((state) =>
        keys.runs.some(({ runId, runAttempt }) => runId === state.runId && runAttempt === state.runAttempt),
      );
      return { jobs: [...jobs.values()].filter(isWanted), runs: wanted, forgottenBeforeMs: 7 };
    },
    async acceptProcessed(
      deliveries: readonly Delivery[],
      process: ProcessAccepted,
    ): Promise<AcceptOutcome[]> {
      const outcomes = deliveries.map((): AcceptOutcome => 'accepted');
      await this.commit(process(outcomes));
      return outcomes;
    },
    async commit(all: Effects) {
      if (all.jobs.some(({ name }) => name === 'poison')) throw new Error('not stored');
      for (const each of all.jobs) jobs.set(each.jobId, each);
      for (const each of all.runs) runs.set(`${each.runId}/${each.runAttempt}`, each);
    },
  };
}

function openSet(over: Partial<WorkingSetOptions> = {}) {
  const store = openStore();
  const evictions: Record<string, number> = {};
  const time = { nowMs: 0, endSeq: 1, settledSeq: 1 };
  const set = new WorkingSet({
    queue: store,
    progress: async () => time,
    meter: {
      add(increments: readonly Increment[]) {
        for (const { metric, labels, delta } of increments) {
          assert.equal(metric, SELF.memoryEvictions.name);
          evictions[String(labels[0])] = (evictions[String(labels[0])] ?? 0) + delta;
        }
      },
    },
    clock: () => time.nowMs,
    logger: SILENT,
    limitBytes: 1_000_000,
    ttlMs: () => TTL_MS,
    ...over,
  });
  return { set, store, evictions, time };
}

function keysOf(jobs: readonly JobState[], runs: readonly RunState[] = []): StateKeys {
  return { jobs, runs };
}

function sizeOf(set: WorkingSet): number {
  return set
    .readings()
    .reduce((sum, { metric, value }) => (metric === SELF.memoryObjects.name ? sum + value : sum), 0);
}

test('what was stored a moment ago is known without asking the store', async () => {
  const { set, store } = openSet();
  await set.load(keysOf([job(1)], [run(1)]));
  await set.commit(changes([job(1)], [run(1)]));
  const asked = store.asked();
  assert.deepEqual(await set.load(keysOf([job(1)], [run(1)])), {
    jobs: [job(1)],
    runs: [run(1)],
    forgottenBeforeMs: 7,
  });
  assert.equal(store.asked(), asked);
  await set.load(keysOf([job(2)]));
  assert.equal(store.asked(), asked + 1, 'another job of the name may be stored');
});

test('what was processed as it was accepted is known as well, unless it could not be stored', async () => {
  const { set, store } = openSet();
  const poison = job(2, { name: 'poison' });
  await set.load(keysOf([job(1), poison]));
  await set.acceptProcessed([], () => changes([job(1)]));
  const asked = store.asked();
  assert.deepEqual(await set.load(keysOf([job(1)])), { jobs: [job(1)], runs: [], forgottenBeforeMs: 7 });
  assert.equal(store.asked(), asked);
  await assert.rejects(
    set.acceptProcessed([], () => changes([poison])),
    /not stored/,
  );
  assert.deepEqual(await set.load(keysOf([poison])), { jobs: [], runs: [], forgottenBeforeMs: 7 });
});

test('what could not be stored is not known', async () => {
  const { set } = openSet();
  const poison = job(1, { name: 'poison' });
  await set.load(keysOf([poison]));
  await assert.rejects(set.commit(changes([poison])), /not stored/);
  assert.deepEqual((await set.load(keysOf([poison]))).jobs, []);
});

test('what is dispatched goes first, what is expired next, and what is in hand last', async () => {
  const { set, evictions, time } = openSet();
  const over = (jobId: number, status: 'queued' | 'completed') => job(jobId, { name: `${jobId}`, status });
  const put = async (state: JobState) => {
    await set.load(keysOf([state]));
    await set.commit(changes([state]));
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

test('the limit holds after every commit, and a flood of forced evictions is one line a minute', async () => {
  const lines: unknown[] = [];
  const logger = { ...SILENT, error: (...line: unknown[]) => void lines.push(line) };
  const { set, time } = openSet({ limitBytes: 10_000, logger });
  for (let jobId = 1; jobId <= 100; jobId += 1) {
    const state = job(jobId, { name: `${jobId}` });
    await set.load(keysOf([state]));
    await set.commit(changes([state]));
    const bytes = set.readings().find(({ metric }) => metric === SELF.memoryBytes.name)?.value ?? 0;
    assert.ok(bytes > 0 && bytes <= 10_000);
  }
  assert.equal(lines.length, 1);
  time.nowMs = 60_000;
  await set.squeeze(0);
  assert.equal(lines.length, 2);
});

test('it never answers anything but what the store would, whatever is let go when', async () => {
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
      const { set, store, time } = openSet({ limitBytes });
      for (const [number, { jobs, runs, isOver, passMs, settles, squeezes }] of steps.entries()) {
        time.nowMs += passMs;
        const status = isOver ? 'completed' : 'queued';
        const states = jobs.map(({ jobId, name }) => job(jobId, { name, status, statusAtMs: number }));
        const attempts = runs.map((attempt) => run(attempt, { status, statusAtMs: number }));
        const keys = keysOf(states, attempts);
        const [known, stored] = [await set.load(keys), await store.load(keys)];
        const byId = (a: JobState, b: JobState) => a.jobId - b.jobId;
        assert.deepEqual(known.jobs.toSorted(byId), stored.jobs.toSorted(byId));
        const byAttempt = (a: RunState, b: RunState) => a.runAttempt - b.runAttempt;
        assert.deepEqual(known.runs.toSorted(byAttempt), stored.runs.toSorted(byAttempt));
        time.endSeq += 1;
        await set.commit(changes([...new Map(states.map((each) => [each.jobId, each])).values()], attempts));
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

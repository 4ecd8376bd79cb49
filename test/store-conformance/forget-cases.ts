import assert from 'node:assert/strict';
import type { Store } from '../../src/domain/contracts.ts';
import type { ObservationEntry } from '../../src/domain/explanation.ts';
import type { ForgettingStep } from '../../src/domain/forgetting.ts';
import { forgottenCounts } from '../../src/domain/forgetting.ts';
import type { JobState, RunState } from '../../src/domain/lifecycle/state.ts';
import { SELF } from '../../src/domain/own-metrics.ts';
import { job as anyJob, run as anyRun } from '../fixtures/states.ts';
import { cellsOf, commit, load, NOW, type StoreCase } from './store-case.ts';

const DAY_MS = 24 * 3_600_000;
const OLD_MS = NOW - 40 * DAY_MS;
const OLD = { createdAtMs: OLD_MS, firstSeenAtMs: OLD_MS, statusAtMs: OLD_MS };

const STEP: ForgettingStep = {
  afterRunId: null,
  limit: 100,
  finishedBeforeMs: NOW - 30 * DAY_MS,
  unfinishedBeforeMs: NOW - 65 * DAY_MS,
};

/** A job that ended long ago. */
function job(runId: number, over: Partial<JobState> = {}): JobState {
  return anyJob({ jobId: runId * 10, runId, ...OLD, status: 'completed', conclusion: 'success', ...over });
}

/** A run attempt that ended long ago. */
function run(runId: number, over: Partial<RunState> = {}): RunState {
  const times = { ...OLD, runStartedAtMs: OLD_MS, updatedAtMs: OLD_MS };
  return anyRun({ runId, ...times, branch: 'other', status: 'completed', conclusion: 'success', ...over });
}

function observation(runId: number, over: Partial<ObservationEntry> = {}): ObservationEntry {
  return {
    runId,
    jobId: null,
    guid: `${runId}`,
    source: 'webhook',
    receivedAtMs: OLD_MS,
    eventAtMs: OLD_MS,
    action: 'completed',
    status: 'completed',
    conclusion: null,
    before: null,
    after: 'completed',
    counted: [],
    why: null,
    ...over,
  };
}

/** The runs of which anything is still known. */
async function known(store: Store, runIds: readonly number[]): Promise<number[]> {
  const found = await Promise.all(runIds.map((runId) => store.explainRun(runId)));
  return runIds.filter((_, index) => Object.values(found[index] ?? {}).some((list) => list.length > 0));
}

/** What `Store.forgetRuns` promises. */
export const FORGET_CASES: Readonly<Record<string, StoreCase>> = {
  async 'forgets a whole run once its last event is old, and counts it'(open) {
    await using store = await open();
    const recent = { statusAtMs: NOW - DAY_MS };
    await commit(store, {
      runs: [
        run(1),
        run(1, { runAttempt: 2 }),
        run(2),
        run(2, { runAttempt: 2, ...recent }),
        run(3, { updatedAtMs: NOW - DAY_MS }),
      ],
      jobs: [
        job(1),
        job(1, { jobId: 11, name: 'other' }),
        job(2),
        job(4),
        job(5, { completedAtMs: NOW - DAY_MS }),
      ],
      observations: [
        observation(1),
        observation(1, { jobId: 11 }),
        observation(4, { receivedAtMs: NOW - DAY_MS }),
        observation(6, { jobId: 60 }),
        observation(7, { receivedAtMs: NOW - DAY_MS }),
      ],
    });
    assert.deepEqual(await store.forgetRuns(STEP, forgottenCounts), {
      runs: 2,
      jobs: 2,
      deployments: 0,
      lastRunId: null,
    });
    const left = await known(store, [1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(left, [2, 3, 4, 5, 7], 'one of them was reported a day ago, whatever its own times');
    const two = await store.explainRun(2);
    assert.deepEqual([two.runs.length, two.jobs.length], [2, 1], 'a re-run keeps the whole run');
    const counted = (await cellsOf(store)).filter(({ metric }) => metric === SELF.forgottenObjects.name);
    assert.deepEqual(Object.fromEntries(counted.map(({ labels, value }) => [labels[0], value])), {
      run: 2,
      job: 2,
    });
  },

  async 'forgets unfinished work only when it can never finish'(open) {
    await using store = await open();
    const ghost = { statusAtMs: NOW - 70 * DAY_MS, createdAtMs: null, firstSeenAtMs: NOW - 70 * DAY_MS };
    await commit(store, {
      runs: [run(1, { status: 'in_progress' }), run(2)],
      jobs: [
        job(2, { status: 'queued' }),
        job(3, { heldUntilMs: OLD_MS }),
        job(4, { status: 'waiting', ...ghost }),
        job(5, { status: 'waiting', ...ghost, startedAtMs: OLD_MS }),
        job(6, { status: 'in_progress', isJob: false }),
      ],
    });
    await store.forgetRuns(STEP, forgottenCounts);
    assert.deepEqual(await known(store, [1, 2, 3, 4, 5]), [1, 2, 3, 5]);
    const { jobs } = await load(store, { jobs: [{ jobId: 6, runId: 6, name: 'build' }], runs: [] });
    assert.deepEqual(jobs, [], 'what is no job for all that is known does not go on');
    await store.forgetRuns({ ...STEP, unfinishedBeforeMs: NOW }, forgottenCounts);
    assert.deepEqual(await known(store, [1, 2, 3, 4, 5]), []);
  },

  async 'keeps the state of a workflow: its failures outlive their runs'(open) {
    await using store = await open();
    const failed = { branch: 'default', conclusion: 'failure' };
    const at = (days: number) => ({ updatedAtMs: NOW - days * DAY_MS, statusAtMs: NOW - days * DAY_MS });
    const runs = [
      run(1, { ...failed, ...at(50) }),
      run(2, { branch: 'default', ...at(49) }),
      run(3, { ...failed, ...at(48) }),
      run(4, { ...failed, ...at(47), branch: 'other' }),
      run(5, { ...failed, ...at(46), workflowFile: 'never-worked.yml' }),
      run(6, { ...failed, ...at(45), conclusion: 'cancelled' }),
    ];
    await commit(store, { runs });
    const readings = async () => (await store.readActivity(NOW)).sort(byText);
    const failures = (await readings()).filter(({ metric }) => metric.endsWith('_consecutive_failures'));
    assert.deepEqual(
      failures.map(({ value }) => value),
      [1, 1],
    );
    const before = await readings();
    await store.forgetRuns(STEP, forgottenCounts);
    assert.deepEqual(await known(store, [1, 2, 3, 4, 5, 6]), []);
    assert.deepEqual(await readings(), before);
    // Reported again, each is what it was.
    await commit(store, { runs: [...runs].reverse() });
    assert.deepEqual(await readings(), before);
  },

  async 'remembers the time before which anything was forgotten, and never an earlier one'(open) {
    await using store = await open();
    const limit = async () => (await load(store, { jobs: [], runs: [] })).forgottenBeforeMs;
    await store.forgetRuns(STEP, forgottenCounts);
    assert.equal(await limit(), null, 'there was nothing to forget');
    await commit(store, { jobs: [job(1)] });
    await store.forgetRuns(STEP, forgottenCounts);
    assert.equal(await limit(), STEP.finishedBeforeMs);
    await commit(store, { jobs: [job(2)] });
    await store.forgetRuns({ ...STEP, finishedBeforeMs: OLD_MS + 1 }, forgottenCounts);
    assert.equal(await limit(), STEP.finishedBeforeMs);
    await commit(store, { jobs: [job(3)] });
    await store.forgetRuns({ ...STEP, finishedBeforeMs: Number.POSITIVE_INFINITY }, forgottenCounts);
    assert.equal(await limit(), NOW, 'all that is known');
  },

  async 'goes over all runs in small steps, and frees the room of deleted ones'(open) {
    await using store = await open();
    const ids = Array.from({ length: 500 }, (_, index) => index + 1);
    const empty = await store.usedBytes();
    await commit(store, { jobs: ids.map((id) => job(id)), observations: ids.map((id) => observation(id)) });
    const full = await store.usedBytes();
    const steps = [];
    let afterRunId: number | null = null;
    do {
      const { jobs, lastRunId } = await store.forgetRuns(
        { ...STEP, afterRunId, limit: 200 },
        forgottenCounts,
      );
      steps.push(jobs);
      afterRunId = lastRunId;
    } while (afterRunId !== null);
    assert.deepEqual(steps, [200, 200, 100]);
    assert.ok((await store.usedBytes()) - empty < (full - empty) / 4);
  },
};

function byText(one: object, other: object): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

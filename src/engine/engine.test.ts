import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineOptions } from '../../test/fixtures/engine-options.ts';
import { timeOf } from '../../test/fixtures/time.ts';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import type { Delivery } from '../domain/delivery.ts';
import { numbersDelivery } from '../domain/job-numbers.ts';
import { type RunningEngine, startEngine } from './engine.ts';
import type { EngineOptions } from './parts.ts';

const DAY_MS = 24 * 3_600_000;
const JOBS = 500;

/** A completed job in a run of its own. */
function completedJob(number: number, receivedAtMs: number): Delivery {
  const time = new Date(receivedAtMs).toISOString();
  const job = {
    id: 1000 + number,
    run_id: number,
    name: 'build',
    workflow_name: 'CI',
    status: 'completed',
    conclusion: 'success',
    created_at: time,
    started_at: time,
    completed_at: time,
    labels: ['x'],
    runner_id: 1,
    steps: [],
  };
  return {
    guid: `job ${number}`,
    event: 'workflow_job',
    action: 'completed',
    source: 'webhook',
    receivedAtMs,
    payload: JSON.stringify({ workflow_job: job, repository: { full_name: 'o/r' } }),
  };
}

async function valuesOf(engine: RunningEngine): Promise<Map<string, number>> {
  const lines = Buffer.from(await engine.scrape({ format: 'text', scope: 'all' }, []))
    .toString()
    .split('\n');
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

/** The values once they are as expected. */
async function valuesWhen(engine: RunningEngine, isSo: (value: (name: string) => number) => boolean) {
  let values = new Map<string, number>();
  for (let tries = 0; tries < 1000; tries += 1) {
    values = await valuesOf(engine);
    if (isSo((name) => values.get(name) ?? 0)) return values;
    await sleep(20);
  }
  return assert.fail(`it never comes to that: ${JSON.stringify([...values])}`);
}

const COUNTED =
  'github_actions_jobs_total{repository="o/r",workflow="CI",job_name="build",runs_on="x",conclusion="success"}';
const FORGOTTEN = 'ant_watcher_forgotten_objects_total{kind="job"}';
const EVICTED = 'ant_watcher_memory_evictions_total{reason="dispatched"}';
const STORED = 'ant_watcher_store_bytes';

/** An engine that has counted all jobs, closed at the end of the test. */
async function startWithJobs(t: TestContext, over: Partial<EngineOptions>, receivedAtMs: number) {
  const engine = await startEngine(engineOptions(over));
  t.after(() => engine.close());
  await engine.accept(Array.from({ length: JOBS }, (_, number) => completedJob(number, receivedAtMs)));
  await valuesWhen(engine, (value) => value(COUNTED) === JOBS);
  return engine;
}

test('a delivery whose file goes away while it is stored is not answered as accepted', async (t) => {
  const folder = openTemporaryFolder();
  t.after(() => folder[Symbol.dispose]());
  const path = join(folder.path, 'a.db');
  let isLeaving = false;
  function clock(): number {
    if (isLeaving && new Error().stack?.includes('at transact')) {
      renameSync(path, `${path}.away`);
      isLeaving = false;
    }
    return Date.now();
  }
  const memory = { workingSetBytes: 1_000_000, storeBytes: null };
  const engine = await startEngine(
    engineOptions({ storageUrl: `sqlite:${path}`, memory, time: timeOf(clock) }),
  );
  t.after(() => engine.close());
  isLeaving = true;
  const moved = { code: 'store_unavailable', message: /a\.db is no longer the file that is open/ };
  await assert.rejects(engine.accept([completedJob(1, Date.now())]), moved);
  renameSync(`${path}.away`, path);
  assert.equal((await valuesOf(engine)).get(COUNTED), 1, 'what is stored is counted');
  assert.deepEqual(await engine.accept([completedJob(1, Date.now())]), ['duplicate']);
});

test('housekeeping forgets old runs and keeps their numbers', async (t) => {
  const engine = await startWithJobs(t, { retentionMs: 30 * DAY_MS }, Date.now() - 40 * DAY_MS);
  const values = await valuesWhen(engine, (value) => value(FORGOTTEN) === JOBS);
  assert.equal(values.get(COUNTED), JOBS);
  assert.equal((await engine.explainRun(7)).jobs.length, 0);
});

test('a store in memory stays within its budget by forgetting finished work', async (t) => {
  // More than twice what the tables take that stay when everything is forgotten.
  const storeBytes = 720_000;
  const memory = { workingSetBytes: 1, storeBytes };
  const engine = await startWithJobs(t, { memory }, Date.now() - DAY_MS);
  const values = await valuesWhen(engine, (value) => value(EVICTED) > 0 && value(STORED) <= storeBytes);
  assert.ok((values.get(EVICTED) ?? 0) < JOBS, 'no more than it has to');
  assert.equal(values.get(COUNTED), JOBS);
  await engine.shortOfMemory(true);
  const squeezed = await valuesOf(engine);
  assert.ok((squeezed.get(STORED) ?? 0) <= storeBytes / 2);
  assert.equal(squeezed.get(FORGOTTEN), squeezed.get(EVICTED));
});

test('idle series that jobs pushed are forgotten, in the store too', async () => {
  let nowMs = Date.now();
  using folder = openTemporaryFolder();
  const storageUrl = `sqlite:${join(folder.path, 'state.db')}`;
  const metrics = { ...engineOptions({}).metrics, idleExpiryMs: DAY_MS };
  async function during(work: (engine: RunningEngine) => Promise<void>): Promise<void> {
    const engine = await startEngine(engineOptions({ storageUrl, metrics, time: timeOf(() => nowMs) }));
    await work(engine).finally(() => engine.close());
  }
  const told = { repository: 'o/r', workflow: 'CI', numbers: [{ name: 'a', labels: [], value: 1 }] };
  const SERIES = 'job_a{repository="o/r",workflow="CI"}';
  await during(async (engine) => {
    await engine.accept([numbersDelivery(told, 'a', nowMs)]);
    await valuesWhen(engine, (value) => value(SERIES) === 1);
    nowMs += DAY_MS + 1;
    await valuesWhen(engine, (value) => value(SERIES) === 0);
  });
  await during(async (engine) => assert.equal((await valuesOf(engine)).has(SERIES), false));
});

const FAILURES =
  'github_actions_workflow_consecutive_failures{repository="o/r",workflow="CI",file=".github/workflows/ci.yml"}';

function failedRun(nowMs: number): Delivery {
  const time = new Date(nowMs).toISOString();
  const run = {
    id: 1,
    name: 'CI',
    path: '.github/workflows/ci.yml',
    event: 'schedule',
    head_branch: 'main',
    status: 'completed',
    conclusion: 'failure',
    run_started_at: time,
    updated_at: time,
  };
  const repository = { id: 1, full_name: 'o/r', default_branch: 'main' };
  const payload = JSON.stringify({ workflow_run: run, repository });
  const event = 'workflow_run';
  return { guid: 'a run', event, action: 'completed', source: 'webhook', receivedAtMs: nowMs, payload };
}

for (const [idleExpiryMs, staysMs, leavesMs] of [
  [null, 95 * DAY_MS, 6 * DAY_MS],
  [DAY_MS, DAY_MS / 2, DAY_MS],
] as const) {
  test(`the gauges of a deleted workflow disappear, with an idle expiry of ${idleExpiryMs ?? 'never'}`, async (t) => {
    let nowMs = Date.now();
    const metrics = { ...engineOptions({}).metrics, idleExpiryMs };
    const engine = await startEngine(engineOptions({ metrics, time: timeOf(() => nowMs) }));
    t.after(() => engine.close());
    await engine.accept([failedRun(nowMs)]);
    await valuesWhen(engine, (value) => value(FAILURES) === 1);
    // A scheduled workflow is quiet, not gone.
    nowMs += staysMs;
    await sleep(1500);
    assert.equal((await valuesOf(engine)).get(FAILURES), 1);
    nowMs += leavesMs;
    await valuesWhen(engine, (value) => value(FAILURES) === 0);
  });
}

test('names of others are counted from when they are switched on, and go on where they were if they are again', async () => {
  const nothing = engineOptions({});
  const counting = (...sets: EngineOptions['metrics']['compat']['sets']) =>
    engineOptions({ metrics: { ...nothing.metrics, compat: { ...nothing.metrics.compat, sets } } });
  const engine = await startEngine(nothing);
  const shown = async (compat: string, name: string) => {
    const text = await engine.scrape({ format: 'text', scope: 'all', compat }, []);
    const lines = Buffer.from(text).toString().split('\n');
    return lines.filter((line) => line.startsWith(`${name}{`)).map((line) => Number(line.split(' ').at(-1)));
  };
  const ofArc = () => shown('arc', 'github_workflow_jobs_completed_total');
  const ofPromhippie = () => shown('promhippie', 'github_workflow_job_completed_total');
  const run = (number: number) => engine.accept([completedJob(number, Date.now())]);
  try {
    await run(1);
    assert.deepEqual(await ofArc(), []);
    await engine.configure(counting('arc'));
    await run(2);
    await run(3);
    assert.deepEqual(await ofArc(), [2]);
    await engine.configure(counting('promhippie'));
    await run(4);
    assert.deepEqual([await ofArc(), await ofPromhippie()], [[], [1]]);
    await engine.configure(counting('arc', 'promhippie'));
    await run(5);
    assert.deepEqual([await ofArc(), await ofPromhippie()], [[3], [2]]);
    assert.ok(![...(await valuesOf(engine)).keys()].some((name) => name.startsWith('github_workflow_')));
  } finally {
    await engine.close();
  }
});

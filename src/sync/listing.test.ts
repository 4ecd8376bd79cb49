import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FAILED,
  fakeEngine,
  fakeGitHub,
  HOUR_MS,
  NOW,
  ok,
  run,
  surroundings,
} from '../../test/fixtures/history.ts';
import { countOf, type Increment } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { type ListingOptions, listRepository } from './listing.ts';

function stage(...runs: readonly ReturnType<typeof run>[]) {
  const [github, engine] = [fakeGitHub(), fakeEngine()];
  github.runs.set('o/r', ok(runs));
  const counted: Increment[] = [];
  const list = (options: Partial<ListingOptions> = {}) =>
    listRepository({
      history: github.history,
      engine,
      repository: 'o/r',
      sinceMs: NOW - 10 * HOUR_MS,
      priority: 'recovery',
      logger: surroundings().logger,
      meter: { add: (increments) => void counted.push(...increments) },
      ...options,
    });
  return { github, engine, list, counted };
}

test('every run created since the given time is read, and from the last page also those that may have ended since', async () => {
  const late = run(2, 20, { updatedAtMs: NOW - 9 * HOUR_MS });
  const { github, engine, list } = stage(run(5, 1), run(4, 2), late, run(3, 20), run(1, 1));
  const progress: number[] = [];
  const pass = await list({ onProgress: ({ listed }) => void progress.push(listed) });
  assert.deepEqual(
    engine.accepted,
    [5, 4, 2].map((id) => `api-run-${id}`),
  );
  assert.deepEqual(
    [pass.isComplete, pass.listed, pass.read, pass.recovered, pass.tooOld],
    [true, 4, 3, 3, 1],
  );
  assert.equal(pass.reachedMs, NOW - 20 * HOUR_MS);
  assert.deepEqual(progress, [2, 2, 4, 4], 'after its runs, and after each page');
  assert.ok(!github.asked.includes('jobs 1'));
});

test('a run is too old by its end, whatever changed in it later, and then costs nothing', async () => {
  const days = (count: number) => count * 24;
  const touched = { updatedAtMs: NOW - HOUR_MS };
  const isCompleted = false;
  const [long, old] = [
    run(5, days(30), { isCompleted }),
    run(3, days(36), { updatedAtMs: NOW - 11 * HOUR_MS }),
  ];
  const { github, list } = stage();
  const again = run(1, days(60), { ...touched, startedAtMs: NOW - 2 * HOUR_MS, runAttempt: 2 });
  github.runs.set('o/r', ok([long, run(4, days(35), touched), old, run(2, days(36), touched), again]));
  await list({ createdSinceMs: 0 });
  assert.deepEqual(github.asked, ['runs o/r', 'jobs 5', 'jobs 4', 'jobs 1']);
});

test('an attempt that ended before the given time is left out, and its run is neither marked as read nor read again', async () => {
  const touched = { updatedAtMs: NOW - HOUR_MS };
  const { github, engine, list } = stage(run(3, 20, touched), run(2, 30, touched));
  const ended = (hoursAgo: number) => NOW - hoursAgo * HOUR_MS;
  github.ends.set(3, [ended(1), ended(19)]).set(2, [ended(10.1)]);
  const { leftOut, tooOld, read, recovered } = await list();
  assert.deepEqual(engine.accepted, ['api-run-3-part-0']);
  assert.deepEqual([[...leftOut], tooOld, read, recovered], [['api-run-3', 'api-run-2'], 2, 2, 1]);
  github.asked.length = 0;
  assert.deepEqual((await list({ leftOut })).leftOut, leftOut);
  assert.deepEqual(github.asked, ['runs o/r']);
  await list({ sinceMs: ended(20) });
  assert.deepEqual(engine.accepted.slice(1), [
    'api-run-3-part-1',
    'api-run-3',
    'api-run-2-part-0',
    'api-run-2',
  ]);
});

test('a run that is too old is counted once it is certain, and not again once it is known', async () => {
  const touched = { updatedAtMs: NOW - HOUR_MS };
  const { github, list, counted } = stage(run(3, 20, touched), run(2, 30));
  github.ends.set(3, [NOW - 19 * HOUR_MS]);
  github.runs.set('o/r', FAILED);
  await list();
  assert.deepEqual(counted, []);
  github.runs.set('o/r', ok([run(3, 20, touched), run(2, 30)]));
  const { leftOut } = await list();
  await list({ leftOut });
  assert.deepEqual(counted, [countOf(SELF.ignoredObservations, ['too_old'], 2)]);
});

test('an attempt known as unfinished is accepted, whenever it ended', async () => {
  const { github, engine, list } = stage(run(1, 30, { runAttempt: 2, updatedAtMs: NOW }));
  github.ends.set(1, [NOW - 25 * HOUR_MS, NOW - 28 * HOUR_MS]);
  const known = { runAttempt: 2, status: 'in_progress' };
  const waits = {
    ...engine,
    explainRun: async () => ({ runs: [known], jobs: [], observations: [] }) as never,
  };
  assert.equal((await list({ engine: waits })).tooOld, 1);
  assert.deepEqual(engine.accepted, ['api-run-1-part-0']);
});

test('a run that hits a bug is left out, and the others are read', async () => {
  const { github, engine, list } = stage(run(3, 1), run(2, 2));
  const { readRun } = github.history;
  Object.assign(github.history, {
    readRun: async (...asked: Parameters<typeof readRun>) =>
      asked[1].runId === 3 ? assert.fail('a bug') : readRun(...asked),
  });
  assert.equal((await list()).isComplete, true);
  assert.deepEqual(engine.accepted, ['api-run-2']);
});

test('a fully read run, or one that ended before the known history, costs nothing more', async () => {
  const { github, engine, list } = stage(run(3, 1), run(2, 2), run(1, 3));
  engine.seen.add('api-run-3');
  await list({ knownUntilMs: NOW - 2.5 * HOUR_MS });
  assert.deepEqual(github.asked, ['runs o/r', 'jobs 2']);
});

test('a run in progress is read each time, and returned as unsettled', async () => {
  const open = run(1, 3, { isCompleted: false });
  const { github, engine, list } = stage(open);
  engine.seen.add(open.guid).add(`${open.guid}-open`);
  const { unsettled } = await list({ knownUntilMs: NOW });
  assert.deepEqual(github.asked, ['runs o/r', 'jobs 1']);
  assert.deepEqual(unsettled, [open]);
  // What is already known is not written again.
  assert.deepEqual(engine.handed, []);
});

test('previously unsettled runs are read again, wherever they are in the list, and each once', async () => {
  const old = run(1, 90, { updatedAtMs: NOW - HOUR_MS });
  const { github, list } = stage(run(3, 1), run(2, 20, { updatedAtMs: NOW }), old);
  await list({ unsettled: [old, run(3, 1), run(7, 50)] });
  assert.deepEqual(github.asked, ['runs o/r', 'jobs 3', 'jobs 2', 'run 1', 'jobs 1', 'run 7']);
});

test('an unreadable run ends the pass, and what was read is kept', async () => {
  const { github, engine, list } = stage(run(3, 1), run(2, 2), run(1, 3));
  github.broken.set(2, FAILED);
  const pass = await list();
  assert.deepEqual([pass.isComplete, 'retryAtMs' in pass && pass.retryAtMs], [false, NOW + 1]);
  assert.deepEqual(engine.accepted, ['api-run-3']);
  github.broken.set(2, { kind: 'missing' });
  assert.equal((await list()).isComplete, true);
  assert.deepEqual(engine.accepted, ['api-run-3', 'api-run-1']);
});

test('a missing repository is reported as missing, and a stop ends the listing between two steps', async () => {
  const { github, list } = stage(run(1, 1));
  const stopped = await list({ signal: AbortSignal.abort() });
  assert.deepEqual([stopped.isComplete, github.asked], [false, ['runs o/r']]);
  github.runs.set('o/r', { kind: 'missing' });
  const gone = await list();
  assert.ok(!gone.isComplete && gone.isHopeless);
});

test('an implausible run does not stop the others, and is read again in the next pass', async () => {
  const { github, engine, list } = stage(run(5, 1), run(4, 2), run(3, 3), run(2, 4), run(1, 20));
  github.broken.set(4, { ...FAILED, implausible: 'attempts' });
  const pass = await list();
  assert.deepEqual(engine.accepted.splice(0), ['api-run-5', 'api-run-3', 'api-run-2']);
  assert.ok(!pass.isComplete && pass.isImplausible);
  github.broken.clear();
  assert.ok((await list()).isComplete);
  assert.deepEqual(engine.accepted, ['api-run-4']);
});

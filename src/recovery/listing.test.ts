import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAILED, fakeEngine, fakeGitHub, HOUR_MS, NOW, ok, run, surroundings } from './history-fixture.ts';
import { type ListingOptions, listRepository } from './listing.ts';

function stage(...runs: readonly ReturnType<typeof run>[]) {
  const [github, engine] = [fakeGitHub(), fakeEngine()];
  github.runs.set('o/r', ok(runs));
  const list = (options: Partial<ListingOptions> = {}) =>
    listRepository({
      history: github.history,
      engine,
      repository: 'o/r',
      sinceMs: NOW - 10 * HOUR_MS,
      priority: 'recovery',
      logger: surroundings().logger,
      ...options,
    });
  return { github, engine, list };
}

test('every run back to the time, and the page that it stands on, is read', async () => {
  const { github, engine, list } = stage(run(5, 1), run(4, 2), run(3, 3), run(2, 20), run(1, 30));
  const progress: number[] = [];
  const pass = await list({ onProgress: ({ listed }) => progress.push(listed) });
  assert.deepEqual(
    engine.accepted,
    [5, 4, 3, 2].map((id) => `api-run-${id}`),
  );
  assert.deepEqual([pass.isComplete, pass.listed, pass.read, pass.recovered], [true, 4, 4, 4]);
  assert.equal(pass.reachedMs, NOW - 20 * HOUR_MS);
  assert.deepEqual(progress, [2, 4]);
  assert.ok(!github.asked.includes('jobs 1'));
});

test('a run that shows a bug is left out, and the others are read', async () => {
  const { github, engine, list } = stage(run(3, 1), run(2, 2));
  const { readRun } = github.history;
  Object.assign(github.history, {
    readRun: async (...asked: Parameters<typeof readRun>) =>
      asked[1].runId === 3 ? assert.fail('a bug') : readRun(...asked),
  });
  assert.equal((await list()).isComplete, true);
  assert.deepEqual(engine.accepted, ['api-run-2']);
});

test('a run that was read to its end, or was over before what is known, costs nothing more', async () => {
  const { github, engine, list } = stage(run(3, 1), run(2, 2), run(1, 3));
  engine.seen.add('api-run-3');
  await list({ knownUntilMs: NOW - 2.5 * HOUR_MS });
  assert.deepEqual(github.asked, ['runs o/r', 'jobs 2']);
});

test('a run that goes on is read each time, and named as unsettled', async () => {
  const open = run(1, 3, { isCompleted: false });
  const { github, engine, list } = stage(open);
  engine.seen.add(open.guid).add(`${open.guid}-open`);
  const { unsettled } = await list({ knownUntilMs: NOW });
  assert.deepEqual(github.asked, ['runs o/r', 'jobs 1']);
  assert.deepEqual(unsettled, [open]);
  // What is known already is not written again.
  assert.deepEqual(engine.handed, []);
});

test('runs that went on the last time are looked at again, wherever they stand, and each once', async () => {
  const old = run(1, 90);
  const { github, list } = stage(run(3, 1), run(2, 20), old);
  await list({ unsettled: [old, run(3, 1), run(7, 50)] });
  assert.deepEqual(github.asked, ['runs o/r', 'jobs 3', 'jobs 2', 'run 1', 'jobs 1', 'run 7']);
});

test('what can not be read ends the pass, and what was read stays', async () => {
  const { github, engine, list } = stage(run(3, 1), run(2, 2), run(1, 3));
  github.broken.set(2, FAILED);
  const pass = await list();
  assert.deepEqual([pass.isComplete, 'retryAtMs' in pass && pass.retryAtMs], [false, NOW + 1]);
  assert.deepEqual(engine.accepted, ['api-run-3']);
  github.broken.set(2, { kind: 'missing' });
  assert.equal((await list()).isComplete, true);
  assert.deepEqual(engine.accepted, ['api-run-3', 'api-run-1']);
});

test('a repository that is gone is told so, and a stop ends the listing between two steps', async () => {
  const { github, list } = stage(run(1, 1));
  const stopped = await list({ signal: AbortSignal.abort() });
  assert.deepEqual([stopped.isComplete, github.asked], [false, ['runs o/r']]);
  github.runs.set('o/r', { kind: 'missing' });
  const gone = await list();
  assert.ok(!gone.isComplete && gone.isHopeless);
});

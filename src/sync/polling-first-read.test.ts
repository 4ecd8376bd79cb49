import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FORBIDDEN, NOW, ok, run } from '../../test/fixtures/history.ts';
import { INTERVAL_MS, stage } from '../../test/fixtures/polling-stage.ts';

/** Each run that is read takes so long, and `then` happens after it. */
function slow(
  { github, time }: ReturnType<typeof stage>,
  ms: number,
  then: (runId: number) => void,
): string[] {
  const priorities: string[] = [];
  const { readRun } = github.history;
  Object.assign(github.history, {
    async readRun(...[repository, listed, priority]: Parameters<typeof readRun>) {
      priorities.push(`${listed.runId} ${priority}`);
      time.nowMs += ms;
      then(listed.runId);
      return readRun(repository, listed, priority);
    },
  });
  return priorities;
}

test('while the last day is read for the first time, the newest runs are read too, and before what is left of it', async () => {
  const staged = stage();
  const { github, engine, round } = staged;
  const day = [run(6, 1), run(5, 2), run(4, 3), run(3, 4), run(2, 5), run(1, 6)];
  github.runs.set('o/r', ok(day));
  const fresh = run(7, 0, { createdAtMs: NOW + 1000, updatedAtMs: NOW + 1000 });
  const priorities = slow(staged, INTERVAL_MS / 2, (runId) => {
    if (runId === 5) github.runs.set('o/r', ok([fresh, ...day]));
  });
  await round();
  assert.deepEqual(priorities, [
    '6 first_read',
    '5 first_read',
    '7 first_read',
    '4 first_read',
    '3 first_read',
    '2 first_read',
    '1 first_read',
  ]);
  assert.equal(engine.accepted.length, 7);
  assert.equal(engine.checkpoints.get('repository/o/r'), NOW, 'what came meanwhile is not known for sure');
});

test('a run that began while the last day was read is read again until it has ended', async () => {
  const staged = stage();
  const { github, engine, rounds } = staged;
  const day = [run(4, 1), run(3, 2), run(2, 3), run(1, 4)];
  github.runs.set('o/r', ok(day));
  const open = run(7, 0.5, { isCompleted: false, guid: 'api-run-7-open' });
  slow(staged, INTERVAL_MS, (runId) => {
    if (runId === 4) github.runs.set('o/r', ok([open, ...day]));
  });
  await rounds(1);
  assert.ok(!engine.accepted.includes('api-run-7'));
  // It has ended, and is so far down the list that a poll does not get there.
  github.runs.set('o/r', ok([run(9, 0), run(8, 0.2), run(7, 0.5), ...day]));
  const [, asked] = (await rounds(1))[0] ?? [0, []];
  assert.ok(asked.includes('run 7'), asked.join());
  assert.ok(engine.accepted.includes('api-run-7'));
});

test('how far the first reading has come is known until it is over', async () => {
  const staged = stage();
  const { github, firstReads, round } = staged;
  github.runs.set('o/r', ok([run(4, 6), run(3, 6), run(2, 12), run(1, 18), run(9, 25)]));
  const shares: (number | undefined)[] = [];
  slow(staged, 1000, () => shares.push(firstReads.status()?.share));
  assert.equal(firstReads.status(), null);
  await round();
  assert.deepEqual(shares, [0, 0, 0.25, 0.25], 'of a page with two runs');
  assert.equal(firstReads.status(), null);
});

test('a repository that nobody lets us read is not waited for', async () => {
  const { github, firstReads, round } = stage();
  github.runs.set('o/r', FORBIDDEN);
  await round();
  assert.equal(firstReads.status(), null);
});

test('of many repositories, what ran lately is read in all before the whole day is in any', async () => {
  const names = Array.from({ length: 9 }, (_, place) => `r${place}`);
  const staged = stage(names.map((name) => ({ owner: 'o', name })));
  const { github, engine, meter, round } = staged;
  for (const [place, name] of names.entries())
    github.runs.set(`o/${name}`, ok([run(100 + place, 0.5), run(200 + place, 3), run(300 + place, 30)]));
  await round();
  const ids = github.asked.filter((each) => each.startsWith('jobs')).map((each) => Number(each.slice(5)));
  assert.deepEqual(
    ids.slice(0, 9).toSorted((a, b) => a - b),
    names.map((_, place) => 100 + place),
  );
  assert.equal(ids.length, 18, 'each run once');
  assert.equal(engine.accepted.length, 18);
  assert.equal(meter.tooOld(), 9, 'each old run once');
});

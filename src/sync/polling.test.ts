import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FAILED,
  FORBIDDEN,
  HOUR_MS,
  NOW,
  ok,
  REFUSED,
  run,
  surroundings,
} from '../../test/fixtures/history.ts';
import { INTERVAL_MS, stage } from '../../test/fixtures/polling-stage.ts';
import { FirstReads } from './first-reads.ts';
import { Polling } from './polling.ts';
import { Report } from './report.ts';

test('a quiet repository is read less and less often, down to every ten minutes', async () => {
  const { engine, rounds } = stage();
  const all = await rounds(9);
  assert.deepEqual(
    all.map(([seconds]) => seconds),
    [0, 30, 90, 210, 450, 930, 1530, 2130, 2730],
  );
  assert.deepEqual(engine.accepted, ['api-run-1']);
});

test('an active repository is read at the shortest interval, and its run until it is completed', async () => {
  const { github, rounds } = stage();
  const open = run(2, 0, { isCompleted: false, guid: 'api-run-2-in_progress' });
  github.runs.set('o/r', ok([open]));
  const all = await rounds(4);
  assert.deepEqual(
    all.map(([seconds]) => seconds),
    [0, 30, 60, 90],
  );
  github.runs.set('o/r', ok([run(5, 0), run(4, 0), run(3, 1), run(6, 1), run(2, 2)]));
  const [, asked] = (await rounds(1))[0] ?? [0, []];
  assert.deepEqual(asked, ['runs o/r', 'jobs 5', 'jobs 4', 'jobs 3', 'jobs 6', 'run 2', 'jobs 2']);
});

test('the first poll reads the last day, and so does one poll in each hour', async () => {
  const { github, engine, time, rounds } = stage();
  const late = run(1, 30, { updatedAtMs: NOW - 23 * HOUR_MS });
  github.runs.set('o/r', ok([run(4, 2), run(3, 3), late, run(2, 25), run(9, 1)]));
  await rounds(1);
  assert.deepEqual(engine.accepted, ['api-run-4', 'api-run-3', 'api-run-1']);
  const again = run(2, 25, { runAttempt: 2, guid: 'api-run-2-2', startedAtMs: NOW, updatedAtMs: NOW });
  github.runs.set('o/r', ok([run(4, 2), run(3, 3), again, late]));
  await rounds(3);
  assert.ok(!engine.accepted.includes('api-run-2-2'));
  time.nowMs = NOW + HOUR_MS;
  await rounds(1);
  assert.ok(engine.accepted.includes('api-run-2-2'));
});

test('a job without a reported end is requested again while its run is young', async () => {
  const { github, rounds } = stage();
  github.endless.add(1).add(2);
  github.runs.set('o/r', ok([run(2, 0.5), run(4, 0.6), run(3, 1), run(5, 1), run(1, 2)]));
  await rounds(1);
  assert.deepEqual((await rounds(1))[0]?.[1], ['runs o/r', 'jobs 2']);
});

test('a run that is too old is counted once, and read only once to find that out', async () => {
  const { github, engine, meter, time, rounds } = stage();
  const touched = run(2, 48, { updatedAtMs: NOW - HOUR_MS });
  github.ends.set(2, [NOW - 47 * HOUR_MS]);
  github.runs.set('o/r', ok([run(3, 2), touched]));
  github.ends.set(4, [NOW - 30 * HOUR_MS]);
  assert.deepEqual((await rounds(1))[0]?.[1], ['runs o/r', 'jobs 3', 'jobs 2']);
  assert.deepEqual([engine.accepted, meter.tooOld()], [['api-run-3'], 1]);
  github.runs.set('o/r', ok([run(4, 31, { updatedAtMs: NOW }), touched, run(1, 10_000)]));
  time.nowMs = NOW + HOUR_MS;
  assert.deepEqual((await rounds(1))[0]?.[1], ['runs o/r', 'jobs 4']);
  assert.deepEqual(
    (await rounds(2)).flatMap(([, asked]) => asked),
    ['runs o/r', 'runs o/r'],
  );
  assert.deepEqual([engine.accepted, meter.tooOld()], [['api-run-3'], 2]);
});

test('runs older than the retention would be counted again, so they are not listed', async () => {
  const { github, engine, time } = stage();
  const days = (count: number) => count * 24;
  github.runs.set('o/r', ok([run(4, 2), run(3, days(34)), run(2, days(36)), run(1, days(37))]));
  engine.checkpoints.set('recovery/begin', NOW - days(60) * HOUR_MS);
  const shared = {
    ...surroundings(),
    clock: () => time.nowMs,
    steady: () => time.nowMs,
    intervalMs: INTERVAL_MS,
  };
  const patterns = [{ owner: 'o', name: 'r' }];
  const report = new Report(shared);
  await new Polling({
    ...shared,
    retentionMs: days(2) * HOUR_MS,
    patterns,
    history: github.history,
    engine,
    report,
    firstReads: new FirstReads(shared),
  }).round();
  assert.deepEqual(engine.accepted, ['api-run-4', 'api-run-3']);
});

test('after downtime the list goes back to a day before the mark', async () => {
  const { github, engine, rounds } = stage();
  engine.checkpoints.set('recovery/begin', NOW - 200 * HOUR_MS).set('repository/o/r', NOW - 50 * HOUR_MS);
  for (const id of [2, 1, 9]) engine.seen.add(`api-run-${id}`);
  const again = run(1, 73, { runAttempt: 2, guid: 'api-run-1-2', startedAtMs: NOW, updatedAtMs: NOW });
  github.runs.set('o/r', ok([run(4, 2), run(3, 49), run(2, 60), run(9, 70), again, run(8, 80), run(7, 90)]));
  await rounds(1);
  assert.deepEqual(engine.accepted, ['api-run-4', 'api-run-3', 'api-run-1-2']);
});

test('a failed poll leaves the mark, waits as told, and keeps unfinished runs', async () => {
  const { github, engine, report, time, rounds } = stage();
  github.runs.set('o/r', ok([run(2, 0, { isCompleted: false, guid: 'open' })]));
  await rounds(1);
  const checkpointMs = engine.checkpoints.get('repository/o/r');
  github.runs.set('o/r', { ...FAILED, retryAtMs: NOW + HOUR_MS / 2 } as typeof FAILED);
  await rounds(1);
  assert.equal(engine.checkpoints.get('repository/o/r'), checkpointMs);
  assert.deepEqual([...report.checkpoints.values()], [checkpointMs]);
  assert.equal(time.nowMs, NOW + INTERVAL_MS * 2);
  github.runs.set('o/r', ok([run(9, 0), run(8, 1), run(7, 30), run(2, 40)]));
  const [later, asked] = (await rounds(1))[0] ?? [0, []];
  assert.equal(later, HOUR_MS / 2000 - 60);
  assert.ok(asked.includes('run 2'));
});

for (const [name, answer] of Object.entries({ REFUSED, FORBIDDEN, missing: { kind: 'missing' } as const })) {
  test(`the mark of a named repository stays while GitHub refuses it: ${name}`, async () => {
    const { github, engine, report, time, rounds } = stage();
    await rounds(1);
    github.runs.set('o/r', answer);
    await rounds(3);
    assert.deepEqual([...report.checkpoints], [['o/r', NOW]]);
    const unreadable = report.readings().find(({ metric }) => metric.includes('unreadable'));
    assert.equal(unreadable?.value, 1);
    const atMs = time.nowMs;
    github.runs.set('o/r', ok([run(4, 0), run(1, 2)]));
    await rounds(1);
    assert.equal(engine.accepted.at(-1), 'api-run-4');
    assert.ok((report.checkpoints.get('o/r') ?? 0) >= atMs);
    assert.equal(report.readings().find(({ metric }) => metric.includes('unreadable'))?.value, 0);
  });
}

test('an owner whose list is refused is behind and asked again each minute; its new repositories are read from then on', async () => {
  const { github, engine, report, time, round } = stage([{ owner: 'o', name: null }]);
  github.repositories = ['o/r'];
  await round();
  const { repositoriesOf } = github.history;
  Object.assign(github.history, { repositoriesOf: async () => FORBIDDEN });
  github.runs.set('o/r', FORBIDDEN);
  for (let minute = 1; minute <= 20; minute += 1) {
    time.nowMs += 60_000;
    await round();
  }
  assert.deepEqual(Object.fromEntries(report.checkpoints), { 'o/r': NOW, 'o/*': NOW });
  Object.assign(github.history, { repositoriesOf });
  github.repositories = ['o/r', 'o/new'];
  github.runs.set('o/r', ok([run(6, 0)])).set('o/new', ok([run(5, 0)]));
  time.nowMs += 60_000;
  await round();
  assert.ok(engine.accepted.includes('api-run-5'));
  assert.ok(!report.checkpoints.has('o/*'));
});

test('when one place becomes readable, those refused for the same reason are read at once', async () => {
  const names = ['r', 'quiet'];
  const { github, report, time, round } = stage(names.map((name) => ({ owner: 'o', name })));
  const setAll = (answer: Parameters<typeof github.runs.set>[1]) => {
    for (const name of names) github.runs.set(`o/${name}`, answer);
  };
  setAll(ok([run(1, 2)]));
  for (let times = 0; times < 5; times += 1) time.nowMs = await round();
  github.runs.set('o/r', ok([run(2, 0, { isCompleted: false, guid: 'open' })]));
  for (let times = 0; times < 10; times += 1) time.nowMs = await round();
  setAll(FORBIDDEN);
  const unreadable = () => report.readings().find(({ metric }) => metric.includes('unreadable'))?.value;
  for (let times = 0; times < 50 && unreadable() !== 2; times += 1) time.nowMs = await round();
  assert.equal(unreadable(), 2);
  setAll(ok([run(1, 2)]));
  for (let times = 0; times < 50 && report.checkpoints.get('o/r') !== time.nowMs; times += 1) {
    time.nowMs += INTERVAL_MS;
    await round();
  }
  time.nowMs += INTERVAL_MS;
  await round();
  assert.equal(report.checkpoints.get('o/quiet'), time.nowMs);
});

test('a deleted repository that was not named in the configuration is not behind', async () => {
  const { github, engine, report, rounds } = stage([]);
  engine.knownRepositories = async () => [{ name: 'o/r' }] as never[];
  await rounds(1);
  assert.ok(report.checkpoints.has('o/r'));
  github.runs.delete('o/r');
  await rounds(1);
  assert.equal(report.checkpoints.size, 0);
});

test('while the token is refused from the start, no repositories are known, and none of their data is lost', async () => {
  const { github, engine, time, round } = stage([{ owner: 'o', name: null }]);
  const { repositoriesOf } = github.history;
  Object.assign(github.history, { repositoriesOf: async () => REFUSED });
  await round();
  time.nowMs += 100 * HOUR_MS;
  await round();
  assert.deepEqual(engine.accepted, []);
  Object.assign(github.history, { repositoriesOf });
  github.repositories = ['o/r'];
  github.runs.set('o/r', ok([run(5, -99), run(4, -1), run(3, 1), run(2, 25), run(1, 26), run(0, 27)]));
  time.nowMs += HOUR_MS;
  await round();
  assert.deepEqual(engine.accepted, ['api-run-5', 'api-run-4', 'api-run-3']);
  assert.equal(engine.checkpoints.get('repository/o/r'), time.nowMs);
});

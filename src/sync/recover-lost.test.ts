import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  attempt,
  FAILED,
  FORBIDDEN,
  fakeEngine,
  fakeGitHub,
  HOUR_MS,
  NOW,
  ok,
  REFUSED,
  run,
  surroundings,
} from '../../test/fixtures/history.ts';
import type { GitHubHistory, Hook } from '../domain/github-history.ts';
import { recoverOnce } from './recover-lost.ts';
import { Report } from './report.ts';

const ORGANIZATION: Hook = {
  name: 'organization/1',
  of: 'o',
  isWhole: true,
  route: '/orgs/{org}/hooks',
  params: {},
  owner: 'o',
};

/** A repository `o/r`, and passes before this one, the last of which began so long ago. */
function stage(lastPassHoursAgo: number | null) {
  const [github, engine] = [fakeGitHub(), fakeEngine()];
  github.repositories = ['o/r'];
  github.runs.set('o/r', ok([run(2, 1), run(1, 30)]));
  if (lastPassHoursAgo !== null) {
    const passMs = NOW - lastPassHoursAgo * HOUR_MS;
    engine.checkpoints.set('recovery/begin', NOW - 2000 * HOUR_MS);
    for (const name of ['recovery/pass', 'repository/o/r', 'hook/app', 'hook/organization/1'])
      engine.checkpoints.set(name, passMs);
  }
  const shared = surroundings();
  const report = new Report(shared);
  const pass = () => recoverOnce({ ...shared, history: github.history, engine, report });
  return { github, engine, report, pass };
}

test('the first pass fetches nothing, and nothing is missed from then on', async () => {
  const { github, engine, pass } = stage(null);
  github.logs.set('app', ok([attempt(1, 1)]));
  await pass();
  assert.deepEqual(github.asked, []);
  assert.deepEqual(
    [engine.checkpoints.get('recovery/begin'), engine.checkpoints.get('recovery/pass')],
    [NOW, NOW],
  );
  github.logs.set('app', ok([attempt(2, 0), attempt(1, 1)]));
  await pass();
  assert.deepEqual(engine.accepted, ['g2']);
});

test('a gap that the log covers is closed by the log alone', async () => {
  const { github, engine, pass } = stage(50);
  github.logs.set('app', ok([attempt(2, 40), attempt(1, 51)]));
  await pass();
  assert.deepEqual(github.asked, ['log app', 'delivery g2']);
  assert.deepEqual(
    [engine.checkpoints.get('hook/app'), engine.checkpoints.get('repository/o/r')],
    [NOW, NOW],
  );
});

test('a gap longer than the log is closed by the log and the list', async () => {
  const { github, engine, pass } = stage(100);
  github.logs.set('app', ok([attempt(2, 40)]));
  await pass();
  assert.deepEqual(engine.accepted, ['g2', 'api-run-2', 'api-run-1']);
  assert.equal(engine.checkpoints.get('repository/o/r'), NOW);
});

test('a run that was created a day before the gap and ended in it is listed', async () => {
  const { github, engine, pass } = stage(100);
  github.logs.set('app', ok([]));
  const late = run(1, 120, { updatedAtMs: NOW - 99 * HOUR_MS });
  github.runs.set('o/r', ok([run(5, 99), run(4, 101), run(3, 102), run(2, 103), late]));
  await pass();
  assert.deepEqual(engine.accepted, ['api-run-5', 'api-run-1']);
});

test('runs that ended before recovery began on this database, or a day before the gap, are not part of the gap', async () => {
  const { github, engine, pass } = stage(100);
  github.logs.set('app', ok([]));
  const touched = { updatedAtMs: NOW - HOUR_MS };
  github.runs.set('o/r', ok([run(3, 110, touched), run(2, 130, touched), run(1, 2500, touched)]));
  github.ends.set(3, [NOW - 105 * HOUR_MS]).set(2, [NOW - 125 * HOUR_MS]);
  await pass();
  assert.deepEqual(engine.accepted, ['api-run-3-part-0', 'api-run-3']);
  engine.accepted.length = 0;
  engine.seen.clear();
  engine.checkpoints.set('recovery/begin', NOW - 100 * HOUR_MS).set('repository/o/r', NOW - 100 * HOUR_MS);
  await pass();
  assert.deepEqual(engine.accepted, []);
});

test("where the App's hook is unused, and no other is readable, runs are listed", async () => {
  const { github, engine, pass } = stage(2);
  engine.checkpoints.delete('hook/app');
  github.hooks.set('o', FORBIDDEN).set('o/r', FORBIDDEN);
  github.logs.set('app', ok([]));
  await pass();
  assert.deepEqual(engine.accepted, ['api-run-2']);
});

test("without an App the organization's hook closes the gap", async () => {
  const { github, engine } = stage(2);
  github.hasApp = false;
  engine.checkpoints.set('repository/o/r', NOW - 2 * HOUR_MS);
  github.hooks.set('o', ok([ORGANIZATION]));
  github.logs.set(ORGANIZATION.name, ok([attempt(2, 1), attempt(1, 3)]));
  const patterns = [{ owner: 'o', name: 'r' }];
  await recoverOnce({
    ...surroundings(),
    patterns,
    history: github.history,
    engine,
    report: new Report(surroundings()),
  });
  assert.deepEqual(github.asked, ['log organization/1', 'delivery g2']);
  assert.equal(engine.checkpoints.get('repository/o/r'), NOW);
});

test('a log that cannot be read completely is waited for, and its marks stay', async () => {
  const { github, engine, pass } = stage(50);
  github.logs.set('app', ok([attempt(2, 40), attempt(1, 51)]));
  github.broken.set('g2', FAILED);
  assert.equal(await pass(), NOW + 30_000);
  assert.ok(!github.asked.includes('runs o/r'));
  const behind = NOW - 50 * HOUR_MS;
  assert.deepEqual(
    [engine.checkpoints.get('hook/app'), engine.checkpoints.get('repository/o/r')],
    [behind, behind],
  );
});

test('a list that cannot be read completely leaves its mark', async () => {
  const { github, engine, report, pass } = stage(100);
  github.logs.set('app', ok([]));
  github.broken.set(1, FAILED);
  await pass();
  assert.equal(engine.checkpoints.get('repository/o/r'), NOW - 100 * HOUR_MS);
  const oldest = report.readings().find(({ metric }) => metric.includes('oldest_mark'));
  assert.equal(oldest?.value, (NOW - 100 * HOUR_MS) / 1000);
  github.broken.clear();
  await pass();
  assert.equal(engine.checkpoints.get('repository/o/r'), NOW);
});

test('while the credential is refused all marks stay, and the oldest is reported', async () => {
  const { github, engine, report } = stage(100);
  github.logs.set('app', REFUSED);
  github.runs.set('o/r', REFUSED);
  const warnings: string[] = [];
  const shared = surroundings();
  const logger = { ...shared.logger, warn: (message: string) => void warnings.push(message) };
  const pass = (history: GitHubHistory) => recoverOnce({ ...shared, logger, history, engine, report });
  const behind = NOW - 100 * HOUR_MS;
  engine.knownRepositories = async () => [{ name: 'o/r' }] as never[];
  await pass({ ...github.history, repositoriesOf: async () => REFUSED });
  const oldest = report.readings().find(({ metric }) => metric.includes('oldest_mark'));
  assert.equal(oldest?.value, behind / 1000);
  assert.deepEqual(
    [engine.checkpoints.get('repository/o/r'), engine.checkpoints.get('recovery/pass')],
    [behind, behind],
  );
  assert.deepEqual(warnings, []);
});

test('a refused place stays behind, at its mark; a missing one that was not named does not', async () => {
  const { github, engine } = stage(100);
  github.logs.set('app', FORBIDDEN);
  github.runs.set('o/r', FORBIDDEN);
  const shared = { ...surroundings(), patterns: [{ owner: 'o', name: null }] };
  const report = new Report(shared);
  const pass = (history: GitHubHistory, more = {}) =>
    recoverOnce({ ...shared, ...more, history, engine, report });
  engine.knownRepositories = async () => [{ name: 'o/r' }, { name: 'x/gone' }] as never[];
  const behind = NOW - 100 * HOUR_MS;
  const listings = { ...github.history, repositoriesOf: async () => FORBIDDEN };
  await pass(listings);
  assert.deepEqual(Object.fromEntries(report.checkpoints), { 'o/r': behind, 'o/*': behind });
  assert.deepEqual(engine.checkpoints.get('owner/o'), behind);
  github.repositories = ['o/r', 'o/new'];
  github.runs.set('o/r', { kind: 'missing' }).set('o/new', ok([run(5, 1), run(4, 99), run(3, 101)]));
  await pass(github.history);
  assert.deepEqual([report.checkpoints.get('o/r'), engine.checkpoints.get('owner/o')], [behind, NOW]);
  assert.deepEqual(engine.accepted, ['api-run-5', 'api-run-4'], 'it was there while nothing could be listed');
  github.runs.set('o/r', ok([run(7, 50)]));
  await pass(github.history);
  assert.deepEqual([engine.accepted.at(-1), report.checkpoints.get('o/r')], ['api-run-7', NOW]);
  assert.ok(!report.checkpoints.has('x/gone'));
});

test('where the App was uninstalled, every place stays behind for thirty days', async () => {
  const { github, engine } = stage(10);
  const shared = { ...surroundings(), report: new Report(surroundings()), engine };
  github.logs.set('app', ok([]));
  await recoverOnce({ ...shared, history: github.history });
  const nothing = { ...FORBIDDEN, said: null } as typeof FORBIDDEN;
  const history = { ...github.history, installations: async () => ok([]) };
  engine.knownRepositories = async () => [{ name: 'o/r' }] as never[];
  github.runs.set('o/r', nothing);
  for (const [days, isBehind] of [
    [29, true],
    [31, false],
  ] as const) {
    const report = new Report(shared);
    await recoverOnce({
      ...shared,
      report,
      history,
      clock: () => NOW + days * 24 * HOUR_MS,
      steady: () => NOW + days * 24 * HOUR_MS,
    });
    assert.equal(report.checkpoints.has('o/r'), isBehind, `${days} days`);
  }
});

test('a new repository has missed nothing from before the last pass', async () => {
  const { github, engine, pass } = stage(100);
  github.logs.set('app', ok([]));
  github.repositories = ['o/r', 'o/new'];
  github.runs.set('o/r', { kind: 'missing' });
  github.runs.set('o/new', ok([run(4, 99), run(3, 101)]));
  await pass();
  assert.deepEqual(engine.accepted, ['api-run-4']);
});

test('while repositories cannot be listed, those found later have missed nothing', async () => {
  const { github, engine, pass } = stage(100);
  github.logs.set('app', ok([]));
  const history = { ...github.history, repositoriesOf: async () => FAILED };
  const shared = surroundings();
  await recoverOnce({ ...shared, history, engine, report: new Report(shared) });
  assert.equal(engine.checkpoints.get('recovery/pass'), NOW - 100 * HOUR_MS);
  await pass();
  assert.equal(engine.checkpoints.get('recovery/pass'), NOW);
});

test('runs older than the retention would be counted again, so they are not listed', async () => {
  const { github, engine, pass } = stage(1500);
  github.logs.set('app', ok([]));
  github.runs.set('o/r', ok([1, 2, 3, 4, 5, 6].map((days) => run(days, days * 10 * 24))));
  await pass();
  assert.equal(engine.accepted.length, 6);
  engine.seen.clear();
  engine.accepted.length = 0;
  engine.checkpoints.set('repository/o/r', NOW - 1500 * HOUR_MS);
  const shared = { ...surroundings(), retentionMs: 20 * HOUR_MS };
  await recoverOnce({ ...shared, history: github.history, engine, report: new Report(shared) });
  assert.deepEqual(engine.accepted, ['api-run-1', 'api-run-2', 'api-run-3']);
});

test('while the token is refused from the start, no repositories are known, and none of their data is lost', async () => {
  const { github, engine } = stage(null);
  Object.assign(github, { hasApp: false });
  const time = { nowMs: NOW };
  const shared = {
    ...surroundings(),
    patterns: [{ owner: 'o', name: null }],
    clock: () => time.nowMs,
    steady: () => time.nowMs,
  };
  const report = new Report(shared);
  const pass = (history: GitHubHistory) => recoverOnce({ ...shared, history, engine, report });
  const refused = { ...github.history, repositoriesOf: async () => REFUSED };
  await pass(refused);
  time.nowMs += 100 * HOUR_MS;
  await pass(refused);
  github.hooks.set('o', FORBIDDEN).set('o/r', FORBIDDEN);
  github.runs.set('o/r', ok([run(5, -99), run(4, -1), run(3, 23), run(2, 25), run(1, 30)]));
  await pass(github.history);
  assert.deepEqual(engine.accepted, ['api-run-5', 'api-run-4']);
  assert.equal(engine.checkpoints.get('repository/o/r'), time.nowMs);
});

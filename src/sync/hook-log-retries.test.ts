import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  attempt,
  FAILED,
  fakeEngine,
  fakeGitHub,
  HOUR_MS,
  NOW,
  ok,
  surroundings,
} from '../../test/fixtures/history.ts';
import type { GitHubHistory, Hook } from '../domain/github-history.ts';
import { recoverOnce } from './recover-lost.ts';
import { Report } from './report.ts';

/*
 * A log knows more than a list, so a failing request on the way to a log is retried before
 * runs are listed.
 */

const ORGANIZATION: Hook = {
  name: 'organization/1',
  of: 'o',
  isWhole: true,
  route: '/orgs/{org}/hooks',
  params: {},
  owner: 'o',
};
const WAITS_MS = [30_000, 60_000, 120_000, 240_000, 480_000];

/** A repository `o/r` with a gap of two hours, and a hook of its organization that is not known yet. */
function stage(hasApp: boolean) {
  const [github, engine] = [fakeGitHub(), fakeEngine()];
  Object.assign(github, { hasApp, repositories: hasApp ? ['o/r'] : [] });
  github.runs.set('o/r', ok([]));
  github.hooks.set('o', ok([ORGANIZATION]));
  for (const name of ['recovery/begin', 'recovery/pass', 'repository/o/r'])
    engine.checkpoints.set(name, NOW - 2 * HOUR_MS);
  const time = { nowMs: NOW };
  const patterns = hasApp ? [] : [{ owner: 'o', name: 'r' }];
  const shared = { ...surroundings(), patterns, clock: () => time.nowMs, steady: () => time.nowMs };
  const report = new Report(shared);
  const pass = (history: GitHubHistory) => recoverOnce({ ...shared, history, engine, report });
  return { github, engine, time, pass, isListed: () => github.asked.includes('runs o/r') };
}

type Stage = ReturnType<typeof stage>;

const FAULTS: Record<string, (stage: Stage) => GitHubHistory> = {
  'the list of hooks': ({ github }) => ({ ...github.history, hooksOf: async () => FAILED }),
  'the log of a hook that may be ours': ({ github }) => {
    github.logs.set(ORGANIZATION.name, FAILED);
    return github.history;
  },
  'the log of a hook that is ours': ({ github, engine }) => {
    engine.checkpoints.set(`hook/${ORGANIZATION.name}`, NOW - 2 * HOUR_MS);
    github.logs.set(ORGANIZATION.name, FAILED);
    return github.history;
  },
  'a delivery in a log': ({ github, engine }) => {
    engine.checkpoints.set(`hook/${ORGANIZATION.name}`, NOW - 2 * HOUR_MS);
    github.logs.set(ORGANIZATION.name, ok([attempt(1, 1)]));
    github.broken.set('g1', FAILED);
    return github.history;
  },
  'what the App is installed on': ({ github }) => ({
    ...github.history,
    appHook: () => ({ ...ORGANIZATION, name: 'app', owner: null }),
    installations: async () => FAILED,
  }),
};

for (const [what, open] of Object.entries(FAULTS))
  test(`when ${what} cannot be read, runs are listed only after five waits`, async () => {
    const opened = stage(false);
    const { time, pass, isListed } = opened;
    const history = open(opened);
    for (const waitMs of WAITS_MS) {
      assert.equal(await pass(history), time.nowMs + waitMs);
      assert.equal(isListed(), false);
      time.nowMs += waitMs;
    }
    assert.equal(await pass(history), null);
    assert.equal(isListed(), true);
  });

test('an answer in between restarts the waits', async () => {
  for (const [what, open] of Object.entries(FAULTS)) {
    const opened = stage(false);
    const { github, engine, time, pass, isListed } = opened;
    const history = open(opened);
    for (let times = 0; times < 5; times += 1) await pass(history);
    engine.checkpoints.set('hook/organization/1', NOW - 2 * HOUR_MS);
    const [nothing, hooks] = [ok([]), ok([ORGANIZATION])];
    const attempts = () => pagesOf(nothing);
    await pass({ ...history, attempts, hooksOf: async () => hooks, installations: async () => nothing });
    github.asked.length = 0;
    time.nowMs += HOUR_MS;
    engine.checkpoints.delete('hook/organization/1');
    await pass(open(opened));
    assert.equal(isListed(), false, what);
  }
});

async function* pagesOf<T>(page: T): AsyncIterable<T> {
  yield page;
}

test('a gap longer than any log is listed at once', async () => {
  const opened = stage(false);
  opened.engine.checkpoints.set('repository/o/r', NOW - 100 * HOUR_MS);
  await opened.pass({ ...opened.github.history, hooksOf: async () => FAILED });
  assert.equal(opened.isListed(), true);
});

test('a log that makes progress is not a failure, however often it is interrupted', async () => {
  const { github, engine, time, pass, isListed } = stage(true);
  engine.checkpoints.set('hook/app', NOW - 2 * HOUR_MS);
  const log = Array.from({ length: 20 }, (_, index) => attempt(20 - index, 1 + index / 100));
  github.logs.set('app', ok(log));
  for (let last = 19; last > 2; last -= 2) {
    github.broken.clear();
    github.broken.set(`behind ${last}`, FAILED);
    assert.equal(await pass(github.history), time.nowMs + 30_000);
  }
  assert.deepEqual([engine.accepted.length, isListed()], [18, false]);
});

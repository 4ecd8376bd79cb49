import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT } from '../../test/fixtures/logger.ts';
import type { Delivery } from '../domain/delivery.ts';
import { AntError } from '../domain/errors.ts';
import type { ApiResult } from '../domain/github-api.ts';
import type { GitHubHistory, ListedRun } from '../domain/github-history.ts';
import { BackfillRunner } from './backfill.ts';

const DAY_MS = 86_400_000;
const NOW = 40 * DAY_MS;
const FAILED: ApiResult<never> = { kind: 'failed', reason: 'the limit', retryAtMs: NOW + 1000 };

/** A run on that day that took no time. */
function run(runId: number, over: Partial<ListedRun> = {}, day = 20): ListedRun {
  const atMs = day * DAY_MS;
  const times = { createdAtMs: atMs, startedAtMs: atMs, updatedAtMs: atMs, isCompleted: true };
  return { runId, runAttempt: 1, ...times, guid: `run-${runId}`, raw: {}, ...over };
}

function ok<T>(data: T): ApiResult<T> {
  return { kind: 'ok', data, next: null, fromCache: false };
}

function open(pages: Record<string, ApiResult<readonly ListedRun[]>[]>, whileAsleep = () => {}) {
  const seen = new Set<string>();
  const asked: string[] = [];
  const waits: number[] = [];
  const history = {
    async *runs(repository: string) {
      asked.push(`list ${repository}`);
      yield* pages[repository] ?? [{ kind: 'missing' } as const];
    },
    async readRun(_: string, { runId, guid }: ListedRun) {
      asked.push(`read ${runId}`);
      const delivery: Delivery = {
        ...{ guid, event: 'workflow_run', action: 'completed', source: 'api' },
        ...{ receivedAtMs: 0, payload: '{}' },
      };
      return ok({ deliveries: [], mark: delivery, isSettled: true });
    },
    installations: async () => ok([]),
    repositoriesOf: async () => ok({ names: [], leftOut: null }),
  } as unknown as GitHubHistory;
  const engine = {
    accept: async (deliveries: readonly Delivery[]) =>
      deliveries.map(({ guid }) => {
        const outcome = seen.has(guid) ? ('duplicate' as const) : ('accepted' as const);
        seen.add(guid);
        return outcome;
      }),
    unseen: async (guids: readonly string[]) => guids.filter((guid) => !seen.has(guid)),
    explainRun: async () => ({ runs: [], jobs: [], deployments: [], reviews: [], observations: [] }),
    knownRepositories: async () => Object.keys(pages).map((name) => ({ name, lastSeenAtMs: 0 })),
  };
  const sleep = async (ms: number) => {
    waits.push(ms);
    whileAsleep();
  };
  const backfill = new BackfillRunner({
    ...{ history, engine, patterns: [], retentionMs: 36 * DAY_MS },
    clock: () => NOW,
    steady: () => NOW,
    sleep,
    logger: SILENT,
    meter: { add() {} },
  });
  /** Resolves once it is over. */
  async function over() {
    while (!['done', 'stopped'].includes(backfill.status().state)) await new Promise(setImmediate);
    await new Promise(setImmediate);
    return backfill.status();
  }
  return { backfill, asked, waits, seen, engine, history, pages, over };
}

const WISH = { sinceMs: 10 * DAY_MS, repositories: [], isDryRun: false };

test('a backfill estimates first, and then reads what is unknown, in all repositories', async () => {
  const { backfill, asked, over, seen } = open({
    'o/a': [
      ok([run(1), run(2, { runAttempt: 3 })]),
      ok([run(3), run(4, {}, 9.5)]),
      ok([run(6, { updatedAtMs: 11 * DAY_MS }, 9.1), run(7, {}, 8.9)]),
      ok([run(9)]),
    ],
    'o/b': [ok([run(5)])],
  });
  seen.add('run-3');
  assert.equal(backfill.start(WISH), true);
  assert.equal(backfill.start(WISH), false, 'one at a time');
  const { state, repositories, finished, runs, requests, read, problems, tooOld } = await over();
  assert.deepEqual([state, repositories, finished, runs, problems, tooOld], ['done', 2, 2, 4, [], 2]);
  assert.equal(requests, 4 + 2 + 4 + 2 + 2, 'four pages, four runs of which one has three attempts');
  assert.deepEqual(asked.slice(0, 2), ['list o/a', 'list o/b']);
  assert.equal(read, runs);
  const reads = asked.filter((each) => each.startsWith('read')).toSorted();
  assert.deepEqual(reads, ['read 1', 'read 2', 'read 5', 'read 6']);
});

test('a dry run reads nothing, and a repeated backfill reads nothing twice', async () => {
  const { backfill, asked, over } = open({ 'o/a': [ok([run(1)])] });
  backfill.start({ ...WISH, isDryRun: true });
  const { runs, requests, read } = await over();
  assert.deepEqual([runs, requests, read, asked], [1, 3, 0, ['list o/a']]);
  backfill.start(WISH);
  assert.deepEqual([(await over()).recovered, asked.filter((each) => each === 'read 1').length], [1, 1]);
  backfill.start(WISH);
  const again = await over();
  assert.deepEqual([again.runs, again.read, again.recovered], [0, 0, 0]);
});

test('a limit is waited for; an unreadable repository is reported, and the rest is read', async () => {
  const pages: Record<string, ApiResult<readonly ListedRun[]>[]> = { 'o/a': [FAILED], 'o/c': [ok([run(1)])] };
  const { backfill, waits, over } = open(pages, () => {
    pages['o/a'] = [ok([run(2)])];
  });
  backfill.start({ ...WISH, repositories: ['o/a', 'o/gone', 'o/c'] });
  const { state, read, problems } = await over();
  assert.deepEqual([state, read, waits], ['done', 2, [1000]]);
  assert.deepEqual(problems, ['o/gone: GitHub answered 404: it does not exist, or we may not see it']);
});

test('history older than the retention is not read', async () => {
  const { backfill, over } = open({ 'o/a': [ok([run(1, {}, 4)]), ok([run(2, {}, 3.9)])] });
  backfill.start({ ...WISH, sinceMs: 1, isDryRun: true });
  const { runs, problems, tooOld } = await over();
  assert.deepEqual([runs, tooOld, problems.length], [1, 1, 1]);
  assert.match(problems[0] ?? '', /storage\.retention/);
});

test('a backfill can be stopped, and an unavailable store stops it', async () => {
  const { backfill, asked, over, engine } = open({ 'o/a': [ok([run(1)])], 'o/b': [ok([run(2)])] });
  backfill.start(WISH);
  backfill.stop();
  assert.equal((await over()).state, 'stopped');
  assert.ok(!asked.includes('list o/b'));
  engine.unseen = async () => {
    throw new AntError('store_unavailable', 'full');
  };
  backfill.start(WISH);
  const { state, problems } = await over();
  assert.deepEqual([state, problems], ['stopped', ['full']]);
});

test('if the list of repositories is incomplete, that is reported, and the known ones are read', async () => {
  const { backfill, asked, history, over } = open({ 'o/r': [ok([run(1)])] });
  history.installations = async () => FAILED;
  backfill.start(WISH);
  assert.deepEqual((await over()).problems, ['a list of repositories could not be read: the limit']);
  assert.deepEqual(asked, ['list o/r', 'list o/r', 'read 1']);
});

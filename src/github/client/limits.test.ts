import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  limitHeaders,
  NOW,
  openTestClient,
  type Reply,
  startGitHub,
} from '../../../test/fixtures/fake-github.ts';
import type { Priority } from '../../domain/github-api.ts';
import type { Sleep } from '../../timing/sleep.ts';

const RUNS = '/repos/{owner}/{repo}/actions/runs';
const HOUR = 3_600_000;
const SECONDARY = { message: 'You have exceeded a secondary rate limit. Please wait.' };

function of(priority: Priority, repo = 'ants') {
  return { owner: 'octo', priority, params: { repo } };
}

/** A server that refuses the requests with these numbers, counted from 0. */
function refusing(
  numbers: readonly number[],
  refusal: Reply,
): Promise<Awaited<ReturnType<typeof startGitHub>>> {
  let count = 0;
  return startGitHub(() => (numbers.includes(count++) ? refusal : {}));
}

test('the reset of an exhausted limit is awaited when it is near', async () => {
  for (const status of [403, 429]) {
    const headers = limitHeaders(0, NOW + 30_000);
    await using server = await refusing([0], {
      status,
      headers,
      body: { message: 'API rate limit exceeded' },
    });
    await using client = openTestClient(server.url);
    assert.equal((await client.github.get(RUNS, of('recovery'))).kind, 'ok');
    assert.deepEqual(client.waits, [30_000]);
    assert.equal(client.counts()['wait_seconds_total{recovery}'], 30_000);
  }
});

test('when the reset is far, the caller learns when to come back, and nothing is sent until then', async () => {
  await using server = await startGitHub(() => ({ headers: limitHeaders(0, NOW + HOUR) }));
  await using client = openTestClient(server.url);
  assert.equal((await client.github.get(RUNS, of('recovery'))).kind, 'ok');
  for (let i = 0; i < 2; i++) {
    const answer = await client.github.get(RUNS, of('recovery'));
    assert.ok(answer.kind === 'failed' && answer.retryAtMs === NOW + HOUR, JSON.stringify(answer));
  }
  assert.equal(server.arrived.length, 1);
  client.time.nowMs = NOW + HOUR;
  assert.equal((await client.github.get(RUNS, of('recovery'))).kind, 'ok');
});

test('a secondary limit pauses the credential for as long as GitHub says, otherwise for a minute', async () => {
  for (const [headers, waitMs] of [
    [{ 'Retry-After': '7' }, 7000],
    [{}, 60_000],
    // Exhausted, without a reset time.
    [{ 'x-ratelimit-remaining': '0' }, 60_000],
  ] as const) {
    const body = 'x-ratelimit-remaining' in headers ? {} : SECONDARY;
    await using server = await refusing([0], { status: 403, headers, body });
    await using client = openTestClient(server.url);
    assert.equal((await client.github.get(RUNS, of('recovery'))).kind, 'ok');
    assert.deepEqual(client.waits, [waitMs]);
  }
});

test('a repeated secondary limit pauses for longer, and every caller learns it', async () => {
  await using server = await refusing([0, 1], { status: 429, body: SECONDARY });
  await using client = openTestClient(server.url);
  for (const priority of ['recovery', 'poll'] as const) {
    const answer = await client.github.get(RUNS, of(priority));
    assert.ok(answer.kind === 'failed' && answer.retryAtMs === NOW + 180_000, JSON.stringify(answer));
  }
  assert.equal(server.arrived.length, 2);
});

test('a request that keeps hitting limits is given up', async () => {
  const refusal = { status: 403, headers: { 'Retry-After': '1' }, body: SECONDARY };
  await using server = await startGitHub(() => refusal);
  await using client = openTestClient(server.url);
  const answer = await client.github.get(RUNS, of('recovery'));
  assert.ok(answer.kind === 'failed' && /secondary/.test(answer.reason));
  assert.equal(server.arrived.length, 5);
});

test('the reserve is only for recovery', async () => {
  await using server = await startGitHub(() => ({ headers: limitHeaders(200, NOW + HOUR) }));
  await using client = openTestClient(server.url);
  const kinds: string[] = [];
  for (const priority of ['recovery', 'reconcile', 'poll', 'recovery'] as const)
    kinds.push((await client.github.get(RUNS, of(priority))).kind);
  assert.deepEqual(kinds, ['ok', 'failed', 'failed', 'ok']);
  await using careful = openTestClient(server.url, { reserve: 0 });
  assert.equal((await careful.github.get(RUNS, of('reconcile'))).kind, 'ok');
  assert.equal((await careful.github.get(RUNS, of('reconcile'))).kind, 'ok');
  assert.ok(careful.waits.length > 0, 'paced');
});

test('closing ends every kind of waiting, and none starts after it', async () => {
  for (const reply of [{ status: 503 }, { status: 429, headers: limitHeaders(0, NOW + 30_000) }]) {
    const sleeping = Promise.withResolvers<void>();
    const sleep: Sleep = (_, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => resolve());
        sleeping.resolve();
      });
    await using server = await startGitHub(() => reply);
    const { github } = openTestClient(server.url, { sleep });
    const asked = [github.get(RUNS, of('recovery'))];
    await sleeping.promise;
    await github.close();
    asked.push(github.get(RUNS, of('recovery')));
    for (const answer of await Promise.all(asked))
      assert.ok(answer.kind === 'failed' && /by the shutdown/.test(answer.reason), JSON.stringify(answer));
  }
});

test('the most urgent request is sent first', async () => {
  await using server = await startGitHub(() => ({}));
  await using client = openTestClient(server.url, { concurrency: 1 });
  const asked = (['poll', 'poll', 'reconcile', 'recovery', 'reconcile', 'recovery'] as const).map(
    (priority, index) => client.github.get('/repos/{owner}/{repo}', of(priority, `${priority}-${index}`)),
  );
  await Promise.all(asked);
  assert.deepEqual(
    server.paths().map((path) => path.replace('/repos/octo/', '')),
    ['poll-0', 'recovery-3', 'recovery-5', 'reconcile-2', 'reconcile-4', 'poll-1'],
  );
});

test('the last known limits are gauges, labelled by credential', async () => {
  await using server = await startGitHub(() => ({ headers: limitHeaders(991, NOW + HOUR) }));
  await using client = openTestClient(server.url);
  assert.deepEqual(client.github.readings(), []);
  await client.github.get(RUNS, of('poll'));
  assert.deepEqual(
    client.github.readings().map(({ metric, labels, value }) => [metric, labels.join(), value]),
    [
      ['ant_watcher_github_rate_limit_remaining', 'token,core', 991],
      ['ant_watcher_github_rate_limit', 'token,core', 1000],
      ['ant_watcher_github_rate_limit_reset_timestamp_seconds', 'token,core', (NOW + HOUR) / 1000],
    ],
  );
});

test('a route counted against another resource waits for that one', async () => {
  const search = { ...limitHeaders(0, NOW + HOUR), 'x-ratelimit-resource': 'search' };
  await using server = await startGitHub(({ path }) =>
    path.includes('runners') ? { headers: search } : { headers: limitHeaders(999, NOW + HOUR) },
  );
  await using client = openTestClient(server.url);
  const ask = async (route: string) => (await client.github.get(route, of('recovery'))).kind;
  const runners = '/repos/{owner}/{repo}/actions/runners';
  assert.deepEqual([await ask(runners), await ask(runners), await ask(RUNS)], ['ok', 'failed', 'ok']);
});

test('a Retry-After of a year is an hour', async () => {
  await using server = await startGitHub(() => ({ status: 503, headers: { 'Retry-After': '31536000' } }));
  await using client = openTestClient(server.url);
  const answer = await client.github.get(RUNS, of('recovery'));
  assert.ok(answer.kind === 'failed' && answer.retryAtMs === NOW + 3_600_000);
});

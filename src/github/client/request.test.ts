import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { NOW, openTestClient, type Reply, startGitHub } from '../../../test/fixtures/fake-github.ts';
import type { ApiResult } from '../../domain/github-api.ts';

const RUNS = '/repos/{owner}/{repo}/actions/runs';
const OF_ANTS = { owner: 'octo', priority: 'reconcile', params: { repo: 'ants' } } as const;
/** Long enough for a loopback connection, short enough to wait for. */
const SHORT_MS = 300;

/** Sends the replies in turn, and the last one for ever. */
function inTurn(...replies: readonly [Reply, ...Reply[]]): () => Reply {
  let at = 0;
  return () => replies[Math.min(at++, replies.length - 1)] ?? replies[0];
}

function okOf(answer: ApiResult<unknown>) {
  assert.ok(answer.kind === 'ok', JSON.stringify(answer));
  return answer;
}

test('a request identifies the client, and goes to its route', async () => {
  await using server = await startGitHub(() => ({ body: { total_count: 1 } }));
  await using client = openTestClient(server.url);
  const params = { repo: 'ants', per_page: 100 };
  const answer = await client.github.get(RUNS, { ...OF_ANTS, params });
  assert.deepEqual(answer, { kind: 'ok', data: { total_count: 1 }, next: null, fromCache: false, bytes: 17 });
  const [{ method, path, headers } = assert.fail('nothing')] = server.arrived;
  assert.equal(`${method} ${path}`, 'GET /repos/octo/ants/actions/runs?per_page=100');
  assert.equal(headers.authorization, 'Bearer test-token');
  assert.equal(headers['user-agent'], 'ant-watcher/1.2.3');
  assert.equal(headers.accept, 'application/vnd.github+json');
  assert.equal(headers['x-github-api-version'], '2022-11-28');
  assert.equal(headers['if-none-match'], undefined);
  assert.deepEqual(client.counts(), { [`requests_total{${RUNS},200}`]: 1 });
});

test('an owner may be an organization, and an impossible name is never requested', async () => {
  await using server = await startGitHub(() => ({ body: [] }));
  await using client = openTestClient(server.url);
  okOf(await client.github.get('/orgs/{org}/repos', { owner: 'octo', priority: 'poll' }));
  assert.deepEqual(server.paths(), ['/orgs/octo/repos']);
  const outside = await client.github.get(RUNS, { ...OF_ANTS, params: { repo: '..' } });
  assert.deepEqual(outside, { kind: 'missing' });
  assert.equal(server.arrived.length, 1);
});

test('pages follow their links, and reading can resume at any of them', async () => {
  await using server = await startGitHub(({ path, headers }) => {
    const page = Number(new URL(path, 'http://x').searchParams.get('page') ?? 1);
    const next = `<http://${headers.host}/api/v3/repositories/7/actions/runs?page=${page + 1}>; rel="next"`;
    return { body: [page], headers: page < 3 ? { Link: next } : {} };
  });
  await using client = openTestClient(server.url);
  const read = (options: object) =>
    Array.fromAsync(client.github.pages(RUNS, { ...OF_ANTS, ...options }), (each) => okOf(each));
  const answers = await read({});
  assert.deepEqual(
    answers.map(({ data }) => data),
    [[1], [2], [3]],
  );
  assert.deepEqual(server.paths().slice(1), [
    '/repositories/7/actions/runs?page=2',
    '/repositories/7/actions/runs?page=3',
  ]);
  const from = answers[1]?.next ?? assert.fail('no next page');
  assert.deepEqual(
    (await read({ from })).map(({ data }) => data),
    [[3]],
  );
  assert.equal(client.counts()[`requests_total{${RUNS},200}`], 4);
});

test('pages end at the first failure, and when their links form a circle', async () => {
  await using server = await startGitHub(({ path, headers }) => {
    if (path.includes('gone')) return { status: 404 };
    const link = path.includes('circle') ? path : '/repositories/7/actions/runs?page=gone';
    return { body: [], headers: { Link: `<http://${headers.host}/api/v3${link}>; rel="next"` } };
  });
  await using client = openTestClient(server.url);
  const kinds = async (repo: string) => {
    const pages = client.github.pages(RUNS, { ...OF_ANTS, params: { repo } });
    return Array.fromAsync(pages, ({ kind }) => kind);
  };
  assert.deepEqual(await kinds('ants'), ['ok', 'missing']);
  assert.deepEqual(await kinds('circle'), ['ok', 'failed']);
});

test('an unchanged answer comes from the cache with its next page, and only when requested so', async () => {
  await using server = await startGitHub(({ headers }) => {
    const link = { Link: `<http://${headers.host}/api/v3/x?page=2>; rel="next"` };
    return headers['if-none-match'] === '"1"'
      ? { status: 304 }
      : { body: { runs: 7 }, headers: { ETag: '"1"', ...link } };
  });
  await using client = openTestClient(server.url);
  const ask = async (conditional: boolean) =>
    okOf(await client.github.get(RUNS, { ...OF_ANTS, conditional }));
  const first = await ask(true);
  const second = await ask(true);
  assert.deepEqual([first.fromCache, second.fromCache], [false, true]);
  assert.deepEqual([second.data, second.next], [{ runs: 7 }, first.next]);
  assert.equal((await ask(false)).fromCache, false);
  assert.equal(client.counts()['cache_hits_total{}'], 1);
});

test('404 is missing, unless the token is known to see too little', async () => {
  const gone = (accepted: string, given: string) => {
    return { status: 404, headers: { 'x-accepted-oauth-scopes': accepted, 'x-oauth-scopes': given } };
  };
  const see = gone('admin:org, repo', 'gist, repo');
  await using server = await startGitHub(
    inTurn({ status: 404 }, { status: 410 }, gone('admin:org, repo', 'gist'), gone('', 'gist'), see),
  );
  await using client = openTestClient(server.url);
  const kinds: string[] = [];
  for (let i = 0; i < 5; i++) kinds.push((await client.github.get(RUNS, OF_ANTS)).kind);
  assert.deepEqual(kinds, ['missing', 'missing', 'forbidden', 'missing', 'missing']);
});

test('a plain 403 is never retried, and the missing permission is logged once a day', async () => {
  const body = { message: 'Resource not accessible by personal access token ghp_0123456789abcdef' };
  await using server = await startGitHub(() => ({
    status: 403,
    body,
    headers: { 'x-accepted-github-permissions': 'actions=read' },
  }));
  await using client = openTestClient(server.url);
  const answer = await client.github.get(RUNS, OF_ANTS);
  assert.ok(answer.kind === 'forbidden');
  assert.equal(answer.permission, 'Actions: read (repository)');
  assert.match(answer.message, /^GitHub answered 403 Resource not accessible by personal access token/);
  assert.equal(answer.hint, 'grant it Actions: read (repository)');
  await client.github.get('/repos/{owner}/{repo}/actions/jobs/{job_id}', {
    ...OF_ANTS,
    params: { repo: 'ants', job_id: 1 },
  });
  await client.github.get('/repos/{owner}/{repo}/actions/runners', OF_ANTS);
  assert.equal(server.arrived.length, 3);
  assert.deepEqual(
    client.warnings.map(({ permission }) => permission),
    ['Actions: read (repository)', 'Administration: read (repository)'],
  );
  const [fields] = client.warnings;
  assert.match(JSON.stringify(fields), /"credential":"token".*actions=read/);
  assert.doesNotMatch(JSON.stringify(fields), /0123456789/);
});

test('an unknown token is tried once', async () => {
  await using server = await startGitHub(() => ({ status: 401, body: { message: 'Bad credentials' } }));
  await using client = openTestClient(server.url);
  const answer = await client.github.get(RUNS, OF_ANTS);
  assert.ok(answer.kind === 'forbidden');
  assert.equal(answer.permission, 'a valid github.token');
  assert.equal(answer.message, 'GitHub answered 401 Bad credentials');
  assert.deepEqual(answer.refusal, { said: '401 Bad credentials', remedy: 'renew github.token' });
  assert.equal(server.arrived.length, 1);
});

test('a failing server is retried a few times, with growing waits', async () => {
  await using server = await startGitHub(inTurn({ status: 502 }, { status: 500 }, {}, { status: 503 }));
  await using client = openTestClient(server.url);
  okOf(await client.github.get(RUNS, OF_ANTS));
  assert.deepEqual(client.waits, [1000, 2000]);
  assert.equal(client.counts()['wait_seconds_total{reconcile}'], 3000);
  const answer = await client.github.get(RUNS, OF_ANTS);
  assert.deepEqual(answer, { kind: 'failed', reason: '503 {}', retryAtMs: client.time.nowMs + 4000 });
  assert.equal(server.arrived.length, 6);
});

test('Retry-After of a failing server is honoured; if it is too long, the caller is informed', async () => {
  const busy = (after: string) => ({ status: 503, headers: { 'Retry-After': after } });
  await using server = await startGitHub(inTurn(busy('30'), {}, busy('3600')));
  await using client = openTestClient(server.url);
  okOf(await client.github.get(RUNS, OF_ANTS));
  assert.deepEqual(client.waits, [30_000]);
  const answer = await client.github.get(RUNS, OF_ANTS);
  assert.ok(answer.kind === 'failed' && answer.retryAtMs === NOW + 30_000 + 3_600_000);
  assert.equal(server.arrived.length, 3);
});

const MISBEHAVIOURS: Readonly<Record<string, readonly [(response: ServerResponse) => void, string]>> = {
  'a hang': [() => {}, 'timeout'],
  'half a body and a hang': [(response) => response.writeHead(200).write('{'), 'timeout'],
  'a reset': [(response) => response.destroy(), 'network'],
  'half a body and the end': [
    (response) => {
      response.writeHead(200, { 'Content-Length': '9' }).write('{');
      setImmediate(() => response.destroy());
    },
    'network',
  ],
  'a 304 to no condition': [(response) => response.writeHead(304).end(), '304'],
  'what is not JSON': [(response) => response.end('<html>'), '200'],
};

for (const [name, [misbehave, status]] of Object.entries(MISBEHAVIOURS)) {
  test(`after ${name}, a request is retried, three attempts in all`, async () => {
    await using server = await startGitHub((_, response) => {
      misbehave(response);
      return null;
    });
    await using client = openTestClient(server.url, { timeoutMs: SHORT_MS });
    const answer = await client.github.get(RUNS, OF_ANTS);
    assert.equal(answer.kind, 'failed', JSON.stringify(answer));
    assert.equal(client.counts()[`requests_total{${RUNS},${status}}`], 3);
  });
}

test('an endless body is not read to its end, and not requested again', async () => {
  let written = 0;
  await using server = await startGitHub((_, response) => {
    const fill = () => {
      do written += 10_000;
      while (response.write('x'.repeat(10_000)));
    };
    response.on('drain', fill);
    response.writeHead(200);
    fill();
    return null;
  });
  await using client = openTestClient(server.url, { maxBodyBytes: 100_000 });
  const answer = await client.github.get(RUNS, OF_ANTS);
  assert.ok(answer.kind === 'failed' && answer.retryAtMs === null, JSON.stringify(answer));
  assert.match(answer.reason, /more than 100000 bytes/);
  assert.ok(written < 10_000_000, `${written} bytes were sent`);
  assert.deepEqual(client.counts(), { [`requests_total{${RUNS},too_large}`]: 1 });
});

test('a redirect is followed on the same host only', async () => {
  await using other = await startGitHub(() => ({}));
  await using server = await startGitHub(({ path }) => {
    const aims: Record<string, string> = {
      '1': '/api/v3/repositories/9',
      '2': `${other.url}/x`,
      '3': '/api/v3/w3',
    };
    const aim = aims[/(?:ants|w)(\d)/.exec(path)?.[1] ?? ''];
    return aim === undefined ? { body: 'null' } : { status: 301, headers: { Location: aim } };
  });
  await using client = openTestClient(server.url);
  const ask = (repo: string) => client.github.get('/repos/{owner}/{repo}', { ...OF_ANTS, params: { repo } });
  okOf(await ask('ants1'));
  assert.equal(server.arrived[1]?.headers.authorization, 'Bearer test-token');
  const away = await ask('ants2');
  assert.ok(away.kind === 'failed' && /another host/.test(away.reason));
  assert.equal(other.arrived.length, 0);
  const round = await ask('ants3');
  assert.ok(round.kind === 'failed' && /too many/.test(round.reason));
  assert.equal(server.arrived.length, 2 + 1 + 4);
});

test('a page on another host is not read', async () => {
  await using other = await startGitHub(() => ({}));
  await using server = await startGitHub(() => ({
    body: [],
    headers: { Link: `<${other.url}/x>; rel="next"` },
  }));
  await using client = openTestClient(server.url);
  const answers = await Array.fromAsync(client.github.pages(RUNS, OF_ANTS));
  assert.ok(answers.length === 1 && answers[0]?.kind === 'failed');
  const from = await client.github.get(RUNS, { ...OF_ANTS, from: `${other.url}/x` });
  assert.equal(from.kind, 'failed');
  assert.equal(other.arrived.length, 0);
});

test('concurrent requests stay within the limit', async () => {
  let underWay = 0;
  let most = 0;
  await using server = await startGitHub(async () => {
    most = Math.max(most, ++underWay);
    await pause(5);
    underWay -= 1;
    return {};
  });
  await using client = openTestClient(server.url, { concurrency: 3 });
  const answers = await Promise.all(Array.from({ length: 12 }, () => client.github.get(RUNS, OF_ANTS)));
  assert.ok(answers.every(({ kind }) => kind === 'ok'));
  assert.equal(most, 3);
});

test('closing ends requests under way and waiting', async () => {
  const { promise: arrived, resolve } = Promise.withResolvers<void>();
  await using server = await startGitHub(() => {
    resolve();
    return null;
  });
  const { github } = openTestClient(server.url, { concurrency: 1, timeoutMs: 600_000 });
  const asked = [1, 2].map(() => github.get(RUNS, OF_ANTS));
  await arrived;
  await github.close();
  asked.push(github.get(RUNS, OF_ANTS));
  for (const answer of await Promise.all(asked))
    assert.ok(answer.kind === 'failed' && /by the shutdown/.test(answer.reason), JSON.stringify(answer));
  assert.equal(server.arrived.length, 1);
});

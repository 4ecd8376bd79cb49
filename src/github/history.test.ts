import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Arrived, openTestClient, type Reply, startGitHub } from '../../test/fixtures/fake-github.ts';
import type { ApiResult } from '../domain/github-api.ts';
import { openHistory } from './history.ts';

const RUN = {
  id: 5,
  run_attempt: 2,
  status: 'completed',
  conclusion: 'success',
  created_at: '2026-11-20T10:00:00Z',
};
const JOB = { id: 9, run_id: 5, run_attempt: 2, name: 'build', status: 'completed', conclusion: 'success' };
const REPOSITORY = { full_name: 'o/r', default_branch: 'main' };

/** A history read from a server that answers by path, ignoring the query. */
async function open(replies: Readonly<Record<string, unknown>>) {
  const server = await startGitHub(({ path }: Arrived): Reply => {
    const body = replies[path.split('?')[0] ?? ''];
    return body === undefined ? { status: 404, body: { message: 'Not Found' } } : { body };
  });
  const client = openTestClient(server.url);
  const history = openHistory({ github: client.github, hasApp: false, clock: () => 7, steady: () => 7 });
  return {
    history,
    server,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const ALL = {
  '/repos/o/r': REPOSITORY,
  '/repos/o/r/actions/workflows': { workflows: [] },
  '/repos/o/r/actions/runs': { workflow_runs: [RUN] },
  '/repos/o/r/actions/runs/5/jobs': { jobs: [{ ...JOB, id: 8, run_attempt: 1 }, JOB] },
  '/repos/o/r/actions/runs/5/attempts/1': { ...RUN, run_attempt: 1, conclusion: 'failure' },
};

async function readFirst(replies: Readonly<Record<string, unknown>>) {
  await using told = await open(replies);
  for await (const page of told.history.runs('o/r', 'recovery')) {
    assert.ok(page.kind === 'ok' && page.data[0] !== undefined);
    return await told.history.readRun('o/r', page.data[0], 'recovery');
  }
  throw new Error('There is no page.');
}

test('a run is read with the jobs and runs of all its attempts, jobs first', async () => {
  const read = await readFirst(ALL);
  assert.ok(read.kind === 'ok');
  assert.deepEqual(
    read.data.deliveries.map(({ delivery }) => delivery.guid),
    ['api-job-8-completed', 'api-job-9-completed', 'api-run-5-2-success', 'api-run-5-1-failure'],
  );
  assert.equal(read.data.mark?.guid, 'api-whole-run-5-2-success');
  assert.equal(read.data.isSettled, true);
});

test('a completed run with an unfinished job is not settled, and has no mark', async () => {
  const jobs = { jobs: [{ ...JOB, status: 'in_progress' }] };
  const read = await readFirst({ ...ALL, '/repos/o/r/actions/runs/5/jobs': jobs });
  assert.deepEqual([read.kind, read.kind === 'ok' && read.data.isSettled], ['ok', false]);
  assert.equal(read.kind === 'ok' && read.data.mark, null);
});

test('a missing earlier attempt is left out; an unreadable repository does not make its runs missing', async () => {
  const { '/repos/o/r/actions/runs/5/attempts/1': _, ...without } = ALL;
  const read = await readFirst(without);
  assert.equal(read.kind === 'ok' && read.data.deliveries.length, 3);
  const { '/repos/o/r': __, ...hidden } = ALL;
  assert.equal((await readFirst(hidden)).kind, 'failed');
});

test('a run with an impossible number of attempts, or with jobs or attempts of another run, is not read', async () => {
  const reading = async (over: object, replies: Readonly<Record<string, unknown>> = {}) => {
    await using told = await open({
      ...ALL,
      '/repos/o/r/actions/runs': { workflow_runs: [{ ...RUN, ...over }] },
      ...replies,
    });
    const [page] = await Array.fromAsync(told.history.runs('o/r', 'recovery'));
    assert.ok(page?.kind === 'ok' && page.data[0] !== undefined);
    const read = await told.history.readRun('o/r', page.data[0], 'recovery');
    return { read, requests: told.server.arrived.length };
  };
  const absurd = await reading({ run_attempt: 100_000 });
  assert.equal(absurd.read.kind === 'failed' && absurd.read.implausible, 'attempts');
  assert.ok(absurd.requests <= 3, `${absurd.requests} requests`);
  const another = { '/repos/o/r/actions/runs/5/attempts/1': { ...RUN, run_attempt: 2 } };
  assert.equal((await reading({}, another)).read.kind, 'failed');
  const strange = { '/repos/o/r/actions/runs/5/jobs': { jobs: [{ ...JOB, run_id: 6 }] } };
  assert.equal((await reading({}, strange)).read.kind, 'failed');
});

test('reading stops at a list of runs or a delivery log that does not go back in time', async () => {
  let id = 0;
  await using server = await startGitHub(({ path, headers }) => {
    const [name = ''] = path.split('?');
    id += 1;
    const entries = [
      { id, guid: `g${id}`, event: 'push', created_at: RUN.created_at, delivered_at: RUN.created_at },
    ];
    const body = name.endsWith('/runs') ? { workflow_runs: entries } : entries;
    const link = `<http://${headers.host}/api/v3${name}?page=${id}>; rel="next"`;
    return { body, headers: { Link: link } };
  });
  await using client = openTestClient(server.url);
  const history = openHistory({ github: client.github, hasApp: true, clock: () => 7, steady: () => 7 });
  const hook = {
    ...{ name: 'repository/1', of: 'o/r', isWhole: true },
    route: '/repos/{owner}/{repo}/hooks/{hook_id}',
    params: { repo: 'r', hook_id: 1 },
    owner: 'o',
  };
  const lists: [AsyncIterable<ApiResult<unknown>>, number][] = [
    [history.runs('o/r', 'recovery'), 10],
    [history.attempts(hook, null), 100],
  ];
  for (const [list, pagesOfASecond] of lists) {
    server.arrived.length = 0;
    const last = (await Array.fromAsync(list)).at(-1);
    assert.equal(last?.kind === 'failed' && last.implausible, 'not_older');
    assert.equal(server.arrived.length, pagesOfASecond + 2);
  }
});

test("an owner's repositories are those of the organization, otherwise those of the user", async () => {
  await using organization = await open({ '/orgs/o/repos': [REPOSITORY] });
  await using user = await open({ '/users/o/repos': [REPOSITORY] });
  for (const { history } of [organization, user]) {
    const found = await history.repositoriesOf('o');
    assert.deepEqual(found.kind === 'ok' && found.data.names, ['o/r']);
  }
});

test("a person's private repositories come from the token's own list, and possible gaps are reported", async () => {
  const repositories = ['o/private', 'x/other', 'O/r'].map((name) => ({ full_name: name }));
  for (const [login, names, leftOut] of [
    ['O', ['o/r', 'o/private', 'O/r'], null],
    ['guest', ['o/r', 'o/private', 'O/r'], /^private repositories of o: .* those that guest was invited to/],
  ] as const) {
    await using told = await open({
      ...{ '/users/o/repos': [REPOSITORY], '/user': { login }, '/user/repos': repositories },
    });
    const found = await told.history.repositoriesOf('o');
    assert.ok(found.kind === 'ok');
    assert.deepEqual(found.data.names, names);
    if (leftOut === null) assert.equal(found.data.leftOut, null);
    else assert.match(found.data.leftOut ?? '', leftOut);
    const asked = told.server.arrived.map(({ path }) => path).find((path) => path.includes('/user/repos?'));
    assert.match(decodeURIComponent(asked ?? ''), /affiliation=owner,collaborator/);
  }
  await using nobody = await open({ '/users/o/repos': [REPOSITORY] });
  const found = await nobody.history.repositoriesOf('o');
  assert.match((found.kind === 'ok' && found.data.leftOut) || '', /whose public ones are listed/);
});

test('a run whose jobs or attempts are missing is missing only while the repository is readable', async () => {
  const { '/repos/o/r/actions/runs/5/jobs': _, ...withoutJobs } = ALL;
  const { '/repos/o/r/actions/runs/5/attempts/1': __, ...withoutAttempt } = ALL;
  for (const [replies, kind] of [
    [withoutJobs, 'missing'],
    [withoutAttempt, 'ok'],
  ] as const) {
    assert.equal((await readFirst(replies)).kind, kind);
    const hidden: Record<string, unknown> = { ...replies };
    await using told = await open(hidden);
    for await (const page of told.history.runs('o/r', 'recovery')) {
      assert.ok(page.kind === 'ok' && page.data[0] !== undefined);
      delete hidden['/repos/o/r/actions/runs'];
      assert.equal((await told.history.readRun('o/r', page.data[0], 'recovery')).kind, 'failed');
      assert.equal((await told.history.run('o/r', 5, 'recovery')).kind, 'failed');
    }
  }
});

test('active hooks that send runs, jobs or deployments are used, and which send all of a run is known', async () => {
  const both = ['workflow_job', 'workflow_run', 'push'];
  const hooks = [
    { id: 1, active: true, events: both },
    { id: 2, active: false, events: both },
    { id: 3, active: true, events: ['workflow_run'] },
    { id: 4, active: true, events: ['*'] },
    { id: 5, active: true, events: ['workflow_job', 'push'] },
    { id: 6, active: true, events: ['push'] },
    { id: 7, active: true, events: ['deployment_status'] },
  ];
  await using told = await open({ '/orgs/o/hooks': hooks, '/repos/o/r/hooks': hooks });
  for (const [place, kind] of [
    ['o', 'organization'],
    ['o/r', 'repository'],
  ]) {
    const found = await told.history.hooksOf(place ?? '');
    assert.deepEqual(found.kind === 'ok' && found.data.map((hook) => [hook.name, hook.of, hook.isWhole]), [
      [`${kind}/1`, place, true],
      [`${kind}/3`, place, false],
      [`${kind}/4`, place, true],
      [`${kind}/5`, place, false],
      [`${kind}/7`, place, false],
    ]);
  }
});

test('a log with an entry that can not be read is a failure: the entry could be a lost delivery', async () => {
  const good = { id: 1, guid: 'g1', delivered_at: '2026-11-20T10:00:00Z', status: 'OK', event: 'push' };
  for (const odd of [{ id: 2 ** 60 }, { guid: null }, { delivered_at: 'yesterday' }]) {
    await using told = await open({ '/orgs/o/hooks/1/deliveries': [good, { ...good, ...odd }] });
    const hook = {
      ...{ name: 'organization/1', of: 'o', isWhole: true },
      route: '/orgs/{org}/hooks/{hook_id}',
      params: { hook_id: 1 },
      owner: 'o',
    };
    const pages = await Array.fromAsync(told.history.attempts(hook, null), ({ kind }) => kind);
    assert.deepEqual(pages, ['failed'], JSON.stringify(odd));
  }
});

test('the log shows which entries are counted, and only OK means delivered', async () => {
  const entry = (id: number, over: object = {}) => ({
    ...{ id, guid: `g${id}`, delivered_at: '2026-11-20T10:00:00Z', status: 'OK', event: 'workflow_job' },
    ...over,
  });
  const log = [entry(1), entry(2, { status: 'Invalid HTTP Response: 503' }), entry(3, { event: 'push' })];
  await using told = await open({ '/orgs/o/hooks/1/deliveries': log });
  const params = { hook_id: 1 };
  const hook = {
    ...{ name: 'organization/1', of: 'o', isWhole: true },
    route: '/orgs/{org}/hooks/{hook_id}',
    params,
    owner: 'o',
  };
  for await (const page of told.history.attempts(hook, null)) {
    const seen =
      page.kind === 'ok' &&
      page.data.map(({ guid, isDelivered, isCounted }) => [guid, isDelivered, isCounted]);
    assert.deepEqual(seen, [
      ['g1', true, true],
      ['g2', false, true],
      ['g3', true, false],
    ]);
  }
});

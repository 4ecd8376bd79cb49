import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { type Arrived, openTestClient, type Reply, startGitHub } from '../../test/fixtures/fake-github.ts';
import { timeOf } from '../../test/fixtures/time.ts';
import type { ApiResult, GitHub } from '../domain/github-api.ts';
import type { DeliveryAttempt, ListedRun } from '../domain/github-history.ts';
import type { Unfinished } from '../domain/unfinished.ts';
import { openHistory } from './history.ts';
import { openInquiry } from './inquiry.ts';
import { openInspection } from './inspection.ts';
import { openRunners } from './runners.ts';

/*
 * Answers with status 200 and JSON of another shape: each reader fails, and says where.
 */

const RUN = { id: 5, run_attempt: 2, status: 'completed', created_at: '2026-11-20T10:00:00Z' };
const JOB = { id: 9, run_id: 5, run_attempt: 2, name: 'build', status: 'completed' };
const RUNS = '/repos/o/r/actions/runs';
const GOOD: Readonly<Record<string, unknown>> = {
  '/repos/o/r': { full_name: 'o/r' },
  '/repos/o/r/actions/workflows': { workflows: [{ id: 3, name: 'CI' }] },
  [RUNS]: { workflow_runs: [RUN] },
  [`${RUNS}/5`]: RUN,
  [`${RUNS}/5/jobs`]: { jobs: [JOB] },
  [`${RUNS}/5/attempts/1`]: { ...RUN, run_attempt: 1 },
  [`${RUNS}/5/attempts/2`]: RUN,
  [`${RUNS}/5/attempts/2/jobs`]: { jobs: [JOB] },
  '/repos/o/r/actions/jobs/9': JOB,
  '/repos/o/r/hooks': [{ id: 1, active: true, events: ['*'] }],
  '/repos/o/r/hooks/1/deliveries': [],
  '/repos/o/r/hooks/1/deliveries/7': { id: 7, request: { payload: null } },
  '/orgs/o/repos': [{ full_name: 'o/r' }],
  '/orgs/o/actions/runners': { runners: [{ id: 1 }] },
  '/orgs/o/actions/runner-groups': { runner_groups: [] },
};

const LISTED: ListedRun = {
  ...{ runId: 5, runAttempt: 2, createdAtMs: 0, startedAtMs: 0, updatedAtMs: 0 },
  ...{ isCompleted: true, guid: 'g', raw: RUN },
};
const UNFINISHED: Unfinished = {
  ...{ jobId: null, runId: 5, runAttempt: 2, repository: 'o/r', workflow: 'CI', name: '' },
  ...{ status: 'queued', statusAtMs: 0 },
};
const HOOK = {
  ...{
    name: 'repository/1',
    of: 'o/r',
    isWhole: true,
    route: '/repos/{owner}/{repo}/hooks/{hook_id}',
    owner: 'o',
  },
  params: { repo: 'r', hook_id: 1 },
};
const SEEN = { of: 'o/r', isActive: true, events: [], config: null, owner: 'o', params: HOOK.params };
const ATTEMPT: DeliveryAttempt = {
  id: 7,
  guid: 'g',
  event: 'workflow_job',
  deliveredAtMs: 0,
  isDelivered: false,
  ...{ status: 'refused', said: 'failed to connect to host', tookMs: null },
  isCounted: true,
};

type Read = (github: GitHub) => Promise<{ readonly kind: string; readonly reason?: string }>;

function history(github: GitHub) {
  return openHistory({ github, hasApp: false, clock: () => 7, steady: () => 7 });
}

/** Each reader by what it does, with the paths that it depends on. */
const READERS: Readonly<Record<string, readonly [Read, ...string[]]>> = {
  'a list of runs': [(github) => firstOf(history(github).runs('o/r', 'recovery')), RUNS],
  'a run': [(github) => history(github).run('o/r', 5, 'recovery'), `${RUNS}/5`],
  'a whole run': [
    (github) => history(github).readRun('o/r', LISTED, 'recovery'),
    ...['/repos/o/r', '/repos/o/r/actions/workflows', `${RUNS}/5/jobs`, `${RUNS}/5/attempts/1`],
  ],
  'one attempt': [
    (github) =>
      openInquiry(
        github,
        timeOf(() => 7),
      ).about(UNFINISHED),
    ...[`${RUNS}/5/attempts/2`, `${RUNS}/5/attempts/2/jobs`, '/repos/o/r'],
  ],
  'one job': [
    (github) =>
      openInquiry(
        github,
        timeOf(() => 7),
      ).about({ ...UNFINISHED, jobId: 9 }),
    '/repos/o/r/actions/jobs/9',
  ],
  repositories: [(github) => history(github).repositoriesOf('o'), '/orgs/o/repos'],
  hooks: [(github) => history(github).hooksOf('o/r'), '/repos/o/r/hooks'],
  'a log': [(github) => firstOf(history(github).attempts(HOOK, null)), '/repos/o/r/hooks/1/deliveries'],
  'a delivery': [(github) => history(github).delivery(HOOK, ATTEMPT), '/repos/o/r/hooks/1/deliveries/7'],
  runners: [
    (github) => openRunners(github).listOf('o'),
    ...['/orgs/o/actions/runners', '/orgs/o/actions/runner-groups'],
  ],
  'hooks for doctor': [(github) => openInspection(github).hooks('o/r'), '/repos/o/r/hooks'],
  'a log for doctor': [
    (github) => openInspection(github).deliveries({ ...SEEN, log: `${HOOK.route}/deliveries` }),
    '/repos/o/r/hooks/1/deliveries',
  ],
};

async function firstOf<T>(pages: AsyncIterable<ApiResult<T>>): Promise<ApiResult<T>> {
  for await (const page of pages) return page;
  throw new Error('There is no page.');
}

async function readWith(read: Read, wrong: Readonly<Record<string, unknown>>) {
  await using server = await startGitHub(({ path }: Arrived): Reply => {
    const name = path.split('?')[0] ?? '';
    const body = name in wrong ? wrong[name] : GOOD[name];
    return { body: JSON.stringify(body) };
  });
  await using client = openTestClient(server.url);
  return await read(client.github);
}

for (const [name, [read, ...paths]] of Object.entries(READERS))
  test(`${name}: JSON of another shape is a failure that names its route`, async () => {
    assert.match((await readWith(read, {})).kind, /^(ok|changed)$/);
    for (const path of paths)
      for (const body of wrongFor(GOOD[path])) {
        const found = await readWith(read, { [path]: body });
        assert.equal(found.kind, 'failed', `${path}: ${JSON.stringify(body)}`);
        assert.match(found.reason ?? '', /^\/(repos|orgs)\/.* was answered without/);
      }
  });

/** An empty array is an empty list where a list is expected. */
function wrongFor(good: unknown): unknown[] {
  const all = [{}, null, 7, { jobs: [{ id: 'x' }] }, { jobs: [{ id: 1 }] }, { workflow_runs: [{ id: 5 }] }];
  return [...all, Array.isArray(good) ? [7] : []];
}

test('an answer of another shape is not cached', async () => {
  let asked = 0;
  await using server = await startGitHub(({ headers }) => {
    asked += 1;
    if (headers['if-none-match'] !== undefined) return { status: 304 };
    return { headers: { etag: '"1"' }, body: asked === 1 ? {} : GOOD[RUNS] };
  });
  await using client = openTestClient(server.url);
  const kinds: unknown[] = [];
  for (let times = 0; times < 3; times += 1) {
    const page = await firstOf(history(client.github).runs('o/r', 'poll'));
    kinds.push(page.kind === 'ok' ? page.data.length : page.kind);
  }
  assert.deepEqual(kinds, ['failed', 1, 1]);
});

test('an answer of another shape leaves it unknown where the App is installed', async () => {
  await using server = await startGitHub(() => ({ body: {} }));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const privateKeyPem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  await using client = openTestClient(server.url, { token: null, app: { id: '12', privateKeyPem } });
  assert.equal((await client.github.credentials()).kind, 'failed');
});

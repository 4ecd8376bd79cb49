import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRoutes } from '../../../test/fixtures/routes.ts';
import { deployment } from '../../../test/fixtures/states.ts';
import { assertAnswers } from '../../../test/openapi.ts';
import { answerQuery, type Queries } from '../../queries/all-queries.ts';
import { fakeReader } from '../../queries/fake-reader.ts';
import { addDeploymentRoutes } from './deployment-routes.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const MINUTE_MS = 60_000;

/** Made so many minutes ago. */
function made(deploymentId: number, minutes: number, over: Parameters<typeof deployment>[0] = {}) {
  const createdAtMs = NOW - minutes * MINUTE_MS;
  return deployment({ deploymentId, createdAtMs, runStartedAtMs: createdAtMs - MINUTE_MS, ...over });
}

/** Of a deployment that was made so many minutes ago: the time when it had taken so many seconds. */
function after(minutes: number, seconds: number): number {
  return NOW - minutes * MINUTE_MS + seconds * 1000;
}

const DEPLOYMENTS = [
  made(5, 10),
  made(4, 20, { successAtMs: after(20, 30), status: 'success', runId: null, runStartedAtMs: null }),
  made(3, 30, { successAtMs: after(30, 90), failureAtMs: after(30, 40), status: 'success' }),
  made(2, 40, { errorAtMs: after(40, 5), status: 'error', environment: 'pr-*', environmentName: 'pr-7' }),
  made(1, 50, { successAtMs: after(50, 60), status: 'inactive' }),
];

function start() {
  const reader = fakeReader({ nowMs: NOW, deployments: DEPLOYMENTS });
  const ask: Queries['ask'] = async (name, query) => (await answerQuery(name, reader, query)) as never;
  const options = { queries: { ask }, clock: () => NOW, webUrl: () => 'https://github.com' };
  return openRoutes((routes) => addDeploymentRoutes(routes, options));
}

const idsOf = (answer: { deployments: { deployment_id: number }[] }) =>
  answer.deployments.map(({ deployment_id }) => deployment_id);

test('/api/v1/deployments answers single deployments, the latest first, each with its run', async () => {
  const app = start();
  const answer = (await app.get('/api/v1/deployments')).json();
  assertAnswers('Deployments', answer);
  assert.deepEqual(idsOf(answer), [5, 4, 3, 2, 1]);
  assert.deepEqual(answer.deployments[2], {
    deployment_id: 3,
    repository: 'o/r',
    environment: 'production',
    environment_name: 'production',
    state: 'success',
    ref: 'main',
    sha: 'abc',
    run_id: 2 ** 40,
    run_attempt: 1,
    job_id: 100_520_616_165,
    created_at: '2026-11-28T11:30:00.000Z',
    finished_at: '2026-11-28T11:30:40.000Z',
    duration_seconds: 40,
    run_url: `https://github.com/o/r/actions/runs/${2 ** 40}/job/100520616165`,
  });
  assert.deepEqual([answer.deployments[1].run_id, answer.deployments[1].run_url], [null, null]);
  assert.deepEqual([answer.deployments[0].finished_at, answer.deployments[0].duration_seconds], [null, null]);
});

test('/api/v1/deployments is filtered by environment, state and window, and goes on page by page', async () => {
  const app = start();
  const list = async (query: string) => (await app.get(`/api/v1/deployments?${query}`)).json();
  assert.deepEqual(idsOf(await list('environment=pr-*')), [2]);
  assert.deepEqual(idsOf(await list('state=success&state=error')), [4, 3, 2]);
  assert.deepEqual(idsOf(await list('from=-35m&to=-15m')), [4, 3]);
  assert.deepEqual(idsOf(await list('repository=p/*')), []);
  const first = await list('limit=2');
  const second = await list(`limit=2&cursor=${first.cursor}`);
  const third = await list(`limit=2&cursor=${second.cursor}`);
  assert.deepEqual([first, second, third].map(idsOf), [[5, 4], [3, 2], [1]]);
  assert.equal(third.cursor, null);
  assert.match((await list('state=done')).error.message, /state/);
});

test('/api/v1/deployments/summary answers how they went by environment, also as a table', async () => {
  const app = start();
  const answer = (await app.get('/api/v1/deployments/summary')).json();
  assertAnswers('DeploymentsSummary', answer);
  assert.equal(answer.groups, 2);
  assert.deepEqual(answer.rows[0], {
    repository: 'o/r',
    environment: 'production',
    deployments: 4,
    succeeded: 2,
    failed: 1,
    failed_share: 1 / 3,
    p50: 60,
    p95: 90,
    from_run_p50: 120,
    from_run_p95: 150,
    last_success_at: '2026-11-28T11:40:30.000Z',
  });
  const { body } = await app.get('/api/v1/deployments/summary?format=csv&sort=-failed_share&limit=1');
  assert.equal(
    body,
    [
      'repository,environment,deployments,succeeded,failed,failed_share,p50,p95,from_run_p50,from_run_p95,last_success_at',
      'o/r,pr-*,1,0,1,1,,,,,',
      '',
    ].join('\r\n'),
  );
});

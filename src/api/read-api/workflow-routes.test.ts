import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishedJob, finishedRun, PLACE } from '../../../test/fixtures/facts.ts';
import { openRoutes } from '../../../test/fixtures/routes.ts';
import { assertAnswers } from '../../../test/openapi.ts';
import { answerQuery, type Queries } from '../../queries/all-queries.ts';
import { fakeReader } from '../../queries/fake-reader.ts';
import { addBrokenRoute } from './broken-route.ts';
import { addStepRoute } from './step-route.ts';
import { addWorkflowRoutes } from './workflow-routes.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const AT = NOW - 300_000;
const LONG_AGO = NOW - 172_800_000;
const EVIL = '=cmd()';

function step(name: string, seconds: number) {
  const times = { startedAtMs: AT - seconds * 1000, completedAtMs: AT };
  return { number: 1, name, status: 'completed', conclusion: 'success', ...times };
}

function start() {
  const names = ['CI', 'b', EVIL];
  const reader = fakeReader({
    nowMs: NOW,
    finishedRuns: [
      ...names.map((workflow, at) => finishedRun({ endedAtMs: AT, runId: at + 1, workflow })),
      finishedRun({ endedAtMs: LONG_AGO, runId: 9, conclusion: 'failure' }),
    ],
    workflowStates: [
      {
        ...{ repository: 'o/r', workflow: 'CI', failures: 2, failingSinceMs: LONG_AGO, failedRunId: 99 },
        ...{ lastRunMs: NOW, lastSuccessMs: null },
      },
    ],
    finishedJobs: names.map((jobName, at) =>
      finishedJob({
        endedAtMs: AT,
        jobId: at + 1,
        jobName,
        steps: jobName === 'b' ? [step('lint', 7)] : [step('test', 8)],
      }),
    ),
    failedJobs: names.map((jobName, at) => ({
      ...PLACE,
      endedAtMs: AT,
      jobId: at + 1,
      jobName,
      cause: 'step' as const,
      step: 'lint, all',
    })),
    flakyJobs: [{ ...PLACE, endedAtMs: AT, jobId: 2, jobName: 'b', times: 1 }],
  });
  const ask: Queries['ask'] = async (name, query) => (await answerQuery(name, reader, query)) as never;
  const options = { queries: { ask }, clock: () => NOW, webUrl: () => 'https://github.example' };
  return openRoutes((routes) => {
    addWorkflowRoutes(routes, { ...options, readsReasons: () => false });
    addStepRoute(routes, options);
    addBrokenRoute(routes, options);
  });
}

test('/api/v1/workflows, /api/v1/jobs/summary and /api/v1/failures answer the last day', async () => {
  const app = start();
  for (const [path, schema] of [
    ['workflows', 'Workflows'],
    ['jobs/summary', 'JobsSummary'],
    ['failures', 'Failures'],
  ] as const) {
    const answer = (await app.get(`/api/v1/${path}`)).json();
    assertAnswers(schema, answer);
    assert.deepEqual([answer.groups, answer.window.from], [3, '2026-11-27T12:00:00.000Z'], path);
    assert.equal((await app.get(`/api/v1/${path}?repository=another/one`)).json().groups, 0, path);
  }
  assert.equal((await app.get('/api/v1/failures')).json().reasons_read, false);
  assert.equal((await app.get('/api/v1/jobs/summary?flaky=true')).json().groups, 1);
  assert.equal((await app.get('/api/v1/failures?cause=timeout')).json().total, 0);
});

test('/api/v1/workflows/steps answers one workflow of one repository', async () => {
  const app = start();
  const path = '/api/v1/workflows/steps?repository=o/r&workflow=CI';
  const answer = (await app.get(path)).json();
  assertAnswers('WorkflowSteps', answer);
  assert.deepEqual([answer.jobs, answer.groups, answer.rows[0].step], [3, 3, 'test']);
  assert.equal((await app.get(`${path}&job_name=b`)).json().rows[0].slowest.job_id, 2);
  assert.equal((await app.get(path.replace('CI', 'Nightly'))).json().jobs, 0);
  const [, row] = (await app.get(`${path}&sort=p50&format=csv`)).body.split('\r\n');
  assert.equal(row, 'b,lint,1,7,7,7,7,2,https://github.example/o/r/actions/runs/2/job/2');
  for (const [query, message] of [
    ['repository=o/r', /^workflow is missing/],
    ['repository=o/*&workflow=CI', /^repository must be one: owner\/name/],
  ] as const) {
    const refused = await app.get(`/api/v1/workflows/steps?${query}`);
    assert.equal(refused.status, 400);
    assert.match(refused.json().error.message, message);
  }
});

test('/api/v1/failures/broken answers which default branches fail now', async () => {
  const app = start();
  const answer = (await app.get('/api/v1/failures/broken')).json();
  assertAnswers('BrokenWorkflows', answer);
  assert.deepEqual([answer.groups, answer.rows[0].first_failure.run_id], [1, 9]);
  assert.equal((await app.get('/api/v1/failures/broken?workflow=b')).json().groups, 0);
  const [, row] = (await app.get('/api/v1/failures/broken?format=csv')).body.split('\r\n');
  assert.equal(row, `o/r,CI,2,2026-11-26T12:00:00.000Z,,2026-11-28T12:00:00.000Z,9,,,,`);
});

test('they go on where the cursor says', async () => {
  const app = start();
  for (const path of ['workflows', 'jobs/summary', 'failures']) {
    const sort = path === 'failures' ? 'count' : 'repository';
    const { cursor } = (await app.get(`/api/v1/${path}?limit=2&sort=${sort}`)).json();
    const next = (await app.get(`/api/v1/${path}?limit=2&sort=${sort}&cursor=${cursor}`)).json();
    assert.deepEqual([next.rows.length, next.cursor], [1, null], path);
    const wrong = await app.get(`/api/v1/${path}?sort=-${sort}&cursor=${cursor}`);
    assert.match(wrong.json().error.message, /cursor belongs to another sort order/, path);
  }
});

test('they come as tables that no spreadsheet executes', async () => {
  const app = start();
  const table = async (path: string) => (await app.get(`/api/v1/${path}&format=csv`)).body.split('\r\n');
  assert.deepEqual(await table('workflows?sort=repository&limit=1'), [
    'repository,workflow,runs,pass_rate,p50,p95,p50_change,queue_p95,total_seconds,cost_dollars,reruns,' +
      'consecutive_failures,last_conclusion,last_at,last_run_id',
    `o/r,'${EVIL},1,1,5,5,,,0,0,0,,success,2026-11-28T11:55:00.000Z,3`,
    '',
  ]);
  assert.deepEqual(await table('jobs/summary?flaky=true'), [
    'repository,workflow,job_name,runs,pass_rate,p50,p95,p50_change,queue_p95,total_seconds,flaky,flaky_rate,' +
      'wasted_seconds,failures_step,failures_timeout,failures_runner_lost,failures_startup,failures_rejected,failures_unknown',
    'o/r,CI,b,1,1,1,1,,,1,1,1,0,1,0,0,0,0,0',
    '',
  ]);
  assert.deepEqual((await table('failures?limit=1')).slice(1, 2), [
    `o/r,CI,'${EVIL},"lint, all",step,,,1,2026-11-28T11:55:00.000Z,2026-11-28T11:55:00.000Z,,` +
      'https://github.example/o/r/actions/runs/2/job/3',
  ]);
});

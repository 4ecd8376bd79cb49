import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOpenApi } from '../scripts/openapi-types.ts';
import { assertAnswers } from './openapi.ts';

test('every reference of the OpenAPI document leads somewhere, and every schema can be checked', () => {
  const document = readOpenApi();
  const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? [];
  assert.ok(references.length > 300);
  for (const reference of new Set(references)) {
    const [, group, name = ''] = /"#\/components\/(\w+)\/(\w+)"$/.exec(reference) ?? [];
    const known: object | undefined = Object.entries(document.components).find(([key]) => key === group)?.[1];
    assert.ok(known !== undefined && Object.hasOwn(known, name), reference);
  }
  for (const schema of Object.keys(document.components.schemas))
    assert.throws(() => assertAnswers(schema, new Date(0)), assert.AssertionError, schema);
});

test('the list of jobs, the first route that existed, is as the document says', () => {
  const job = {
    ...{
      job_id: 1,
      run_id: 2,
      run_attempt: 1,
      repository: 'o/r',
      workflow: 'CI',
      job_name: 'test',
      name: 'test (1)',
    },
    ...{
      runs_on: 'gpu',
      status: 'queued',
      conclusion: null,
      stale: false,
      created_at: '2026-11-28T00:00:00Z',
    },
    ...{
      started_at: null,
      completed_at: null,
      waiting_seconds: 3.5,
      queue_seconds: null,
      duration_seconds: null,
    },
    ...{ runner: null, runner_group: null, url: 'https://github.com/o/r/actions/runs/2/job/1' },
  };
  const answer = {
    as_of: '2026-11-28T00:00:00Z',
    window: null,
    definitions: 'v1',
    jobs: [job],
    cursor: null,
  };
  assertAnswers('Jobs', answer);
  for (const wrong of [
    { ...job, status: 'running' },
    { ...job, more: 1 },
    { ...job, job_id: '1' },
  ])
    assert.throws(() => assertAnswers('Jobs', { ...answer, jobs: [wrong] }), assert.AssertionError);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiResult, GetOptions } from '../domain/github-api.ts';
import { readReason, type Unexplained } from '../domain/reason-delivery.ts';
import { openAnnotations } from './annotations.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const JOB: Unexplained = {
  ...{ jobId: 7, runId: 5, runAttempt: 2, repository: 'octo/ants', workflow: 'CI', name: 'build' },
  statusAtMs: NOW - 60_000,
};
const ROUTE = '/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations';
const RUNS = '/repos/{owner}/{repo}/actions/runs';
const RUNS_SEEN = { workflow_runs: [] };
const MISSING: ApiResult<never> = { kind: 'missing' };
const FAILED: ApiResult<never> = { kind: 'failed', reason: 'down', retryAtMs: 5 };
const FORBIDDEN: ApiResult<never> = {
  ...{ kind: 'forbidden', permission: 'Checks', message: 'no', said: '403 no', hint: 'grant it' },
};
/** As GitHub answers. */
const EXIT_CODE = {
  ...{ path: '.github', start_line: 42, end_line: 42, start_column: null, end_column: null },
  blob_href: 'https://github.com/octo/ants/blob/83ef9b927cbb822febbdf75e5e05dd40afb187cf/.github',
  ...{ annotation_level: 'failure', title: '', raw_details: '' },
  message: 'Process completed with exit code 137.',
};

/** Answers by route, and a record of the requests. */
function open(answers: Readonly<Record<string, unknown>>) {
  const asked: [string, GetOptions['params']][] = [];
  async function get(route: string, options: GetOptions): Promise<ApiResult<unknown>> {
    asked.push([route, options.params]);
    assert.deepEqual([options.owner, options.priority], ['octo', 'explain']);
    const found = answers[route] as { kind?: string } | undefined;
    if (found === undefined) return MISSING;
    if (found.kind !== undefined) return found as ApiResult<unknown>;
    if (options.isReadable?.(found) === false) return FAILED;
    return { kind: 'ok', data: found, next: 'page two', fromCache: false };
  }
  return { annotations: openAnnotations({ get }, () => NOW), asked };
}

async function saidOf(answers: Readonly<Record<string, unknown>>) {
  const { annotations, asked } = open(answers);
  const result = await annotations.about(JOB);
  assert.equal(result.kind, 'answered');
  const said = result.kind === 'answered' ? readReason(result.delivery) : null;
  return { said, asked };
}

test('one request, for the first hundred, says why a job failed', async () => {
  const { said, asked } = await saidOf({ [ROUTE]: [EXIT_CODE] });
  assert.deepEqual(asked, [[ROUTE, { repo: 'ants', check_run_id: 7, per_page: 100 }]]);
  assert.deepEqual(said, {
    ...{ kind: 'reason', source: 'api', observedAtMs: NOW, outcome: 'read' },
    ...{ jobId: 7, runId: 5, runAttempt: 2, repository: 'octo/ants', workflow: 'CI', name: 'build' },
    reason: { reason: 'exit_code', exitCode: 137 },
  });
});

test('without any, or with damaged ones, the reason is unknown', async () => {
  for (const body of [[], [{}], [{ ...EXIT_CODE, message: null }], [{ ...EXIT_CODE, path: 7 }]]) {
    const { said } = await saidOf({ [ROUTE]: body });
    assert.deepEqual(said?.reason, { reason: 'unknown', exitCode: null });
  }
});

test('what is missing in a repository that can be read is answered for good', async () => {
  const { said, asked } = await saidOf({ [RUNS]: RUNS_SEEN });
  assert.deepEqual([said?.outcome, said?.reason], ['not_visible', null]);
  assert.deepEqual(
    asked.map(([route]) => route),
    [ROUTE, RUNS],
  );
});

test('what we may not see is hidden; what fails is asked again', async () => {
  for (const answers of [{ [ROUTE]: FORBIDDEN }, {}, { [RUNS]: FORBIDDEN }])
    assert.deepEqual(await open(answers).annotations.about(JOB), { kind: 'hidden' });
  for (const answers of [{ [ROUTE]: FAILED }, { [RUNS]: FAILED }, { [ROUTE]: { message: 'a proxy' } }])
    assert.deepEqual(await open(answers).annotations.about(JOB), FAILED);
});

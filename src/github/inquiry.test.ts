import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeOf } from '../../test/fixtures/time.ts';
import { CONFIRMED_EVENT, GONE_EVENT } from '../domain/asked.ts';
import type { ApiResult, GetOptions, GitHub } from '../domain/github-api.ts';
import type { Unfinished } from '../domain/unfinished.ts';
import { openInquiry } from './inquiry.ts';
import { createObserve } from './observe.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const JOB: Unfinished = {
  ...{ jobId: 7, runId: 5, runAttempt: 2, repository: 'octo/ants', workflow: 'CI', name: 'build' },
  ...{ status: 'queued', statusAtMs: 1000 },
};
const RUN: Unfinished = { ...JOB, jobId: null, name: '', status: 'in_progress' };
const REPOSITORY = { full_name: 'octo/ants', private: true, default_branch: 'main' };
const AROUND = {
  '/repos/{owner}/{repo}': REPOSITORY,
  '/repos/{owner}/{repo}/actions/workflows': { workflows: [{ id: 3, name: 'CI' }] },
};
const RUNS_ROUTE = '/repos/{owner}/{repo}/actions/runs';
const JOB_ROUTE = '/repos/{owner}/{repo}/actions/jobs/{job_id}';
const RUN_ROUTE = '/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}';

const MISSING: ApiResult<never> = { kind: 'missing' };
const FAILED: ApiResult<never> = { kind: 'failed', reason: 'down', retryAtMs: 5 };
const FORBIDDEN: ApiResult<never> = {
  ...{ kind: 'forbidden', permission: 'Actions', message: 'no', said: '403 no', hint: 'grant it' },
};

/** Answers by route, and a record of the requests. */
function open(answers: Readonly<Record<string, unknown>>) {
  const asked: [string, GetOptions['params']][] = [];
  async function get(route: string, options: GetOptions): Promise<ApiResult<unknown>> {
    asked.push([route, options.params]);
    assert.deepEqual([options.owner, options.priority], ['octo', 'reconcile']);
    const found = answers[route] as { kind?: string } | undefined;
    if (found === undefined) return MISSING;
    if (found.kind !== undefined) return found as ApiResult<unknown>;
    return { kind: 'ok', data: found, next: null, fromCache: false };
  }
  async function* pages(route: string, options: GetOptions) {
    yield await get(route, options);
  }
  const github = { get, pages } as unknown as GitHub;
  return {
    inquiry: openInquiry(
      github,
      timeOf(() => NOW),
    ),
    asked,
  };
}

function job(over: object = {}) {
  return {
    id: 7,
    run_id: 5,
    run_attempt: 2,
    name: 'build',
    status: 'completed',
    conclusion: 'success',
    ...over,
  };
}

async function newsOf(known: Unfinished, answers: Readonly<Record<string, unknown>>) {
  const finding = await open({ ...AROUND, ...answers }).inquiry.about(known);
  assert.equal(finding.kind, 'changed');
  return finding.kind === 'changed' ? finding.deliveries : [];
}

test('the end of a job is reported as its webhook would have been, with its repository', async () => {
  const [told, ...more] = await newsOf(JOB, { [JOB_ROUTE]: job({ steps: [{ number: 1 }] }) });
  assert.ok(told);
  const { guid, event, action, source, receivedAtMs } = told;
  assert.deepEqual(
    { guid, event, action, source, receivedAtMs },
    {
      guid: 'api-job-7-completed',
      event: 'workflow_job',
      action: 'completed',
      source: 'api',
      receivedAtMs: NOW,
    },
  );
  const reading = createObserve([])(told);
  assert.ok('observation' in reading && reading.observation.kind === 'job');
  const { jobId, repository, isPublicRepository, steps } = reading.observation;
  assert.deepEqual([jobId, repository, isPublicRepository, steps.length], [7, 'octo/ants', false, 1]);
  assert.deepEqual(more, []);
});

test('a differing status is news, except that a job is queued', async () => {
  for (const [known, status, kind] of [
    ['queued', 'queued', 'same'],
    ['queued', 'in_progress', 'changed'],
    ['queued', 'waiting', 'changed'],
    ['waiting', 'queued', 'same'],
    ['in_progress', 'in_progress', 'same'],
    ['in_progress', 'completed', 'changed'],
  ] as const) {
    const { inquiry, asked } = open({ ...AROUND, [JOB_ROUTE]: job({ status }) });
    const finding = await inquiry.about({ ...JOB, status: known });
    assert.equal(finding.kind, kind, `${known}, ${status}`);
    assert.deepEqual(asked[0], [JOB_ROUTE, { repo: 'ants', job_id: 7 }]);
    if (kind === 'same') assert.equal(inquiry.requests, 1);
    const confirmed =
      'deliveries' in finding && finding.deliveries.some(({ event }) => event === CONFIRMED_EVENT);
    assert.equal(confirmed, status !== 'completed', `${known}, ${status}`);
  }
});

test('a run is requested by its attempt, and returned with its completed jobs', async () => {
  const run = {
    ...{ id: 5, run_attempt: 2, workflow_id: 3, status: 'completed', conclusion: 'failure', event: 'push' },
    ...{ head_branch: 'main', run_started_at: '2026-11-24T09:00:00Z', updated_at: '2026-11-24T11:00:00Z' },
  };
  const jobs = [
    job({ id: 7, completed_at: '2026-11-24T09:10:00Z' }),
    job({ id: 8, completed_at: '2026-11-24T09:20:00Z' }),
    job({ id: 9, status: 'in_progress' }),
  ];
  const answers = { ...AROUND, [RUN_ROUTE]: run, [`${RUN_ROUTE}/jobs`]: { jobs } };
  const { inquiry, asked } = open(answers);
  const finding = await inquiry.about(RUN);
  assert.ok(finding.kind === 'changed');
  const readings = finding.deliveries.map(createObserve([]));
  const told = readings.map((each) => ('observation' in each ? each.observation : null));
  assert.deepEqual(
    told.map((each) => [each?.kind, each?.kind === 'job' ? each.jobId : null]),
    [
      ['job', 7],
      ['job', 8],
      ['run', null],
    ],
  );
  const last = told.at(-1);
  assert.ok(last?.kind === 'run');
  assert.deepEqual(
    [last.runAttempt, last.workflow, last.branch, last.updatedAtMs],
    [2, 'CI', 'default', Date.parse(run.updated_at)],
  );
  assert.deepEqual(asked[0], [RUN_ROUTE, { repo: 'ants', run_id: 5, attempt_number: 2 }]);
  assert.equal(inquiry.requests, 4);
});

test('the jobs of a run in progress are not requested', async () => {
  const run = { id: 5, run_attempt: 2, status: 'queued', event: 'push' };
  const { inquiry, asked } = open({ ...AROUND, [RUN_ROUTE]: run });
  assert.equal((await inquiry.about(RUN)).kind, 'changed');
  assert.equal(asked.length, 3);
});

test('something missing in a visible repository is gone; in another one it is unknown', async () => {
  for (const known of [JOB, RUN]) {
    const [told] = await newsOf(known, { [RUNS_ROUTE]: { workflow_runs: [] } });
    assert.equal(told?.event, GONE_EVENT);
    for (const answer of [MISSING, FORBIDDEN]) {
      const { inquiry } = open({ ...AROUND, [RUNS_ROUTE]: answer });
      assert.equal((await inquiry.about(known)).kind, 'hidden');
    }
    const broken = open({ ...AROUND, [RUNS_ROUTE]: FAILED });
    assert.deepEqual(await broken.inquiry.about(known), FAILED);
  }
});

test('without permission it is hidden, and any failed request is returned as it is', async () => {
  const run = { id: 5, run_attempt: 2, status: 'completed', event: 'push' };
  const jobs = `${RUN_ROUTE}/jobs`;
  for (const [answer, expected] of [
    [FAILED, FAILED],
    [FORBIDDEN, { kind: 'hidden' }],
  ] as const) {
    assert.deepEqual(await open({ ...AROUND, [JOB_ROUTE]: answer }).inquiry.about(JOB), expected);
    const ofRun = open({ ...AROUND, [RUN_ROUTE]: run, [jobs]: answer }).inquiry;
    assert.deepEqual(await ofRun.about(RUN), expected);
  }
});

test('an implausible answer says nothing about a run, and does not stop the others', async () => {
  const run = { id: 5, run_attempt: 2, status: 'completed', event: 'push' };
  const implausible = 'repeated_page';
  const answers: Record<string, ApiResult<unknown>> = {
    [RUN_ROUTE]: { kind: 'ok', data: run, next: null, fromCache: false },
    [`${RUN_ROUTE}/jobs`]: { kind: 'failed', reason: 'twice', retryAtMs: null, implausible },
  };
  const around = (route: string): ApiResult<unknown> => ({
    ...{ kind: 'ok', data: (AROUND as Record<string, object>)[route], next: null, fromCache: false },
  });
  const get = async (route: string) => answers[route] ?? around(route);
  async function* pages(route: string) {
    yield await get(route);
  }
  const inquiry = openInquiry(
    { get, pages } as unknown as GitHub,
    timeOf(() => NOW),
  );
  assert.deepEqual(await inquiry.about(RUN), { kind: 'same', deliveries: [] });
});

test('an answer about another job or attempt is not accepted', async () => {
  for (const [route, answer, known] of [
    [JOB_ROUTE, job({ id: 4711 }), JOB],
    [JOB_ROUTE, job({ run_id: 4711 }), JOB],
    [RUN_ROUTE, { id: 5, run_attempt: 3, status: 'completed' }, RUN],
  ] as const) {
    const isReadable = await shapeAskedFor(route, known);
    assert.equal(isReadable(answer), false, JSON.stringify(answer));
  }
});

/** What the answer of that route has to be like. */
async function shapeAskedFor(route: string, known: Unfinished): Promise<(data: unknown) => boolean> {
  const shapes = new Map<string, GetOptions['isReadable']>();
  const get = async (asked: string, { isReadable }: GetOptions): Promise<ApiResult<unknown>> => {
    shapes.set(asked, isReadable);
    return { kind: 'failed', reason: 'no answer', retryAtMs: null };
  };
  await openInquiry(
    { get } as unknown as GitHub,
    timeOf(() => NOW),
  ).about(known);
  return shapes.get(route) ?? assert.fail(`${route} was not asked`);
}

test('the repository and its workflows are requested once', async () => {
  const { inquiry } = open({ ...AROUND, [JOB_ROUTE]: job() });
  for (let times = 0; times < 3; times += 1) await inquiry.about(JOB);
  assert.equal(inquiry.requests, 3 + 2);
});

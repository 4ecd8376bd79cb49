import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, openFixture } from '../../../test/fixtures/api-listener.ts';
import { job } from '../../../test/fixtures/states.ts';
import { assertAnswers } from '../../../test/openapi.ts';
import { NOW } from '../../../test/store-conformance/store-case.ts';
import type { DatedJobPage } from '../../domain/job-list.ts';
import { type ListQuery, printListPlace } from '../../domain/list-query.ts';
import type { HistoryReader } from '../../domain/queries.ts';
import { answerQuery, type Queries } from '../../queries/all-queries.ts';
import type { AccessSettings } from '../access.ts';

const DAY_MS = 86_400_000;
const EMPTY: DatedJobPage = { asOfMs: NOW, nowMs: NOW, jobs: [], next: null };

function open(
  context: Parameters<typeof openFixture>[0],
  page: DatedJobPage = EMPTY,
  access: Partial<AccessSettings> = {},
) {
  const asked: ListQuery[] = [];
  const reader = {
    async listJobs(query: ListQuery) {
      asked.push(query);
      return page;
    },
    branchClasses: async () => ({ groups: [], stored: [] }),
  } as Partial<HistoryReader> as HistoryReader;
  const queries = {
    ask: (name: string, query: unknown) => answerQuery(name, reader, query),
  } as Queries;
  const fixture = openFixture(context, {
    queries,
    access,
    clock: () => NOW,
    webUrl: () => 'https://github.octo.example',
  });
  return fixture.then(({ url }) => ({
    url,
    asked,
    async list(parameters: string) {
      const { status, text } = await ask(`${url}/api/v1/jobs${parameters}`);
      const answer = JSON.parse(text);
      return { status, answer, message: answer.error?.message as string, query: asked.at(-1) };
    },
  }));
}

test('a job is shown in the documented form', async (context) => {
  const known = job({
    status: 'in_progress',
    startedAtMs: NOW - 400,
    hasStarted: true,
    runnerName: 'r1',
    queueMs: 600,
  });
  const page = { ...EMPTY, nowMs: NOW + 1000, jobs: [{ job: known, beganAtMs: NOW - 400 }] };
  const { list } = await open(context, page);
  const { status, answer } = await list('');
  assert.equal(status, 200);
  assertAnswers('Jobs', answer);
  assert.deepEqual(answer, {
    as_of: new Date(NOW).toISOString(),
    window: null,
    definitions: 'v1',
    jobs: [
      {
        job_id: known.jobId,
        run_id: known.runId,
        run_attempt: 1,
        repository: 'o/r',
        workflow: known.workflow,
        job_name: 'build',
        name: 'build',
        runs_on: 'a,b',
        status: 'in_progress',
        conclusion: null,
        stale: false,
        created_at: new Date(NOW - 1000).toISOString(),
        started_at: new Date(NOW - 400).toISOString(),
        completed_at: null,
        waiting_seconds: 1.4,
        queue_seconds: 0.6,
        duration_seconds: null,
        runner: 'r1',
        runner_group: null,
        url: `https://github.octo.example/o/r/actions/runs/${known.runId}/job/${known.jobId}`,
      },
    ],
    cursor: null,
  });
});

test('names are shown as labels, as in the metrics, and in full beside them', async (context) => {
  const known = job({
    name: 'build (20, ubuntu)',
    runsOn: [],
    status: 'completed',
    durationMs: 61_000,
    completedAtMs: NOW,
  });
  const { list } = await open(context, { ...EMPTY, jobs: [{ job: known, beganAtMs: NOW }] });
  const [shown] = (await list('?status=completed')).answer.jobs;
  assert.deepEqual(
    [
      shown.job_name,
      shown.name,
      shown.runs_on,
      shown.duration_seconds,
      shown.waiting_seconds,
      shown.started_at,
    ],
    ['build', 'build (20, ubuntu)', 'none', 61, null, null],
  );
});

test('query parameters become the query of the store', async (context) => {
  const { list } = await open(context);
  assert.deepEqual((await list('')).query, {
    ...{ repository: [], workflow: [], jobName: [], runsOn: [], label: [] },
    ...{ runnerGroup: [], branch: [], event: [], conclusion: [], sku: [] },
    statuses: ['requested', 'queued', 'pending', 'waiting', 'in_progress'],
    ...{ window: null, isStale: false, order: 'waiting', isDescending: true, limit: 100, after: null },
  });
  const filters =
    '?status=queued&status=waiting&runs_on=self-hosted%2Cgpu&runs_on=none&repository=o/r&repository=o/*&workflow=CI' +
    '&job_name=build&label=gpu&runner_group=big&branch=default&event=push&sort=created_at&limit=7&stale=true';
  const { query } = await list(filters);
  assert.deepEqual(
    [query?.statuses, query?.runsOn],
    [
      ['queued', 'waiting'],
      ['self-hosted,gpu', 'none'],
    ],
  );
  assert.deepEqual([query?.repository, query?.workflow, query?.jobName], [['o/r', 'o/*'], ['CI'], ['build']]);
  assert.deepEqual([query?.label, query?.runnerGroup], [['gpu'], ['big']]);
  assert.deepEqual([query?.branch, query?.event], [['default'], ['push']]);
  assert.deepEqual((await list('?sku=linux&sku=none')).query?.sku, ['linux', 'none']);
  assert.deepEqual(
    [query?.order, query?.isDescending, query?.limit, query?.isStale],
    ['created', false, 7, true],
  );
});

test('completed jobs have a window, by default the last day', async (context) => {
  const { list } = await open(context);
  const from = (ms: number, toMs = NOW) => ({ fromMs: NOW - ms, toMs });
  for (const [parameters, window] of [
    ['?status=completed', from(DAY_MS)],
    ['?conclusion=failure', from(DAY_MS)],
    ['?sku=linux_4_core', from(DAY_MS)],
    ['?from=-7d', from(7 * DAY_MS)],
    ['?status=completed&to=-1h', { fromMs: NOW - 3_600_000 - DAY_MS, toMs: NOW - 3_600_000 }],
    [`?from=${NOW / 1000 - 60}&to=${NOW / 1000 - 30}`, { fromMs: NOW - 60_000, toMs: NOW - 30_000 }],
    ['?from=2026-11-23T13%3A00%3A00%2B02%3A00', { fromMs: Date.UTC(2026, 10, 23, 11), toMs: NOW }],
  ] as const) {
    const { query, answer } = await list(parameters);
    assert.deepEqual(
      [query?.window, query?.statuses, query?.order],
      [window, ['completed'], 'completed'],
      parameters,
    );
    const { fromMs, toMs } = window;
    assert.deepEqual(answer.window, {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
    });
  }
});

test('every sort order works in both directions', async (context) => {
  const { list } = await open(context);
  for (const [sort, order] of [
    ['created_at', 'created'],
    ['queue_seconds', 'queue'],
    ['duration_seconds', 'duration'],
  ] as const) {
    for (const status of ['in_progress', 'completed']) {
      const { query } = await list(`?status=${status}&sort=${sort}`);
      assert.deepEqual([query?.order, query?.isDescending], [order, false]);
      const { query: other } = await list(`?status=${status}&sort=-${sort}`);
      assert.deepEqual([other?.order, other?.isDescending], [order, true]);
    }
  }
  assert.equal((await list('?sort=waiting_seconds')).query?.isDescending, false);
});

test('an empty parameter is ignored, as dashboards send them', async (context) => {
  const { list } = await open(context);
  const { status, query } = await list('?status=queued&runs_on=&conclusion=&from=&limit=&cursor=');
  assert.deepEqual([status, query?.runsOn, query?.limit], [200, [], 100]);
});

test('a cursor continues the list, only in the same order', async (context) => {
  const page = { ...EMPTY, next: { valueMs: null, ids: [8] } };
  const { list } = await open(context, page);
  const { answer } = await list('?status=queued');
  const next = await list(`?status=queued&cursor=${answer.cursor}`);
  assert.deepEqual(next.query?.after, page.next);
  const other = await list(`?status=queued&sort=created_at&cursor=${answer.cursor}`);
  assert.deepEqual(
    [other.status, other.message],
    [400, 'cursor belongs to another sort order: start again without it.'],
  );
  const place = { valueMs: -5, ids: [9] };
  const order = { order: 'waiting', isDescending: true } as const;
  assert.deepEqual((await list(`?cursor=${printListPlace(place, order)}`)).query?.after, place);
});

test('an impossible query is a 400 that says why', async (context) => {
  const { list, asked } = await open(context);
  for (const [parameters, message] of [
    ['?stauts=queued', /^There is no parameter "stauts"\. Did you mean status\?$/],
    [
      '?xyzzyxyzzy=1',
      /^There is no parameter "xyzzyxyzzy"\. This path takes only status, stale, from, to, repository/,
    ],
    ['?status=qeued', /^status must be one of requested, .*completed\. Did you mean queued\?$/],
    ['?status=queued&status=completed', /^status=completed must be asked for by itself/],
    ['?status=queued&from=-1h', /^from is for completed jobs/],
    ['?status=in_progress&conclusion=failure', /^conclusion is for completed jobs/],
    ['?status=queued&sku=linux', /^sku is for completed jobs/],
    ['?conclusion=failre', /^conclusion must be one of .* Did you mean failure\?$/],
    ['?repository=octo', /^repository must be owner\/name, or owner\/\*/],
    ['?repository=*/*', /^repository must be owner\/name, or owner\/\*/],
    ['?repository=octo/hi*', /^repository must be owner\/name, or owner\/\*/],
    ['?sort=age', /^sort must be one of created_at, .*, with - in front for descending\./],
    ['?status=completed&sort=waiting_seconds', /^sort=waiting_seconds is for jobs that are not completed/],
    [
      '?status=queued&sort=-completed_at',
      /^sort=completed_at is for completed jobs: ask for status=completed/,
    ],
    ['?status=completed&stale=true', /^stale=true is for jobs that are not completed/],
    ['?stale=yes', /^stale must be true or false/],
    ['?limit=0', /^limit must be a number from 1 to 500/],
    ['?limit=501', /^limit must be/],
    ['?limit=1e2', /^limit must be/],
    ['?limit=1&limit=2', /^limit may be given once only/],
    ['?from=yesterday', /^from must be a time such as/],
    ['?from=2026-13-45T00:00:00Z', /^from must be a time/],
    ['?from=2026-02-30T00:00:00Z', /^from must be a time/],
    ['?to=-1', /^to must be a time/],
    ['?from=-1h&to=-2h', /^from must be before to/],
    ['?cursor=abc', /^cursor must be one from an earlier answer/],
    [`?cursor=${Buffer.from('["waiting",true,"x",1]').toString('base64url')}`, /^cursor must be one/],
    [`?${'label=x&'.repeat(101)}`, /^label is given more than 100 times/],
  ] as const) {
    const { status, message: told } = await list(parameters);
    assert.equal(status, 400, parameters);
    assert.match(told, message);
  }
  assert.equal(asked.length, 0);
});

test('the list needs the same login as everything else that is read', async (context) => {
  const { url } = await open(context, EMPTY, { tokens: ['of-the-operator'] });
  assert.equal((await ask(`${url}/api/v1/jobs`)).status, 401);
  const headers = { Authorization: 'Bearer of-the-operator' };
  assert.equal((await ask(`${url}/api/v1/jobs`, { headers })).status, 200);
});

test('a list as a table has what the list has', async (context) => {
  const known = job({ name: '=cmd()', status: 'completed', completedAtMs: NOW });
  const { url } = await open(context, { ...EMPTY, jobs: [{ job: known, beganAtMs: NOW }] });
  const { text } = await ask(`${url}/api/v1/jobs?status=completed&format=csv`);
  const [header, row] = text.split('\r\n');
  const { answer } = await (await open(context, { ...EMPTY, jobs: [{ job: known, beganAtMs: NOW }] })).list(
    '?status=completed',
  );
  assert.deepEqual(header?.split(','), Object.keys(answer.jobs[0]));
  assert.match(row ?? '', /,'=cmd\(\),/);
});

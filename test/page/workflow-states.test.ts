import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { BrokenWorkflow, Failures, JobSummaryRow, WorkflowRow } from '../../src/domain/openapi-types.ts';
import { assertAnswers } from '../openapi.ts';
import { type Service, startService } from '../service.ts';
import { excessWidth } from './axe.ts';
import { openBrowser, type PageOptions, type TestBrowser } from './browser.ts';

/* The views of workflows, jobs and failures with answers that a test makes up: much, little, hostile, none. */

let browser: TestBrowser;
let service: Service;

before(async () => {
  [browser, service] = await Promise.all([openBrowser(), startService()]);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const AT = '2026-11-28T12:00:00.000Z';
const HEAD = {
  as_of: AT,
  window: { from: '2026-11-27T12:00:00.000Z', to: AT, step: null },
  definitions: 'v1',
} as const;

function workflow(name: string, repository = 'acme/web'): WorkflowRow {
  return {
    ...{
      repository,
      workflow: name,
      runs: 60,
      pass_rate: 0.9,
      durations: null,
      p50: 61,
      p95: 3700,
      queue_p95: null,
    },
    ...{ change: { absolute: 5, ratio: 0.1 }, total_seconds: 1e6, cost_dollars: 12.5, reruns: 3 },
    ...{ last: { conclusion: 'failure', at: AT, run_id: 7 }, consecutive_failures: 3 },
    strip: Array.from({ length: 60 }, (_, at) => [at % 9 === 0 ? 'failure' : 'success', at, at + 1] as const),
  };
}

function job(name: string): JobSummaryRow {
  const { runs, pass_rate, p50, p95, change, queue_p95 } = workflow('CI');
  const place = { repository: 'acme/web', workflow: 'CI', job_name: name };
  const durations = null;
  return {
    ...{ ...place, runs, pass_rate, durations, p50, p95, change, queue_p95 },
    ...{ total_seconds: 5000, flaky: 4, flaky_rate: 0.07, wasted_seconds: 300 },
    failures: { step: 3, timeout: 1, runner_lost: 0, startup: 0, rejected: 0, unknown: 0 },
    flaky_jobs: [
      { run_id: 1, run_attempt: 2, job_id: 3, at: AT, url: 'https://github.com/a/b/actions/runs/1/job/3' },
    ],
  };
}

function failures(names: readonly string[]): Failures {
  const [link] = job('x').flaky_jobs;
  const runs = link === undefined ? [] : [link];
  return {
    ...{ ...HEAD, window: { ...HEAD.window, step: '15m' }, total: names.length, change: null, cursor: null },
    reasons_read: true,
    broken: [],
    series:
      names.length === 0 ? [] : [{ cause: 'step', points: [[AT.replace('12:00', '11:45'), names.length]] }],
    rows: names.map((name) => ({
      ...{ repository: 'acme/web', workflow: name, job_name: name, step: name, cause: 'step', count: 1 },
      ...{ reason: null, exit_code: null },
      ...{ first_at: AT, last_at: AT, new: true, runs },
    })),
    groups: names.length,
  };
}

function brokenWorkflow(name: string): BrokenWorkflow {
  return {
    ...{ repository: 'acme/web', workflow: name, consecutive_failures: 2, failing_since: AT },
    ...{ last_success_at: null, last_run_at: AT },
    first_failure: { run_id: 5, run_number: 12, head_sha: 'abcdef0123' },
    last_failure: {
      ...{ run_id: 7, run_number: 14, conclusion: 'failure' },
      job: { job_id: 71, name, step: 'npm test' },
    },
  };
}

interface Made {
  readonly workflows?: readonly WorkflowRow[];
  readonly jobs?: readonly JobSummaryRow[];
  readonly failures?: Failures;
  readonly broken?: readonly BrokenWorkflow[];
}

/** Answers in place of the service, in pages as it does. */
function made({
  workflows = [],
  jobs = [],
  failures: failed = failures([]),
  broken = [],
}: Made): PageOptions['prepare'] {
  return async (page) => {
    const answer = (path: string, schema: string, rows: readonly unknown[]) =>
      page.route(`**${path}?*`, (route) => {
        const { searchParams } = new URL(route.request().url());
        const [offset, limit] = [
          Number(searchParams.get('cursor') ?? 0),
          Number(searchParams.get('limit') ?? 100),
        ];
        const end = offset + limit;
        const cursor = end < rows.length ? String(end) : null;
        const head = {
          ...HEAD,
          ...(path.endsWith('broken') && { window: null, known: Math.max(1, rows.length) }),
          ...(path.endsWith('workflows') && { by: 'workflow', group_labels: [] }),
        };
        const json = { ...head, rows: rows.slice(offset, end), groups: rows.length, cursor };
        assertAnswers(schema, json);
        return route.fulfill({ json });
      });
    await answer('/api/v1/workflows', 'Workflows', workflows);
    await answer('/api/v1/jobs/summary', 'JobsSummary', jobs);
    await answer('/api/v1/failures/broken', 'BrokenWorkflows', broken);
    assertAnswers('Failures', failed);
    await page.route('**/api/v1/failures?*', (route) => route.fulfill({ json: failed }));
  };
}

async function open(path: string, what: Made, options: PageOptions = {}) {
  const prepare = made(what);
  return browser.open(service.apiUrl + path, { ...options, ...(prepare && { prepare }) });
}

const HOSTILE = [
  '<img src=x onerror="document.title=1">',
  '"><script>document.title=1</script>',
  '\u202Eesrever\u202C rtl שלום',
  'ümläut 漢字 🐜',
  'w'.repeat(200),
  '=cmd()|calc',
];

test('hostile and very long names are text, and nothing is wider than the screen', async () => {
  const what = {
    workflows: HOSTILE.map((name) => workflow(name)),
    jobs: HOSTILE.map(job),
    failures: failures(HOSTILE),
    broken: HOSTILE.map(brokenWorkflow),
  };
  for (const size of ['wide', 'narrow'] as const) {
    await using opened = await open('/workflows', what, { size });
    const { page } = opened;
    for (const path of ['/workflows', '/jobs', '/jobs?tab=flaky', '/failures']) {
      await page.goto(service.apiUrl + path);
      await page.locator('.place-name').first().waitFor();
      const names = await page.locator('table').last().locator('.place-name').allTextContents();
      assert.deepEqual(names.toSorted(), HOSTILE.toSorted(), path);
      assert.match(await page.title(), /ant-watcher/);
      assert.equal(await excessWidth(page), 0, `${path} ${size}`);
    }
  }
});

test('a failure shows its reason with the exit code, which leads to exactly those, as a chip that can be dropped', async () => {
  const [row, other] = failures(['npm test', 'lint']).rows;
  assert.ok(row && other);
  const rows = [{ ...row, reason: 'exit_code', exit_code: 137 } as const, other];
  await using opened = await open('/failures', { failures: { ...failures(['npm test', 'lint']), rows } });
  const { page } = opened;
  const link = page.getByRole('link', { name: 'Exit code 137' });
  await link.waitFor();
  const asked = page.waitForRequest((request) => /failures\?.*exit_code=137/.test(request.url()));
  await link.click();
  const { searchParams } = new URL((await asked).url());
  assert.equal(searchParams.get('reason'), 'exit_code');
  const chip = page.locator('.chip', { hasText: 'Reason' });
  assert.equal(await chip.locator('.chip-value').textContent(), 'Exit code 137');
  const leads = new URL((await page.locator('.tile a').first().getAttribute('href')) ?? '', service.apiUrl);
  assert.deepEqual(
    ['reason', 'exit_code'].map((name) => leads.searchParams.get(name)),
    ['exit_code', '137'],
  );
  await page.getByRole('button', { name: 'Drop Reason Exit code 137' }).click();
  await chip.waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).search, '');
});

test('where GitHub is not asked for reasons, there is no empty column, and it is said how to ask', async () => {
  const answer = failures(['npm test']);
  await using opened = await open('/failures', { failures: { ...answer, reasons_read: false } });
  const { page } = opened;
  await page.getByText('that needs github.annotations').waitFor();
  assert.equal(await page.getByRole('columnheader', { name: 'Reason' }).count(), 0);
  // What was read before stays.
  const rows = answer.rows.map((row) => ({ ...row, reason: 'timeout' }) as const);
  await using before = await open('/failures', { failures: { ...answer, rows, reasons_read: false } });
  await before.page.getByRole('columnheader', { name: 'Reason' }).waitFor();
});

test('of 5,000 workflows those that are seen are made, and more are loaded when asked for', async () => {
  const workflows = Array.from({ length: 5000 }, (_, at) => workflow('CI', `acme/r${at}`));
  await using opened = await open('/workflows', { workflows });
  const { page } = opened;
  await page.getByText('100 of 5,000 workflows').waitFor();
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.getByText('200 of 5,000 workflows').waitFor();
  assert.ok((await page.locator('tbody tr:not(.spacer)').count()) < 150);
  assert.equal(await page.locator('table').getAttribute('aria-rowcount'), '201');
});

test('the order of a table is asked of the service and kept in the address', async () => {
  await using opened = await open('/workflows', { workflows: [workflow('CI')] });
  const { page } = opened;
  const asked = page.waitForRequest((request) => request.url().includes('sort=-pass_rate'));
  await page.getByRole('button', { name: 'Pass rate', exact: true }).click();
  await asked;
  assert.equal(new URL(page.url()).searchParams.get('sort'), '-pass_rate');
});

test('without any failure, flaky job or broken branch, the views say so', async () => {
  await using calm = await open('/failures', {});
  await calm.page.getByText('No default branch fails now.').waitFor();
  await calm.page.getByRole('heading', { name: 'Nothing failed' }).waitFor();
  await using steady = await open('/jobs?tab=flaky', {});
  await steady.page.getByRole('heading', { name: 'No flaky job' }).waitFor();
});

test('nothing in the window, nothing that matches, and what can be done about it', async () => {
  await using empty = await open('/workflows', {});
  await empty.page.getByRole('heading', { name: 'Nothing in this window' }).waitFor();
  await using none = await open('/workflows?repository=acme/none', {});
  await none.page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
  await none.page.locator('main').getByRole('link', { name: 'acme/none' }).click();
  await none.page.getByRole('heading', { name: 'Nothing in this window' }).waitFor();
});

test('a question that takes too long, or fails, is said with what to do', async () => {
  for (const [path, call] of [
    ['/workflows', 'workflows'],
    ['/jobs', 'jobs/summary'],
    ['/failures', 'failures'],
  ] as const) {
    const error = { code: 'query_too_slow', message: 'It took over 10 seconds.' };
    const prepare = (page: Page) =>
      page.route(`**/api/v1/${call}?*`, (route) => route.fulfill({ status: 503, json: { error } }));
    await using opened = await browser.open(service.apiUrl + path, { prepare });
    await opened.page.getByText('Choose a shorter window or add a filter').waitFor();
    await opened.page.getByRole('button', { name: 'Try again' }).waitFor();
  }
});

test('all that is said of default branches that fail is asked for once', async () => {
  const what = made({ failures: failures(['CI', 'Nightly']), broken: ['CI', 'Nightly'].map(brokenWorkflow) });
  const asked: string[] = [];
  await using opened = await browser.open(`${service.apiUrl}/failures`, {
    prepare: async (page) => {
      await what?.(page);
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    },
  });
  const { page } = opened;
  await page.getByRole('link', { name: '#12 abcdef0' }).first().waitFor();
  await page.getByRole('link', { name: '#14' }).first().waitFor();
  await page.getByRole('link', { name: 'npm test' }).first().waitFor();
  assert.deepEqual(asked.filter((path) => /^\/api\/v1\/(failures|run)/.test(path)).toSorted(), [
    '/api/v1/failures',
    '/api/v1/failures/broken',
  ]);
  const sorted = page.waitForRequest((request) => request.url().includes('sort=-consecutive_failures'));
  await page.getByRole('button', { name: 'In a row', exact: true }).click();
  await sorted;
});

test('a cause leads to its failures alone, and back to all', async () => {
  await using opened = await open('/failures', { failures: failures(['a', 'b']) });
  const { page } = opened;
  const asked = page.waitForRequest((request) => request.url().includes('cause=step'));
  await page.locator('.tile', { hasText: 'Step' }).locator('.tile-value a').click();
  await asked;
  const drop = page.getByRole('button', { name: 'Drop Cause Failed step' });
  await drop.click();
  await drop.waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).searchParams.has('cause'), false);
});

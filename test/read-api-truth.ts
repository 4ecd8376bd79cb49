import assert from 'node:assert/strict';
import { OPERATIONS } from '../src/api/read-api/operations.ts';
import type {
  Cost,
  Failures,
  Jobs,
  JobsSummary,
  Now,
  Queues,
  Runs,
  Workflows,
} from '../src/domain/openapi-types.ts';
import { assertAnswers } from './openapi.ts';
import { labelsOf, type Samples, sumOf } from './samples.ts';
import type { Service } from './service.ts';

/*
 * The read API must say what `/metrics` says, to the last job: the same facts, cut in other ways.
 */

/** Everything that the service can have counted. */
const SINCE_EVER = 'from=-400d';

interface Answers {
  readonly Queues: Queues;
  readonly Workflows: Workflows;
  readonly JobsSummary: JobsSummary;
  readonly Failures: Failures;
  readonly Cost: Cost;
  readonly Jobs: Jobs;
  readonly Runs: Runs;
  readonly Now: Now;
}

/** Compares the sums of every answer with the samples, which nothing has changed since. */
export async function expectReadApiTruth(service: Service, samples: Samples): Promise<void> {
  await expectQueues(service, samples);
  await expectWorkflows(service, samples);
  await expectJobs(service, samples);
  await expectCost(service, samples);
  await expectNow(service, samples);
  await expectLists(service, samples);
}

async function expectQueues(service: Service, samples: Samples): Promise<void> {
  for (const by of ['runs_on', 'repository', 'workflow'] as const) {
    const pages = await allPages(
      service,
      'Queues',
      `${OPERATIONS.queues.path}?by=${by}&${SINCE_EVER}&step=1d`,
    );
    const summary = pages.flatMap((page) => page.summary);
    const series = pages.flatMap((page) => page.series);
    const labels = by === 'workflow' ? ['repository', 'workflow'] : [by];
    expectSums(samples, 'github_actions_job_queue_seconds_count', labels, summary, ({ count }) => count);
    expectSums(samples, 'github_actions_job_queue_seconds_sum', labels, summary, (row) => row.total_seconds);
    const inPoints = series.map((each) => ({
      ...each,
      count: each.points.reduce((sum, [, count]) => sum + count, 0),
    }));
    expectSums(samples, 'github_actions_job_queue_seconds_count', labels, inPoints, ({ count }) => count);
    assert.equal(pages[0]?.total.count, sumOf(samples, 'github_actions_job_queue_seconds_count'));
  }
}

async function expectWorkflows(service: Service, samples: Samples): Promise<void> {
  const pages = await allPages(service, 'Workflows', `${OPERATIONS.workflows.path}?${SINCE_EVER}`);
  const rows = pages.flatMap((page) => page.rows);
  const labels = ['repository', 'workflow'];
  expectSums(samples, 'github_actions_runs_total', labels, rows, ({ runs }) => runs);
  expectSums(samples, 'github_actions_job_duration_seconds_sum', labels, rows, (row) => row.total_seconds);
  expectSums(samples, 'github_actions_cost_dollars_total', labels, rows, (row) => row.cost_dollars);
  for (const row of rows)
    assert.ok(row.pass_rate === null || row.strip.length > 0, `${row.workflow} has runs in its strip`);
}

async function expectJobs(service: Service, samples: Samples): Promise<void> {
  const pages = await allPages(service, 'JobsSummary', `${OPERATIONS.jobsSummary.path}?${SINCE_EVER}`);
  const rows = pages.flatMap((page) => page.rows);
  const labels = ['repository', 'workflow', 'job_name'];
  expectSums(samples, 'github_actions_jobs_total', labels, rows, ({ runs }) => runs);
  expectSums(samples, 'github_actions_job_duration_seconds_sum', labels, rows, (row) => row.total_seconds);
  expectSums(samples, 'github_actions_flaky_jobs_total', labels, rows, ({ flaky }) => flaky);
  const causes = rows.flatMap((row) =>
    Object.entries(row.failures).map(([cause, count]) => ({ ...row, cause, count })),
  );
  expectSums(
    samples,
    'github_actions_job_failures_total',
    [...labels, 'cause'],
    causes,
    ({ count }) => count,
  );
  const wasted = 'github_actions_wasted_seconds_total';
  expectSums(samples, wasted, labels.slice(0, 2), rows, (row) => row.wasted_seconds);
  const failures = await allPages(service, 'Failures', `${OPERATIONS.failures.path}?${SINCE_EVER}`);
  const failed = failures.flatMap((page) => page.rows);
  expectSums(
    samples,
    'github_actions_job_failures_total',
    [...labels, 'cause'],
    failed,
    ({ count }) => count,
  );
  assert.equal(failures[0]?.total, sumOf(samples, 'github_actions_job_failures_total'));
}

async function expectCost(service: Service, samples: Samples): Promise<void> {
  for (const by of ['sku', 'repository', 'workflow'] as const) {
    const pages = await allPages(service, 'Cost', `${OPERATIONS.cost.path}?by=${by}&${SINCE_EVER}&step=1d`);
    const rows = pages.flatMap((page) => page.rows).filter((row) => row.sku !== null);
    const labels = by === 'workflow' ? ['repository', 'workflow'] : [by];
    expectSums(samples, 'github_actions_billed_seconds_total', labels, rows, (row) => row.billed_seconds);
    expectSums(samples, 'github_actions_cost_dollars_total', labels, rows, ({ dollars }) => dollars);
    if (by !== 'sku') {
      const spent = rows.flatMap(({ wasted_dollars: wasted, ...row }) => [
        { ...row, reason: 'repeated', dollars: wasted.rerun },
        { ...row, reason: 'cancelled', dollars: wasted.cancelled },
      ]);
      const ofWaste = [...labels, 'reason'];
      expectSums(samples, 'github_actions_wasted_dollars_total', ofWaste, spent, ({ dollars }) => dollars);
      expectSums(
        samples,
        'github_actions_unpriced_seconds_total',
        labels,
        rows,
        (row) => row.unpriced_seconds,
      );
    }
    const inPoints = pages[0]?.series.map(({ sku, points }) => ({
      sku,
      dollars: points.reduce((sum, [, each]) => sum + each, 0),
    }));
    expectSums(
      samples,
      'github_actions_cost_dollars_total',
      ['sku'],
      inPoints ?? [],
      ({ dollars }) => dollars,
    );
  }
}

async function expectNow(service: Service, samples: Samples): Promise<void> {
  const [first] = await allPages(service, 'Now', OPERATIONS.now.path);
  const active = 'github_actions_active_jobs';
  for (const status of ['queued', 'waiting', 'in_progress'] as const) {
    assert.equal(first?.totals[status], sumOf(samples, active, { status }), `${status} now`);
    expectSums(
      samples,
      active,
      ['runs_on', 'status'],
      (first?.groups ?? []).map((each) => ({ ...each, status })),
      (row) => row[status],
      { status },
    );
  }
  assert.equal(first?.totals.stale, sumOf(samples, 'github_actions_stale_jobs'));
}

async function expectLists(service: Service, samples: Samples): Promise<void> {
  const jobs = await allPages(service, 'Jobs', `${OPERATIONS.jobs.path}?status=completed&${SINCE_EVER}`);
  const listed = jobs
    .flatMap((page) => page.jobs)
    .map((job) => ({ ...job, conclusion: job.conclusion ?? 'unknown' }));
  const labels = ['repository', 'workflow', 'job_name', 'runs_on', 'conclusion'];
  expectSums(samples, 'github_actions_jobs_total', labels, listed, () => 1);
  const ended = await allPages(service, 'Runs', `${OPERATIONS.runs.path}?status=completed&${SINCE_EVER}`);
  const attempts = ended.flatMap((page) => page.runs);
  const ofRuns = ['repository', 'workflow', 'branch', 'conclusion'];
  expectSums(samples, 'github_actions_runs_total', [...ofRuns, 'event'], attempts, () => 1);
  expectSums(
    samples,
    'github_actions_run_duration_seconds_sum',
    ofRuns,
    attempts,
    (run) => run.duration_seconds ?? 0,
  );
  const openRuns = await allPages(service, 'Runs', OPERATIONS.runs.path);
  assert.equal(openRuns.flatMap((page) => page.runs).length, sumOf(samples, 'github_actions_active_runs'));
  const active = await allPages(service, 'Jobs', OPERATIONS.jobs.path);
  assert.equal(active.flatMap((page) => page.jobs).length, sumOf(samples, 'github_actions_active_jobs'));
}

/** The rows, added up by those labels, are what the series with them add up to. */
function expectSums<Row extends object>(
  samples: Samples,
  metric: string,
  labels: readonly string[],
  rows: readonly Row[],
  amountOf: (row: Row) => number,
  only: Readonly<Record<string, string>> = {},
): void {
  const expected = new Map<string, number>();
  for (const [key, value] of samples) {
    const { name, labels: own } = labelsOf(key);
    if (name !== metric || Object.entries(only).some(([label, text]) => own[label] !== text)) continue;
    add(expected, labels.map((label) => own[label]).join(' | '), value);
  }
  const found = new Map<string, number>();
  for (const row of rows)
    add(found, labels.map((label) => (row as Record<string, unknown>)[label]).join(' | '), amountOf(row));
  assert.deepEqual(rounded(found), rounded(expected), `${metric} by ${labels.join(', ')}`);
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

/** Without zeros, which only one of the two shows, and without what adding in another order changes. */
function rounded(sums: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return Array.from(sums, ([key, value]) => [key, Math.round(value * 1e6) / 1e6] as const)
    .filter(([, value]) => value !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** All pages of an answer, each checked against the OpenAPI document. */
async function allPages<Schema extends keyof Answers>(
  service: Service,
  schema: Schema,
  path: string,
): Promise<readonly Answers[Schema][]> {
  const pages: Answers[Schema][] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more = cursor === '' ? '' : `${path.includes('?') ? '&' : '?'}cursor=${cursor}`;
    const response = await service.get(`${path}${more}`);
    const answer = (await response.json()) as Answers[Schema];
    assert.equal(response.status, 200, `${path}: ${JSON.stringify(answer).slice(0, 500)}`);
    assertAnswers(schema, answer);
    pages.push(answer);
    cursor = answer.cursor;
    assert.ok(pages.length < 1000, `${path} ends`);
  }
  return pages;
}

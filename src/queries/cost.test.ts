import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finishedJob } from '../../test/fixtures/facts.ts';
import { assertAnswers } from '../../test/openapi.ts';
import type { FinishedJob } from '../domain/history.ts';
import type { CostRow } from '../domain/openapi-types.ts';
import { NO_FILTERS } from '../domain/queries.ts';
import { type CostQuery, cost } from './cost.ts';
import { fakeReader } from './fake-reader.ts';

const HOUR_MS = 3_600_000;
const [FROM, TO, NOW] = [30 * HOUR_MS, 60 * HOUR_MS, 90 * HOUR_MS];
const QUERY: CostQuery = {
  by: 'repository',
  window: { fromMs: FROM, toMs: TO },
  filters: NO_FILTERS,
  step: '1h',
  paging: { sort: '-dollars', offset: 0, limit: 500 },
};

function ask(finishedJobs: readonly FinishedJob[], query: Partial<CostQuery> = {}) {
  return cost(fakeReader({ nowMs: NOW, finishedJobs, repositoryLabels: LABELLED }), { ...QUERY, ...query });
}

function job(over: Partial<FinishedJob>): FinishedJob {
  return finishedJob({ endedAtMs: FROM, sku: 'linux', billedSeconds: 60, microDollars: 6000, ...over });
}

test('wasted money is of one kind only: cancelled, failed, or failed and run again', async () => {
  const { total } = await ask([
    job({ jobId: 1, runId: 1, conclusion: 'failure', wasted: 'repeated' }),
    job({ jobId: 2, runId: 1, runAttempt: 2, conclusion: 'failure', microDollars: 100 }),
    job({
      jobId: 3,
      runId: 1,
      conclusion: 'cancelled',
      jobName: 'deploy',
      microDollars: 20,
      wasted: 'cancelled',
    }),
    job({ jobId: 4, runId: 2, conclusion: 'timed_out', microDollars: 3 }),
    job({ jobId: 5, runId: 2, conclusion: 'success', microDollars: 50_000 }),
  ]);
  assert.deepEqual(total.wasted_dollars, { failed: 0.000103, cancelled: 0.00002, rerun: 0.006 });
});

test('time without a price, and what is free, has no sku and no money', async () => {
  const { rows, series } = await ask(
    [
      job({ jobId: 1, sku: null, billedSeconds: 0, microDollars: 0, unpricedSeconds: 120 }),
      job({ jobId: 2, sku: 'self_hosted', microDollars: 0 }),
    ],
    { by: 'sku' },
  );
  assert.deepEqual(
    rows.map(({ sku, unpriced_seconds: unpriced, dollars }) => [sku, unpriced, dollars]),
    [
      ['self_hosted', 0, 0],
      [null, 120, 0],
    ],
  );
  assert.deepEqual(series, []);
});

test('sums of many small prices are exact', async () => {
  const jobs = Array.from({ length: 1000 }, (_, at) => job({ jobId: at + 1, microDollars: 6002 }));
  assert.equal((await ask(jobs)).total.dollars, 6.002);
});

const TEAM_OF: Readonly<Record<string, string>> = { 'o/a': 'web', 'p/a': 'web' };
const LABELLED = new Map(
  Object.entries(TEAM_OF).map(([name, value]) => [name, [{ label: 'team', value, from: 'known' } as const]]),
);

const JOBS = fc.array(
  fc.record({
    runId: fc.integer({ min: 1, max: 3 }),
    runAttempt: fc.integer({ min: 1, max: 3 }),
    workflow: fc.constantFrom('CI', 'Release'),
    jobName: fc.constantFrom('build', 'test'),
    runsOn: fc.constantFrom('ubuntu', 'self-hosted,gpu'),
    conclusion: fc.constantFrom('success', 'failure', 'cancelled', 'timed_out', 'skipped'),
    sku: fc.constantFrom(null, 'linux', 'windows'),
    microDollars: fc.nat(9000),
    unpricedSeconds: fc.constantFrom(0, 60),
    billedSeconds: fc.constantFrom(0, 60, 120),
    durationMs: fc.constantFrom(null, 0, 1500),
    endedAtMs: fc.integer({ min: 0, max: NOW }),
    wasted: fc.constantFrom(null, 'repeated' as const),
  }),
  { maxLength: 25 },
);
const QUESTIONS = fc.record({
  by: fc.constantFrom('sku', 'repository', 'workflow', 'job_name', 'conclusion', 'repository_label'),
  label: fc.constantFrom(undefined, 'team'),
  step: fc.constantFrom('1h' as const, '1d' as const),
  filters: fc
    .record({
      repository: fc.constantFrom<string[]>([], ['o/*'], ['o/b', 'p/a']),
      runsOn: fc.constantFrom<string[]>([], ['ubuntu']),
    })
    .map((filters) => ({ ...NO_FILTERS, ...filters })),
});

test('for any jobs, the answer is what a naive sum over them says, and its parts add up', async () => {
  await fc.assert(
    fc.asyncProperty(JOBS, QUESTIONS, async (shapes, question) => {
      const jobs = shapes.map((shape, at) =>
        // Money is only known of what has a sku.
        finishedJob({
          ...shape,
          jobId: at + 1,
          repository: ['o/a', 'o/b', 'p/a'][shape.runId - 1] ?? '',
          // Only what failed can have run again.
          wasted: shape.conclusion === 'cancelled' ? 'cancelled' : hasFailed(shape) ? shape.wasted : null,
          ...(shape.sku === null ? { microDollars: 0 } : { unpricedSeconds: 0 }),
        }),
      );
      const answer = await ask(jobs, question);
      assertAnswers('Cost', answer);
      const expected = naiveRows(jobs, question);
      const nameOf = (row: CostRow) =>
        [row.sku, row.conclusion, row.repository, row.workflow, row.job_name, row.repository_label]
          .join()
          .replace(/,$/, '');
      assert.deepEqual(
        answer.rows.map((row) => [nameOf(row), ...naiveForm(row)]).sort(),
        [...expected].map(([name, row]) => [name, ...row]).sort(),
      );
      const micro = (dollars: number) => Math.round(dollars * 1e6);
      const points = answer.series.flatMap((each) => each.points.map(([, dollars]) => micro(dollars)));
      assert.equal(sum(points), micro(answer.total.dollars));
      assert.equal(sum(answer.rows.map(({ dollars }) => micro(dollars))), micro(answer.total.dollars));
      assert.equal(sum(answer.rows.map((row) => row.jobs)), answer.total.jobs);
    }),
  );
});

/** In micro dollars: jobs, ms, billed, unpriced, dollars, failed, cancelled, rerun, dollars before (null: not kept). */
type NaiveRow = readonly (number | null)[];

function naiveForm(row: CostRow): NaiveRow {
  const { failed, cancelled, rerun } = row.wasted_dollars;
  const money = [row.dollars, failed, cancelled, rerun].map((dollars) => Math.round(dollars * 1e6));
  const before = row.change && Math.round((row.dollars - row.change.absolute) * 1e6);
  return [row.jobs, row.total_seconds * 1000, row.billed_seconds, row.unpriced_seconds, ...money, before];
}

function hasFailed({ conclusion }: Pick<FinishedJob, 'conclusion'>): boolean {
  return conclusion === 'failure' || conclusion === 'timed_out';
}

function naiveRows(
  jobs: readonly FinishedJob[],
  { by, filters }: Pick<CostQuery, 'by' | 'filters'>,
): ReadonlyMap<string, NaiveRow> {
  const fits = ({ repository, runsOn }: FinishedJob) =>
    (filters.repository.length === 0 ||
      filters.repository.includes(repository) ||
      filters.repository.includes(`${repository[0]}/*`)) &&
    (filters.runsOn.length === 0 || filters.runsOn.includes(runsOn));
  const nameOf = ({ sku, repository, workflow, jobName, conclusion }: FinishedJob) =>
    ({
      sku: [sku, '', '', '', ''],
      conclusion: ['', conclusion, '', '', ''],
      repository: ['', '', repository, '', ''],
      workflow: ['', '', repository, workflow, ''],
      job_name: ['', '', repository, workflow, jobName],
      repository_label: ['', '', '', '', '', `team=${TEAM_OF[repository] ?? 'none'}`],
    })[by].join();
  const among = (fromMs: number, toMs: number) =>
    jobs.filter((each) => fits(each) && each.endedAtMs >= fromMs && each.endedAtMs < toMs);
  const hasBefore = jobs.some(({ endedAtMs }) => endedAtMs <= FROM - (TO - FROM));
  const ranAgain = ({ wasted }: FinishedJob) => wasted === 'repeated';
  const now = among(FROM, TO);
  return new Map(
    [...new Set(now.map(nameOf))].map((name) => {
      const own = now.filter((each) => nameOf(each) === name);
      const money = (list: readonly FinishedJob[]) => sum(list.map(({ microDollars }) => microDollars));
      const before = among(FROM - (TO - FROM), FROM).filter((each) => nameOf(each) === name);
      return [
        name,
        [
          own.length,
          sum(own.map(({ durationMs }) => durationMs ?? 0)),
          sum(own.map(({ billedSeconds }) => billedSeconds)),
          sum(own.map(({ unpricedSeconds }) => unpricedSeconds)),
          money(own),
          money(own.filter((each) => hasFailed(each) && !ranAgain(each))),
          money(own.filter(({ conclusion }) => conclusion === 'cancelled')),
          money(own.filter((each) => hasFailed(each) && ranAgain(each))),
          hasBefore ? money(before) : null,
        ],
      ];
    }),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

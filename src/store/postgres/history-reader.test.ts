import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { companyRuns } from '../../../simulator/company/company.ts';
import { deliveriesOfRuns } from '../../../simulator/deliveries.ts';
import { copyToPostgres } from '../../../test/copied-store.ts';
import { deliveryOf, openPipeline } from '../../../test/pipeline.ts';
import { type PostgresServer, startPostgres } from '../../../test/postgres.ts';
import { openTemporaryFolder } from '../../../test/temporary-folder.ts';
import { parseBranchPattern } from '../../domain/branch-pattern.ts';
import { parseLabelPatterns } from '../../domain/label-patterns.ts';
import type { ListQuery } from '../../domain/list-query.ts';
import { type HistoryFilters, NO_FILTERS, type QuestionMoment, type Window } from '../../domain/queries.ts';
import { answerQuery, type QueryName, type QueryOf } from '../../queries/all-queries.ts';
import { facets } from '../../queries/facets.ts';
import { readOnly as readSqlite } from '../sqlite/read-only.ts';
import { Connections } from './connections.ts';
import { readOnly } from './read-only.ts';
import { statement } from './statement.ts';
import { openPostgresStore } from './store.ts';

/*
 * Every question has the same answer from both databases.
 */

const NOW = Date.parse('2026-11-25T09:00:00Z');
const HOUR_MS = 3_600_000;
const WEB_URL = 'https://github.com';
const MOMENT: QuestionMoment = {
  ...{ nowMs: NOW, asOfMs: NOW },
  branchGroups: [{ name: "it's", patterns: [] }],
  repositoryLabels: [
    { label: 'team', property: null, values: [{ value: 'a', repositories: [parseBranchPattern('*/a**')] }] },
  ],
};
const WINDOWS: readonly Window[] = [
  { fromMs: NOW - 30 * 24 * HOUR_MS, toMs: NOW },
  { fromMs: NOW - 0.5 * HOUR_MS, toMs: NOW - 0.2 * HOUR_MS },
];

let server: PostgresServer;
let connections: Connections;
const folder = openTemporaryFolder();
const path = join(folder.path, 'a.db');
before(async () => {
  server = await startPostgres();
  await storeWorld();
  const url = await server.createDatabase();
  await copyToPostgres(path, url);
  await using store = await openPostgresStore({ url, password: null });
  while (!(await store.packHistory(NOW - HOUR_MS, Number.MAX_SAFE_INTEGER)));
  assert.equal(await hoursPacked(url), 5, 'of two hours, the first');
  connections = new Connections({ url, password: null, most: 2, name: 'test' });
});
after(async () => {
  await connections.close();
  await server[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

async function hoursPacked(url: string): Promise<number> {
  const reader = new Connections({ url, password: null, most: 1, name: 'test' });
  const select = statement('SELECT COUNT(*) AS count FROM packed_hours WHERE size > 0');
  const [row] = await reader.read((session) => session.rows<{ readonly count: number }>(select));
  await reader.close();
  return row?.count ?? 0;
}

/** An hour and a half of a company, a part of which is packed. */
async function storeWorld(): Promise<void> {
  const runs = [];
  for (const run of companyRuns({ seed: 'answers', startMs: NOW - 1.5 * HOUR_MS, presentMs: NOW })) {
    if (run.createdMs > NOW) break;
    runs.push(run);
  }
  await using pipeline = await openPipeline({ url: `sqlite:${path}`, clock: { nowMs: NOW } });
  const sent = Array.from(deliveriesOfRuns(runs, { seed: 'answers', endMs: NOW }), ({ guid, event, body }) =>
    deliveryOf({ guid, event, body: body() }, NOW),
  );
  await pipeline.accept(sent);
  await pipeline.settle();
  assert.ok(await pipeline.store.packHistory(NOW, Number.MAX_SAFE_INTEGER));
}

type Questions = { readonly [Name in QueryName]: readonly QueryOf<Name>[] };

function deploymentFilters({ repository }: HistoryFilters) {
  return { repository, environment: [], state: [] };
}

/** Every question, about what fits. */
function questionsAbout(window: Window, filters: HistoryFilters, ids: readonly number[]): Questions {
  const step = '15m';
  const common = { window, filters, step, webUrl: WEB_URL } as const;
  const page = (sort: string) => ({ sort, offset: 0, limit: 100 });
  const list = (over: Partial<ListQuery>) => ({
    webUrl: WEB_URL,
    query: { ...filters, ...OPEN_LIST, ...over },
  });
  const ended = { window, statuses: ['completed'] } as const;
  const failure = { ...common, causes: [], reasons: [], exitCode: undefined };
  return {
    jobs: [
      list({}),
      list({ order: 'waiting', isStale: true }),
      list({ ...ended, order: 'completed', isDescending: true, limit: 7 }),
      list({ ...ended, order: 'queue', sku: ['actions_linux'] }),
      list({ ...ended, order: 'duration', after: { valueMs: 60_000, ids: [0] } }),
      list({ ...ended, order: 'created', after: { valueMs: null, ids: [0] } }),
    ],
    runs: [list({}), list({ ...ended, order: 'completed' }), list({ ...ended, order: 'queue' })],
    run: ids.map((runId) => ({ runId, attempt: null, webUrl: WEB_URL })),
    explainJob: ids,
    explainRun: ids,
    now: [{ ...common, isStale: false, status: null, limit: 50, after: null, freshness: FRESHNESS }],
    runners: [
      { ...common, timeZone: 'Europe/Berlin', counted: [], labelled: [], lastIdle: [], missing: null },
    ],
    facets: [{ window, text: '', repository: filters.repository }],
    queues: (['runs_on', 'repository', 'workflow', 'repository_label'] as const).map((by) => ({
      ...{ ...common, by },
      ...page('-p95_seconds'),
    })),
    cost: (['sku', 'repository', 'workflow', 'job_name', 'conclusion', 'repository_label'] as const).map(
      (by) => ({
        ...{ ...common, by },
        paging: page('-dollars'),
      }),
    ),
    billing: [
      {
        ...{ owners: ['lumen-works'], missing: [] },
        reports: [{ owner: 'lumen-works', atMs: NOW + 2 * 86_400_000, accounts: ['lumen-works'], rows: [] }],
      },
    ],
    load: (['runs_on', 'repository'] as const).map((by) => ({ ...common, by, limit: 10 })),
    queueJobs: [{ ...common, offset: 3, limit: 20 }],
    capacity: filters.runsOn.map((runsOn) => ({ window, runsOn, targetP95Ms: 60_000 })),
    workflows: (['workflow', 'repository_label'] as const).map((by) => ({ ...common, by, ...page('-runs') })),
    workflowTrend: [common],
    workflowSteps: filters.repository.map((repository) => ({
      ...{ ...common, repository },
      ...page('-p50_seconds'),
    })),
    jobsSummary: [
      { ...common, isFlaky: false, ...page('-runs') },
      { ...common, isFlaky: true, ...page('-runs') },
    ],
    failures: [{ ...failure, ...page('-count') }],
    failureJobs: [{ ...failure, step: undefined, offset: 0, limit: 20 }],
    brokenWorkflows: [{ filters, ...page('-failures') }],
    deployments: [
      { window, filters: deploymentFilters(filters), webUrl: WEB_URL, offset: 0, limit: 100 },
      {
        ...{ window, webUrl: WEB_URL, offset: 1, limit: 2 },
        filters: { repository: [], environment: ['production'], state: ['success'] },
      },
    ],
    deploymentsSummary: [{ window, filters: deploymentFilters(filters), ...page('-deployments') }],
  };
}

const OPEN_LIST: Omit<ListQuery, keyof HistoryFilters> = {
  ...{ statuses: ['queued', 'waiting', 'in_progress'], window: null, isStale: false },
  ...{ order: 'created', isDescending: false, limit: 50, after: null },
};
const FRESHNESS: QueryOf<'now'>['freshness'] = {
  ...{ state: 'fresh', last_delivery_at: null, oldest_unprocessed_at: null, recovery_lag_seconds: null },
};

/** Filters that each select something: the most frequent value of each. */
async function someFilters(): Promise<HistoryFilters[]> {
  const { fromMs, toMs } = WINDOWS[0] as Window;
  const found = await readSqlite(path, MOMENT, (reader) =>
    facets(reader, { window: { fromMs, toMs }, text: '', repository: [] }),
  );
  const repository = [found.repositories[0]?.name ?? ''];
  const runsOn = [found.runs_on[0]?.name ?? ''];
  const each: Partial<HistoryFilters>[] = [
    {},
    { repository },
    { repository: [`${repository[0]?.split('/')[0]}/*`, 'nobody/*'] },
    { workflow: [found.workflows[0]?.name ?? '', 'no%such_workflow'] },
    { jobName: [found.job_names[0]?.name ?? ''] },
    { runsOn },
    { label: [found.labels[0]?.name ?? ''] },
    { runnerGroup: [found.runner_groups[0]?.name ?? ''] },
    { branch: [found.branches[0]?.name ?? ''] },
    { event: [found.events[0]?.name ?? '', found.events[1]?.name ?? ''] },
    { conclusion: ['failure'] },
    { runsOn, event: ['push'], branch: ['default'], conclusion: ['success', 'failure'] },
    { jobName: ['a\0b', '\ud83d'], branch: ["it's", 'pull_request'], label: ['%'] },
    { runsOn: ['ubuntu-*'] },
  ];
  return each.map((filters) => ({ ...NO_FILTERS, ...filters }));
}

test('every question has the same answer from both databases', { timeout: 600_000 }, async () => {
  const parsed = parseLabelPatterns('runs_on=ubuntu-*; repository=*/a**');
  assert.ok('patterns' in parsed);
  const { patterns: labelPatterns } = parsed;
  const ids = await someIds();
  const asked = new Map<string, number>();
  for (const filters of await someFilters())
    for (const window of WINDOWS) {
      const moment = filters.runsOn.includes('ubuntu-*') ? { ...MOMENT, labelPatterns } : MOMENT;
      for (const [name, queries] of Object.entries(questionsAbout(window, filters, ids.splice(0))))
        for (const query of queries) {
          const told = `${name} ${JSON.stringify(query)}`;
          const expected = await readSqlite(path, moment, (reader) => answerQuery(name, reader, query));
          const found = await readOnly(connections, moment, (reader) => answerQuery(name, reader, query));
          // As they come from the thread that reads.
          assert.deepEqual(structuredClone(found), structuredClone(expected), told);
          asked.set(name, (asked.get(name) ?? 0) + JSON.stringify(expected).length);
        }
    }
  assert.ok(
    [...asked.values()].every((length) => length > 1000),
    JSON.stringify([...asked]),
  );
});

/** Some runs, and some of their jobs. */
async function someIds(): Promise<number[]> {
  const window = WINDOWS[0] as Window;
  return readSqlite(path, MOMENT, async (reader) => {
    for await (const { runId, jobId } of reader.finishedJobs(window, NO_FILTERS, ['runId', 'jobId']))
      return [...runId.subarray(0, 3), ...jobId.subarray(0, 3)];
    return [];
  });
}

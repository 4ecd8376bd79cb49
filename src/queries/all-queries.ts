import type { HistoryReader } from '../domain/queries.ts';
import { withStoredFilters } from './asked-filters.ts';
import { billing } from './billing.ts';
import { brokenWorkflows } from './broken-workflows.ts';
import { capacity } from './capacity.ts';
import { cost } from './cost.ts';
import { deployments } from './deployments.ts';
import { deploymentsSummary } from './deployments-summary.ts';
import { facets } from './facets.ts';
import { failureJobs } from './failure-jobs.ts';
import { failures } from './failures.ts';
import { jobs } from './jobs.ts';
import { jobsSummary } from './jobs-summary.ts';
import { load } from './load.ts';
import { now } from './now.ts';
import { queueJobs } from './queue-jobs.ts';
import { queues } from './queues.ts';
import { run } from './run.ts';
import { runners } from './runners.ts';
import { runs } from './runs.ts';
import { workflowSteps } from './workflow-steps.ts';
import { workflowTrend } from './workflow-trend.ts';
import { workflows } from './workflows.ts';

/*
 * Every question that can be asked of the database, by name. To add one: write it in a file of its own, and
 * add a line here. `Queries.ask` knows its types from that.
 */

// biome-ignore lint/suspicious/noExplicitAny: each has a query of its own
type Answer = (reader: HistoryReader, query: any) => Promise<unknown>;

export const ALL_QUERIES = {
  jobs,
  runs,
  run,
  explainJob: (reader: HistoryReader, jobId: number) => reader.explainJob(jobId),
  explainRun: (reader: HistoryReader, runId: number) => reader.explainRun(runId),
  now,
  runners,
  facets,
  queues,
  cost,
  billing,
  load,
  queueJobs,
  capacity,
  workflows,
  workflowTrend,
  workflowSteps,
  jobsSummary,
  failures,
  failureJobs,
  brokenWorkflows,
  deployments,
  deploymentsSummary,
} satisfies Readonly<Record<string, Answer>>;

export type QueryName = keyof typeof ALL_QUERIES;
export type QueryOf<Name extends QueryName> = Parameters<(typeof ALL_QUERIES)[Name]>[1];
export type AnswerOf<Name extends QueryName> = Awaited<ReturnType<(typeof ALL_QUERIES)[Name]>>;

/** The answer to the question of that name. */
export async function answerQuery(name: string, reader: HistoryReader, query: unknown): Promise<unknown> {
  const answer: Answer = ALL_QUERIES[name as QueryName];
  return answer(reader, await withStoredFilters(reader, query));
}

/** Who answers. Rejects with `query_too_slow`, `store_unavailable` or `name_unknown`. */
export interface Queries {
  ask<Name extends QueryName>(name: Name, query: QueryOf<Name>): Promise<AnswerOf<Name>>;
}

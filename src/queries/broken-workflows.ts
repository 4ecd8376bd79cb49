import { failedJobs, failedStepOf } from '../domain/failed-jobs.ts';
import { isoTime } from '../domain/iso-time.ts';
import { FAILURES } from '../domain/lifecycle/execution.ts';
import { runKey } from '../domain/lifecycle/state.ts';
import type { BrokenWorkflow, BrokenWorkflows } from '../domain/openapi-types.ts';
import {
  type HistoryFilters,
  type HistoryReader,
  NO_FILTERS,
  type WorkflowOfDefaultBranch,
} from '../domain/queries.ts';
import { type Paging, pageOf } from './paging.ts';
import { run } from './run.ts';

export interface BrokenWorkflowsQuery extends Paging {
  /** By what workflows have: repository and name. */
  readonly filters: Pick<HistoryFilters, 'repository' | 'workflow'>;
}

/** The workflows that fail on default branches now, each with where to look. */
export async function brokenWorkflows(
  reader: HistoryReader,
  query: BrokenWorkflowsQuery,
): Promise<BrokenWorkflows> {
  const known = statesAmong(await reader.workflowStates(), query.filters);
  const broken = known.filter(hasFailed);
  const { rows, cursor } = pageOf(broken, query, (each, field) => sortKeyOf(each, field), nameOf);
  const shown: BrokenWorkflow[] = [];
  for (const state of rows) shown.push(await rowOf(state, reader));
  return {
    ...{ as_of: isoTime(reader.asOfMs), window: null, definitions: 'v1' },
    ...{ known: known.length, rows: shown, groups: broken.length, cursor },
  };
}

/** Those that fail, and fit. */
export function brokenAmong(
  states: readonly WorkflowOfDefaultBranch[],
  filters: BrokenWorkflowsQuery['filters'],
): readonly WorkflowOfDefaultBranch[] {
  return statesAmong(states, filters).filter(hasFailed);
}

function hasFailed({ failures }: WorkflowOfDefaultBranch): boolean {
  return failures > 0;
}

/** Those that fit, whether they fail or not. */
export function statesAmong(
  states: readonly WorkflowOfDefaultBranch[],
  filters: BrokenWorkflowsQuery['filters'],
): readonly WorkflowOfDefaultBranch[] {
  return states.filter(
    ({ repository, workflow }) =>
      isAmong(repository, filters.repository) && isAmong(workflow, filters.workflow),
  );
}

/** `owner/*` stands for every repository of an owner. */
function isAmong(name: string, asked: readonly string[]): boolean {
  return (
    asked.length === 0 ||
    asked.some((text) => (text.endsWith('/*') ? name.startsWith(text.slice(0, -1)) : name === text))
  );
}

function sortKeyOf(state: WorkflowOfDefaultBranch, field: string): number | null {
  if (field === 'consecutive_failures') return state.failures;
  return field === 'last_success_at' ? state.lastSuccessMs : state.failingSinceMs;
}

/** Two files may have the same name. */
function nameOf({ repository, workflow, failedRunId }: WorkflowOfDefaultBranch): string {
  return JSON.stringify([repository, workflow, failedRunId]);
}

/** What both answers about broken workflows say of one. */
export function shownState(state: WorkflowOfDefaultBranch) {
  return {
    repository: state.repository,
    workflow: state.workflow,
    consecutive_failures: state.failures,
    failing_since: isoTime(state.failingSinceMs),
    last_success_at: isoTime(state.lastSuccessMs),
    last_run_at: isoTime(state.lastRunMs),
  };
}

async function rowOf(state: WorkflowOfDefaultBranch, reader: HistoryReader): Promise<BrokenWorkflow> {
  return {
    ...shownState(state),
    first_failure: await firstFailure(state, reader),
    last_failure: await lastFailure(state, reader),
  };
}

/** What it ran for is where to look. */
async function firstFailure(
  { repository, workflow, failingSinceMs }: WorkflowOfDefaultBranch,
  reader: HistoryReader,
): Promise<BrokenWorkflow['first_failure']> {
  if (failingSinceMs === null) return null;
  const window = { fromMs: failingSinceMs, toMs: failingSinceMs + 1 };
  const filters = {
    ...NO_FILTERS,
    ...{ repository: [repository], workflow: [workflow], branch: ['default'], conclusion: FAILURES },
  };
  for await (const { size, runId, runAttempt } of reader.finishedRuns(window, filters, [
    'runId',
    'runAttempt',
  ])) {
    if (size === 0) continue;
    const attempt = { runId: runId[0] ?? 0, runAttempt: runAttempt[0] ?? 1 };
    const state = (await reader.runStates([attempt])).get(runKey(attempt));
    return {
      run_id: attempt.runId,
      run_number: state?.runNumber ?? null,
      head_sha: state?.headSha ?? null,
    };
  }
  return null;
}

async function lastFailure(
  { failedRunId }: WorkflowOfDefaultBranch,
  reader: HistoryReader,
): Promise<BrokenWorkflow['last_failure']> {
  if (failedRunId === null) return null;
  const answer = await run(reader, { runId: failedRunId, attempt: null, webUrl: '' });
  if (!('run' in answer)) return null;
  const [job] = failedJobs(answer.run.jobs);
  return {
    run_id: failedRunId,
    run_number: answer.run.run.run_number,
    conclusion: answer.run.run.conclusion,
    job: job === undefined ? null : { job_id: job.job_id, name: job.name, step: failedStepOf(job) },
  };
}

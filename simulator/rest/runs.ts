import type { Attempt, Repository, Run } from '../model.ts';
import { lastReported } from '../truth-reported.ts';
import { readCreatedFilter } from './created-filter.ts';
import { type ApiContext, type Endpoint, ofRepository, PAGING } from './endpoint.ts';
import { attemptsAt, type KnownRun } from './history.ts';
import { pageOf } from './pages.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, notFound, ok, refuse } from './response.ts';
import { runBody } from './run-body.ts';

/*
 * Workflow runs: https://docs.github.com/en/rest/actions/workflow-runs
 */

/**
 * A filtered list ends here:
 * https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
 */
const MAX_FILTERED = 1000;
const FORM = ['exclude_pull_requests'];

export const RUN_ENDPOINTS: readonly Endpoint[] = [
  ofRepository('/actions/runs', 'actions', [...PAGING, ...FORM, 'created', 'status'], listRuns),
  ofRepository('/actions/runs/{run_id}', 'actions', FORM, (repository, request, context) => {
    const { history } = context;
    const run = runIn(repository, request, history.run);
    const attempt = run && attemptsAt(run, history.nowMs()).at(-1);
    return showRun(run, attempt, request, context);
  }),
  ofRepository(
    '/actions/runs/{run_id}/attempts/{attempt_number}',
    'actions',
    FORM,
    (repository, request, context) => {
      const run = runIn(repository, request, context.history.run);
      const attempt = run?.attempts.find((each) => String(each.number) === request.path.attempt_number);
      return showRun(run, attempt, request, context);
    },
  ),
];

/** The run in the path, if it belongs to this repository. */
export function runIn(
  repository: Repository,
  { path }: ApiRequest,
  find: (id: number) => Run | undefined,
): Run | undefined {
  const run = find(Number(path.run_id));
  return run?.repository.id === repository.id ? run : undefined;
}

function showRun(
  run: Run | undefined,
  attempt: Attempt | undefined,
  request: ApiRequest,
  { history, changes }: ApiContext,
): ApiResponse {
  const body = run && attempt && runBody(run, attempt, history.nowMs(), changes);
  return body === undefined ? notFound() : ok(inForm(body, request));
}

function inForm(body: object, { query }: ApiRequest): object {
  return query.get('exclude_pull_requests') === 'true' ? { ...body, pull_requests: [] } : body;
}

/**
 * Newest first. Filtered lists come from an index, which may lag behind and returns a thousand at most.
 */
function listRuns(repository: Repository, request: ApiRequest, context: ApiContext): ApiResponse {
  const { history } = context;
  const nowMs = history.nowMs();
  const isWanted = filterOf(request, context, nowMs);
  if (isWanted === undefined)
    return refuse(422, 'Validation Failed: created is not a date or range of dates');
  const isFiltered = request.query.has('created') || request.query.has('status');
  const runs = history.runsOf(repository).filter(isWanted);
  const page = pageOf(runs, request, isFiltered ? MAX_FILTERED : runs.length);
  const workflow_runs = page.entries.map((known) => {
    const run = history.live(known);
    const attempt = attemptsAt(run, nowMs).at(-1);
    return inForm((attempt && runBody(run, attempt, nowMs, context.changes)) ?? {}, request);
  });
  return ok({ total_count: runs.length, workflow_runs }, { links: page.links });
}

/** Undefined when the filter makes no sense. */
function filterOf(
  { query }: ApiRequest,
  { history, indexLagMs }: ApiContext,
  nowMs: number,
): ((known: KnownRun) => boolean) | undefined {
  const [created, status] = [query.get('created'), query.get('status')];
  if (created === null && status === null) return () => true;
  const isCreated = created === null ? () => true : readCreatedFilter(created);
  const indexedMs = nowMs - indexLagMs;
  return (
    isCreated &&
    ((known) =>
      known.createdMs <= indexedMs &&
      isCreated(known.createdMs) &&
      (status === null || hasStatus(history.live(known), status, indexedMs)))
  );
}

/** `status` may name a conclusion too. */
function hasStatus(run: Run, status: string, nowMs: number): boolean {
  const attempt = attemptsAt(run, nowMs).at(-1);
  const reported = attempt && lastReported(attempt, nowMs)?.status;
  return reported === status || (reported === 'completed' && attempt?.conclusion === status);
}

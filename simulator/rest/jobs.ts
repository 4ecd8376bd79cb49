import type { Attempt, Repository, Run } from '../model.ts';
import { type ApiContext, type Endpoint, ofRepository, PAGING } from './endpoint.ts';
import { attemptsAt, jobsAt } from './history.ts';
import { pageOf } from './pages.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, notFound, ok } from './response.ts';
import { jobBody } from './run-body.ts';
import { runIn } from './runs.ts';

/*
 * Jobs: https://docs.github.com/en/rest/actions/workflow-jobs. The jobs of an attempt include those that a
 * re-run carried over, under the ids that they got then.
 */

export const JOB_ENDPOINTS: readonly Endpoint[] = [
  ofRepository('/actions/jobs/{job_id}', 'actions', [], showJob),
  ofRepository(
    '/actions/runs/{run_id}/jobs',
    'actions',
    [...PAGING, 'filter'],
    (repository, request, { history }) => {
      const run = runIn(repository, request, history.run);
      if (run === undefined) return notFound();
      const attempts = attemptsAt(run, history.nowMs());
      const wanted = request.query.get('filter') === 'all' ? attempts : attempts.slice(-1);
      return listJobs(run, wanted, request, history.nowMs());
    },
  ),
  ofRepository(
    '/actions/runs/{run_id}/attempts/{attempt_number}/jobs',
    'actions',
    PAGING,
    (repository, request, { history }) => {
      const run = runIn(repository, request, history.run);
      const attempts = run === undefined ? [] : attemptsAt(run, history.nowMs());
      const wanted = attempts.filter((each) => String(each.number) === request.path.attempt_number);
      if (run === undefined || wanted.length === 0) return notFound();
      return listJobs(run, wanted, request, history.nowMs());
    },
  ),
];

function listJobs(run: Run, attempts: readonly Attempt[], request: ApiRequest, nowMs: number): ApiResponse {
  const found = attempts.flatMap((attempt) => jobsAt(attempt, nowMs).map((job) => ({ attempt, job })));
  const page = pageOf(found, request);
  const jobs = page.entries.map(({ attempt, job }) => jobBody(run, attempt, job, nowMs));
  return ok({ total_count: found.length, jobs }, { links: page.links });
}

function showJob(repository: Repository, { path }: ApiRequest, { history }: ApiContext): ApiResponse {
  const id = Number(path.job_id);
  const run = history.runOfJob(id);
  if (run === undefined || run.repository.id !== repository.id) return notFound();
  for (const attempt of run.attempts) {
    const job = attempt.jobs.find((each) => each.id === id);
    const body = job && jobBody(run, attempt, job, history.nowMs());
    if (body !== undefined) return ok(body);
  }
  return notFound();
}

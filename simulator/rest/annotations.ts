import { annotatedJob } from '../annotations.ts';
import type { Repository } from '../model.ts';
import { type ApiContext, type Endpoint, ofRepository, PAGING } from './endpoint.ts';
import { attemptsAt } from './history.ts';
import { pageOf } from './pages.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, notFound, ok } from './response.ts';

/*
 * Annotations: https://docs.github.com/en/rest/checks/runs#list-check-run-annotations. The check run of a job has the
 * id of the job.
 */

export const ANNOTATION_ENDPOINTS: readonly Endpoint[] = [
  ofRepository('/check-runs/{check_run_id}/annotations', 'checks', PAGING, listAnnotations),
];

function listAnnotations(repository: Repository, request: ApiRequest, { history }: ApiContext): ApiResponse {
  const id = Number(request.path.check_run_id);
  const run = history.runOfJob(id);
  if (run === undefined || run.repository.id !== repository.id) return notFound();
  const nowMs = history.nowMs();
  const attempt = attemptsAt(run, nowMs).find(({ jobs }) => jobs.some((each) => each.id === id));
  const job = attempt?.jobs.find((each) => each.id === id);
  // GitHub has none, and not even an empty list, for what was skipped.
  if (attempt === undefined || job === undefined || job.kind === 'skipped') return notFound();
  const isOver = job.moments.some(({ action, atMs }) => action === 'completed' && atMs <= nowMs);
  const page = pageOf(isOver ? annotatedJob(job).annotations : [], request);
  const bodies = page.entries.map(({ path, level, message, title }, index) => ({
    path,
    blob_href: `https://github.com/${repository.fullName}/blob/${run.headSha}/${path}`,
    start_line: index + 1,
    start_column: null,
    end_line: index + 1,
    end_column: null,
    annotation_level: level,
    title,
    message,
    raw_details: '',
  }));
  return ok(bodies, { links: page.links });
}

import type { ApiResult, GetOptions, GitHub, Priority } from '../domain/github-api.ts';
import { type Json, objectOf } from './fields.ts';
import { isListOf, isRun, type Shape } from './shapes.ts';

/*
 * Answers of the API. Their shape is asked for with the request, `GetOptions.isReadable`; reading them is tolerant.
 */

export function ok<T>(data: T): ApiResult<T> {
  return { kind: 'ok', data, next: null, fromCache: false };
}

export function mapped<T, U>(answer: ApiResult<T>, read: (data: T) => U): ApiResult<U> {
  return answer.kind === 'ok' ? { ...answer, data: read(answer.data) } : answer;
}

/** The objects of a list, which is the answer itself or stands in it under a name. */
export function entriesOf(data: unknown, member?: string): Json[] {
  const list = member === undefined ? data : objectOf(data)?.[member];
  return Array.isArray(list) ? list.map(objectOf).filter((each) => each !== null) : [];
}

/** All pages of a list of such entries; the first answer that is not `ok`, if one is not. */
export async function listed(
  github: Pick<GitHub, 'pages'>,
  route: string,
  options: GetOptions,
  isEntry: Shape,
  member?: string,
): Promise<ApiResult<readonly Json[]>> {
  const found: Json[] = [];
  for await (const page of github.pages(route, { ...options, isReadable: isListOf(isEntry, member) })) {
    if (page.kind !== 'ok') return page;
    found.push(...entriesOf(page.data, member));
  }
  return ok(found);
}

const RUNS = '/repos/{owner}/{repo}/actions/runs';

/**
 * GitHub answers 404 for what is gone, and also for what we may not see any more. Answers `missing` when runs of the repository can be
 * read at this moment, so that what was asked for is truly gone; else what stands in the way, `hidden` when that is a 404 as well.
 */
export async function confirmMissing(
  github: Pick<GitHub, 'get'>,
  repository: string,
  priority: Priority,
): Promise<{ readonly kind: 'hidden' } | Exclude<ApiResult<never>, { kind: 'ok' }>> {
  const [owner = '', repo = ''] = repository.split('/');
  const answer = await github.get(RUNS, {
    ...{ owner, priority, conditional: true, params: { repo, per_page: 1 } },
    isReadable: isListOf(isRun, 'workflow_runs'),
  });
  if (answer.kind === 'ok') return { kind: 'missing' };
  return answer.kind === 'missing' ? { kind: 'hidden' } : answer;
}

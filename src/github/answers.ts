import type { ApiResult, GetOptions, GitHub, Priority } from '../domain/github-api.ts';
import { type Json, objectOf } from './fields.ts';
import { isListOf, isRun, type Shape } from './shapes.ts';

/*
 * Results of the API. The request names the shape that it needs (`GetOptions.isReadable`); reading is
 * tolerant beyond that.
 */

export function ok<T>(data: T): ApiResult<T> {
  return { kind: 'ok', data, next: null, fromCache: false };
}

export function mapped<T, U>(answer: ApiResult<T>, read: (data: T) => U): ApiResult<U> {
  return answer.kind === 'ok' ? { ...answer, data: read(answer.data) } : answer;
}

/** The objects of a list, which is either the whole body or a member of it. */
export function entriesOf(data: unknown, member?: string): Json[] {
  const list = member === undefined ? data : objectOf(data)?.[member];
  return Array.isArray(list) ? list.map(objectOf).filter((each) => each !== null) : [];
}

/** What `pick` finds in the entries of all pages of a list; or the first result that is not `ok`. */
export async function listed<T>(
  github: Pick<GitHub, 'pages'>,
  route: string,
  options: GetOptions,
  {
    isEntry,
    member,
    pick,
  }: { readonly isEntry: Shape; readonly member?: string; readonly pick: (entry: Json) => T[] },
): Promise<ApiResult<readonly T[]>> {
  const found: T[] = [];
  for await (const page of github.pages(route, { ...options, isReadable: isListOf(isEntry, member) })) {
    if (page.kind !== 'ok') return page;
    found.push(...entriesOf(page.data, member).flatMap(pick));
  }
  return ok(found);
}

/**
 * The pages of a list whose newest entries come first, as long as it does go back in time. A second may fill
 * `pagesOfASecond` pages.
 */
export async function* goingBack<T>(
  pages: AsyncIterable<ApiResult<readonly T[]>>,
  { timeMsOf, pagesOfASecond }: { readonly timeMsOf: (entry: T) => number; readonly pagesOfASecond: number },
  distrust: () => ApiResult<never>,
): AsyncIterable<ApiResult<readonly T[]>> {
  let [oldestMs, notOlder] = [Number.POSITIVE_INFINITY, 0];
  for await (const page of pages) {
    if (page.kind !== 'ok') return yield page;
    const pageMs = Math.min(...page.data.map(timeMsOf));
    notOlder = pageMs < oldestMs ? 0 : notOlder + 1;
    oldestMs = Math.min(oldestMs, pageMs);
    if (notOlder > pagesOfASecond) return yield distrust();
    yield page;
  }
}

const RUNS = '/repos/{owner}/{repo}/actions/runs';

/**
 * GitHub answers 404 for what is gone, and also for what we may no longer see. Returns `missing` if the runs
 * of the repository can be read at this moment, so that what was requested is truly gone. Otherwise returns
 * what stands in the way, `hidden` if that is a 404 too.
 */
export async function confirmMissing(
  github: Pick<GitHub, 'get'>,
  repository: string,
  priority: Priority,
): Promise<{ readonly kind: 'hidden' } | Exclude<ApiResult<never>, { kind: 'ok' }>> {
  const [owner = '', repo = ''] = repository.split('/');
  const answer = await github.get(RUNS, {
    owner,
    priority,
    conditional: true,
    params: { repo, per_page: 1 },
    isReadable: isListOf(isRun, 'workflow_runs'),
  });
  if (answer.kind === 'ok') return { kind: 'missing' };
  return answer.kind === 'missing' ? { kind: 'hidden' } : answer;
}

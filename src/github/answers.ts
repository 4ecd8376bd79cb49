import type { Answer, GetOptions, GitHub } from '../domain/github-api.ts';
import { type Json, objectOf } from './fields.ts';
import { isListOf, type Shape } from './shapes.ts';

/*
 * Answers of the API. Their shape is asked for with the request, `GetOptions.isReadable`; reading them is tolerant.
 */

export function ok<T>(data: T): Answer<T> {
  return { kind: 'ok', data, next: null, fromCache: false };
}

export function mapped<T, U>(answer: Answer<T>, read: (data: T) => U): Answer<U> {
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
): Promise<Answer<readonly Json[]>> {
  const found: Json[] = [];
  for await (const page of github.pages(route, { ...options, isReadable: isListOf(isEntry, member) })) {
    if (page.kind !== 'ok') return page;
    found.push(...entriesOf(page.data, member));
  }
  return ok(found);
}

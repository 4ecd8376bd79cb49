import type { ApiRequest } from './request.ts';
import type { ApiResponse } from './response.ts';

const USUAL = 30;
const MAX_PER_PAGE = 100;

/** A part of a list, and where the other parts are. */
export interface Page<T> {
  readonly entries: readonly T[];
  readonly links: NonNullable<ApiResponse['links']>;
}

/**
 * The page that the request asks for with `page` and `per_page` (default 30, at most 100), and the
 * addresses for its `Link` header:
 * https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
 * @param reachable How many entries can be reached by paging.
 */
export function pageOf<T>(list: readonly T[], request: ApiRequest, reachable = list.length): Page<T> {
  const perPage = perPageOf(request);
  const page = Math.max(1, Number.parseInt(request.query.get('page') ?? '1', 10) || 1);
  const last = Math.max(1, Math.ceil(Math.min(list.length, reachable) / perPage));
  const end = Math.min(page * perPage, reachable);
  const links: Record<string, string> = {};
  const at = (number: number) => addressWith(request, 'page', String(number));
  if (page > 1) Object.assign(links, { prev: at(Math.min(page - 1, last)) });
  if (page < last) Object.assign(links, { next: at(page + 1), last: at(last) });
  if (page > 1) Object.assign(links, { first: at(1) });
  return { entries: list.slice((page - 1) * perPage, end), links };
}

/**
 * `list` after the entry named by the cursor, for lists that grow at the front while they are read.
 */
export function pageAfterCursor<T extends { readonly id: number }>(
  list: readonly T[],
  request: ApiRequest,
): Page<T> | undefined {
  const perPage = perPageOf(request);
  const cursor = request.query.get('cursor');
  const before = cursor === null ? null : /^v1_(\d+)$/.exec(cursor)?.[1];
  if (before === undefined) return undefined;
  const start = before === null ? 0 : placeBehind(list, Number(before));
  const entries = list.slice(start, start + perPage);
  const last = entries.at(-1);
  const hasMore = last !== undefined && start + perPage < list.length;
  return { entries, links: hasMore ? { next: addressWith(request, 'cursor', `v1_${last.id}`) } : {} };
}

/** A deleted entry was among the last ones, so nothing comes after it. */
function placeBehind(list: readonly { readonly id: number }[], id: number): number {
  const place = list.findIndex((each) => each.id === id);
  return place === -1 ? list.length : place + 1;
}

function perPageOf({ query }: ApiRequest): number {
  const asked = Number.parseInt(query.get('per_page') ?? '', 10);
  return asked >= 1 ? Math.min(asked, MAX_PER_PAGE) : USUAL;
}

function addressWith({ address, query }: ApiRequest, name: string, value: string): string {
  const changed = new URLSearchParams(query);
  changed.set(name, value);
  return `${address}?${changed}`;
}

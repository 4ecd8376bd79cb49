import { createHash } from 'node:crypto';
import type { Implausible, ListLimit } from '../../domain/github-api.ts';
import { objectOf } from '../fields.ts';

/** What can't be true of a list, or is more than is read of one. */
export type ListProblem = Extract<
  Implausible,
  'circle' | 'repeated_page' | 'empty_pages' | 'crowded_page' | 'other_list' | 'too_long'
>;

/** The longest list unless the reader says otherwise: ten thousand entries. */
export const USUAL_LIMIT: ListLimit = { pages: 100 };
/** Of one page on average; a hundred runs take a third of it. */
const BYTES_OF_PAGE = 4 * 1024 ** 2;
/** Of a page; GitHub has no larger ones. */
const MAX_ENTRIES = 100;
/** In a row, each with a link to another one. A filter may leave a page empty, but not so many. */
const MAX_EMPTY = 10;

/** Notices a list that does not end, whatever its links say. One for each reading of a list. */
export class ListGuard {
  readonly #limit: ListLimit;
  readonly #path: string;
  readonly #addresses = new Set<string>();
  /** Digests of pages. */
  readonly #pages = new Set<string>();
  #bytes = 0;
  #empty = 0;

  /** @param first The address of the first page. */
  constructor(first: URL, limit: ListLimit) {
    this.#limit = limit;
    this.#path = listPathOf(first);
    this.#addresses.add(first.href);
  }

  /** What is wrong with a page itself, so that it must not be used; null: nothing. */
  pageProblem(data: unknown, next: string | null): ListProblem | null {
    const entries = entriesIn(data);
    if (entries.length > MAX_ENTRIES) return 'crowded_page';
    this.#empty = entries.length === 0 ? this.#empty + 1 : 0;
    if (next === null) return null;
    if (this.#empty > MAX_EMPTY) return 'empty_pages';
    if (entries.length === 0) return null;
    const digest = createHash('sha1')
      .update(JSON.stringify(entries.map(nameOf)))
      .digest('base64');
    if (this.#pages.has(digest)) return 'repeated_page';
    this.#pages.add(digest);
    return null;
  }

  /** Why the page at `next` must not be read; null: nothing speaks against it. */
  nextProblem(next: string, bytes: number): ListProblem | null {
    this.#bytes += bytes;
    const { pages } = this.#limit;
    if (listPathOf(new URL(next)) !== this.#path) return 'other_list';
    if (this.#addresses.has(next)) return 'circle';
    if (this.#addresses.size >= pages || this.#bytes >= pages * BYTES_OF_PAGE) return 'too_long';
    this.#addresses.add(next);
    return null;
  }
}

/**
 * Links name the owner or the repository by its id: `/repositories/1/actions/runs`. What stands in front of
 * Enterprise Server may leave out `/api/v3`.
 */
function listPathOf({ pathname }: URL): string {
  return pathname
    .replace(/^\/api\/v3(?=\/)/, '')
    .replace(/\/repositories\/\d+(?=\/|$)|\/repos\/[^/]+\/[^/]+(?=\/)/, '/REPOSITORY')
    .replace(/\/(?:organizations|orgs|user|users)\/[^/]+(?=\/)/, '/OWNER');
}

/** The list is the whole body or a member of it. */
function entriesIn(data: unknown): readonly unknown[] {
  const list = Array.isArray(data) ? data : Object.values(objectOf(data) ?? {}).find(Array.isArray);
  return list ?? [];
}

function nameOf(entry: unknown): unknown {
  return objectOf(entry)?.['id'] ?? entry;
}

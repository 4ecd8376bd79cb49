import { BadQuery } from './parameters.ts';

/** How many rows come before the page that `cursor` names (`queries/paging.ts`); 0 without one. Throws `BadQuery`. */
export function offsetOf(cursor: string | undefined, order: string): number {
  if (cursor === undefined) return 0;
  const [ofOrder, offset] = parsed(Buffer.from(cursor, 'base64url').toString());
  if (!Number.isSafeInteger(offset) || (offset as number) < 0)
    throw new BadQuery('cursor must be one from an earlier answer.');
  if (ofOrder !== order) throw new BadQuery('cursor belongs to another sort order: start again without it.');
  return offset as number;
}

/** Which rows of an answer that is sorted to show. Throws `BadQuery`. */
export function pagingOf({
  sort,
  limit,
  cursor,
}: {
  readonly sort: string;
  readonly limit: number;
  readonly cursor: string | undefined;
}) {
  return { sort, limit, offset: offsetOf(cursor, sort) };
}

/** An array that was written as JSON; empty if it is none. */
export function parsed(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

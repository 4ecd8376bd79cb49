import { getOrCreate } from './get-or-create.ts';

/** Which rows of an answer to show. */
export interface Paging {
  /** As the parameter `sort`: a field of the rows, with - in front for descending. */
  readonly sort: string;
  /** So many rows are on the pages before. */
  readonly offset: number;
  readonly limit: number;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly cursor: string | null;
}

/**
 * One page of the rows in the order asked for. Rows without a value come last in either direction; equal ones
 * are ordered by `nameOf`.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  { sort, offset, limit }: Paging,
  sortKeyOf: (row: Row, field: string) => number | string | null,
  nameOf: (row: Row) => string,
): Page<Row> {
  const isDescending = sort.startsWith('-');
  const field = isDescending ? sort.slice(1) : sort;
  const names = new Map<Row, string>();
  const sorted = rows
    .map((row) => ({ row, value: sortKeyOf(row, field) }))
    .sort(
      (a, b) =>
        compareValues(a.value, b.value, isDescending) ||
        compareTexts(
          getOrCreate(names, a.row, () => nameOf(a.row)),
          getOrCreate(names, b.row, () => nameOf(b.row)),
        ),
    );
  const shown = sorted.slice(offset, offset + limit).map(({ row }) => row);
  const nextOffset = offset + shown.length;
  return { rows: shown, cursor: nextOffset < rows.length ? cursorOf(sort, nextOffset) : null };
}

function compareValues<Value extends number | string>(
  a: Value | null,
  b: Value | null,
  isDescending: boolean,
): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (a === b) return 0;
  return a < b === isDescending ? 1 : -1;
}

/** By code units, so that the order is the same on every machine. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Where the next page of an order begins: how many rows come before it. */
export function cursorOf(order: string, offset: number): string {
  return Buffer.from(JSON.stringify([order, offset])).toString('base64url');
}

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
  const keyed = rows.map((row) => ({ row, value: sortKeyOf(row, field) }));
  const byValue = (a: Keyed<Row>, b: Keyed<Row>) => compareValues(a.value, b.value, isDescending);
  // Names cost more than values: only those of rows that may be on the page are made.
  const last = keyed.toSorted(byValue)[Math.min(offset + limit, rows.length) - 1];
  const shown = keyed
    .filter((each) => last !== undefined && byValue(each, last) <= 0)
    .map((each) => ({ ...each, name: nameOf(each.row) }))
    .sort((a, b) => byValue(a, b) || compareTexts(a.name, b.name))
    .slice(offset, offset + limit)
    .map(({ row }) => row);
  const nextOffset = offset + shown.length;
  return { rows: shown, cursor: nextOffset < rows.length ? cursorOf(sort, nextOffset) : null };
}

interface Keyed<Row> {
  readonly row: Row;
  readonly value: number | string | null;
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

import { formatCount } from '../format/number.ts';

interface RowsOfPages<Row> {
  readonly all: readonly { readonly rows: readonly Row[] }[];
}

/** The rows of all pages. Pages overlap when rows have moved since the first was loaded. */
export function uniqueRows<Row>({ all }: RowsOfPages<Row>, keyOf: (row: Row) => string): Row[] {
  const rows = all.flatMap((page) => page.rows);
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

/** How many rows of all are shown: `100 of 5,000 workflows`. */
export function partOf(shown: number, all: number, noun: string): string {
  return `${formatCount(shown)} of ${formatCount(Math.max(shown, all))} ${noun}`;
}

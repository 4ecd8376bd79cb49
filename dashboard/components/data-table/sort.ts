/* The order of a table, as the address has it: `p95`, or `-p95` for descending. Pure: no browser. */

export interface Sort {
  /** Of a column; empty: as the rows come. */
  readonly id: string;
  readonly isDescending: boolean;
}

export function parseSort(text: string): Sort {
  return text.startsWith('-') ? { id: text.slice(1), isDescending: true } : { id: text, isDescending: false };
}

export function printSort({ id, isDescending }: Sort): string {
  return isDescending ? `-${id}` : id;
}

/** What a click on the header of a column makes of it: numbers begin with the largest. */
export function turned(sort: Sort, id: string, isNumber: boolean): Sort {
  return { id, isDescending: sort.id === id ? !sort.isDescending : isNumber };
}

/** A new list in that order. Null comes last, whichever the direction; equal ones stay as they were. */
export function sorted<Row>(
  rows: readonly Row[],
  valueIn: (row: Row) => number | string | null,
  { isDescending }: Sort,
): Row[] {
  const sign = isDescending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: valueIn(row) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      return sign * compare(a.value, b.value);
    })
    .map(({ row }) => row);
}

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}

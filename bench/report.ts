/** One line of the result. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly budget: string;
  /** Undefined if there is no budget. */
  readonly isMet?: boolean;
}

/** Shows on the terminal what is happening. */
export type Progress = (text: string) => void;

export function tableOf(rows: readonly Row[]): string {
  const head = { what: 'what', measured: 'measured', budget: 'budget' };
  const widthOf = (key: 'what' | 'measured' | 'budget'): number =>
    Math.max(...[head, ...rows].map((row) => row[key].length));
  const line = (row: Row, mark: string): string =>
    `| ${row.what.padEnd(widthOf('what'))} | ${row.measured.padEnd(widthOf('measured'))} | ${row.budget.padEnd(widthOf('budget'))} | ${mark} |`;
  const rule = `| ${'-'.repeat(widthOf('what'))} | ${'-'.repeat(widthOf('measured'))} | ${'-'.repeat(widthOf('budget'))} | - |`;
  return [line(head, ' '), rule, ...rows.map((row) => line(row, markOf(row)))]
    .map((each) => `${each}\n`)
    .join('');
}

function markOf({ isMet }: Row): string {
  if (isMet === undefined) return ' ';
  return isMet ? '✓' : '✗';
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** From the least to the greatest. */
export function rangeText(values: readonly number[], decimals = 0): string {
  return `${numberText(Math.min(...values), decimals)} to ${numberText(Math.max(...values), decimals)}`;
}

/** The median of ratios with their range: `1.90 × (1.84 to 1.95)`, and what else is to be said. */
export function ratioText(ratios: readonly number[], more: readonly string[] = []): string {
  return `${numberText(medianOf(ratios), 2)} × (${[rangeText(ratios, 2), ...more].join('; ')})`;
}

/** `12,345`, or with decimals `1.23`. */
export function numberText(value: number, decimals = 0): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

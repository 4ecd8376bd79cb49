/*
 * What GitHub billed, by its own usage report
 * (https://docs.github.com/rest/billing/usage), as it is kept and shown. Days and months are those of UTC, as in the
 * report.
 */

/** What was used of one product on one day. Money is dollars. */
export interface BilledRow {
  /** `2026-11-20`. */
  readonly day: string;
  /** In lower case, with `_` between words: GitHub writes `Actions` and `actions`. */
  readonly product: string;
  /** The same: `actions_linux`. */
  readonly sku: string;
  /** The same: `minutes`, `gigabyte_hours`. */
  readonly unit: string;
  readonly quantity: number;
  /** At list price. */
  readonly gross: number;
  /** What is included in the plan, or free. */
  readonly discount: number;
  /** What is paid. Below zero for credits. */
  readonly net: number;
}

/** The report of an owner as it was last read. */
export interface BillingReport {
  /** An organization, a user, or `enterprises/NAME`. */
  readonly owner: string;
  /** When it was read. */
  readonly atMs: number;
  /** Whose use is in it, in lower case. */
  readonly accounts: readonly string[];
  /** One for each day, product, sku and unit, of the current month and the one before. */
  readonly rows: readonly BilledRow[];
}

/** What is known of all owners whose bills are read. */
export interface Bills {
  /** As the settings name them. */
  readonly owners: readonly string[];
  readonly reports: readonly BillingReport[];
  /** Why there is none of the others, in sentences. */
  readonly missing: readonly string[];
}

/** The note that has an owner's report. */
export function billingNote(owner: string): string {
  return `billing/${owner.toLowerCase()}`;
}

/** A report that is older says nothing about now, and is not shown. */
export const REPORT_LASTS_MS = 3 * 86_400_000;

/** What the note says; null: nothing, or it is too old. */
export function readBillingReport(note: string | null, nowMs: number): BillingReport | null {
  const report = note === null ? null : (JSON.parse(note) as BillingReport);
  return report !== null && nowMs - report.atMs <= REPORT_LASTS_MS ? report : null;
}

/** `2026-11` of a time; or of so many months before it. */
export function monthOf(ms: number, monthsBefore = 0): string {
  const at = new Date(ms);
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - monthsBefore)).toISOString().slice(0, 7);
}

/** The days of that month until now. */
export function daysOf(month: string, nowMs: number): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(`${month}-01`); ms <= nowMs && monthOf(ms) === month; ms += DAY_MS)
    days.push(new Date(ms).toISOString().slice(0, 10));
  return days;
}

export const DAY_MS = 86_400_000;

type Key = 'day' | 'product' | 'sku' | 'unit';

/** Rows with the same values of those keys become one; the other keys are those of the first of them. */
export function sumRows(rows: readonly BilledRow[], keys: readonly Key[]): BilledRow[] {
  // No name contains a space. There may be hundreds of thousands of rows.
  const alike = Map.groupBy(rows, (row) => keys.map((key) => row[key]).join(' '));
  return Array.from(alike.values(), (same) => ({
    ...(same[0] as BilledRow),
    quantity: sumOf(same.map(({ quantity }) => quantity)),
    gross: sumOf(same.map(({ gross }) => gross)),
    discount: sumOf(same.map(({ discount }) => discount)),
    net: sumOf(same.map(({ net }) => net)),
  }));
}

/** To the millionth: the report has ten decimals, and sums of them have more. */
export function sumOf(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  return Math.round(sum * 1e6) / 1e6 + 0;
}

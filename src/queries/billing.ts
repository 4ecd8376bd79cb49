import {
  type BilledRow,
  type BillingReport,
  type Bills,
  DAY_MS,
  monthOf,
  sumOf,
  sumRows,
} from '../domain/billing.ts';
import { isoTime } from '../domain/iso-time.ts';
import type { Billing } from '../domain/openapi-types.ts';
import type { HistoryReader, Window } from '../domain/queries.ts';
import { BillingEstimates, type Estimate } from './billing-estimates.ts';

/*
 * What GitHub billed, as its report said last, beside our estimate for the same owner and time.
 */

type Owner = Billing['owners'][number];
type Month = Owner['months'][number];
type Compared = NonNullable<Month['compared']>;

/** A day is compared once its report is so old: GitHub's figures lag by about a day. */
const LAG_MS = DAY_MS;
/** As GitHub names the product and the unit of what runs jobs. */
const JOBS = { product: 'actions', unit: 'minutes' };
/** GitHub's names of kinds of runners begin with it, ours don't. */
const PREFIX = 'actions_';

export async function billing(reader: HistoryReader, { reports, missing }: Bills): Promise<Billing> {
  const owners: Owner[] = [];
  const estimates = new BillingEstimates(reader);
  for (const report of reports) owners.push(await ownerOf({ reader, estimates, report }));
  return {
    ...{ as_of: isoTime(reader.asOfMs), window: null, definitions: 'v1' },
    owners,
    missing: missing.length === 0 ? null : missing.join(' '),
  };
}

interface OwnerQuestion {
  readonly reader: HistoryReader;
  readonly estimates: BillingEstimates;
  readonly report: BillingReport;
}

async function ownerOf(question: OwnerQuestion): Promise<Owner> {
  const { reader, report } = question;
  const months: Month[] = [];
  for (const before of [0, 1]) months.push(await readMonth(question, monthOf(reader.nowMs, before)));
  return { owner: report.owner, read_at: isoTime(report.atMs), months };
}

async function readMonth(question: OwnerQuestion, month: string): Promise<Month> {
  const { report } = question;
  const own = report.rows.filter(({ day }) => day.startsWith(month));
  const rows = sumRows(own, ['product', 'sku', 'unit']).sort(
    (a, b) => b.gross - a.gross || (keyOf(a) < keyOf(b) ? -1 : 1),
  );
  return {
    ...{ month, ...amountsOf(own) },
    rows: rows.map((row) => ({
      ...{ product: row.product, sku: row.sku, unit: row.unit, quantity: row.quantity, ...amountsOf([row]) },
    })),
    compared: await compare(question, month),
  };
}

function keyOf({ product, sku, unit }: BilledRow): string {
  return JSON.stringify([product, sku, unit]);
}

/** Whole days for which both the report and the history are complete; null: there are none. */
async function compare(
  { reader, estimates: allEstimates, report }: OwnerQuestion,
  month: string,
): Promise<Compared | null> {
  const window = await windowOf(reader, report, month);
  if (window === null) return null;
  const estimates = await allEstimates.of(window, report.accounts);
  const days = report.rows.filter(
    ({ day, product, unit }) => isWithin(day, window) && product === JOBS.product && unit === JOBS.unit,
  );
  const billed = new Map(sumRows(days, ['sku']).map((row) => [row.sku.replace(PREFIX, ''), row]));
  const skus = [...new Set([...billed.keys(), ...estimates.keys()])].sort();
  const rows = skus.map((sku) => comparedRow(sku, billed.get(sku), estimates.get(sku)));
  const estimate = sumOf(rows.map(({ estimate_dollars: dollars }) => dollars));
  const amounts = amountsOf(days);
  return {
    from: isoTime(window.fromMs),
    to: isoTime(window.toMs),
    ...amounts,
    estimate_dollars: estimate,
    difference_dollars: sumOf([amounts.gross_dollars, -estimate]),
    rows,
  };
}

function comparedRow(
  sku: string,
  billed: BilledRow | undefined,
  estimate: Estimate | undefined,
): Compared['rows'][number] {
  const dollars = (estimate?.microDollars ?? 0) / 1e6;
  return {
    sku,
    minutes: billed?.quantity ?? 0,
    ...amountsOf(billed === undefined ? [] : [billed]),
    estimate_minutes: (estimate?.billedSeconds ?? 0) / 60,
    estimate_dollars: dollars,
    difference_dollars: sumOf([billed?.gross ?? 0, -dollars]),
  };
}

function amountsOf(rows: readonly BilledRow[]) {
  return {
    gross_dollars: sumOf(rows.map(({ gross }) => gross)),
    discount_dollars: sumOf(rows.map(({ discount }) => discount)),
    net_dollars: sumOf(rows.map(({ net }) => net)),
  };
}

async function windowOf(
  reader: Pick<HistoryReader, 'beginsAtMs' | 'nowMs'>,
  { atMs }: BillingReport,
  month: string,
): Promise<Window | null> {
  const begins = await reader.beginsAtMs();
  if (begins === null) return null;
  const startMs = Date.parse(`${month}-01`);
  const endMs = Date.parse(`${monthOf(startMs, -1)}-01`);
  const fromMs = Math.max(startMs, Math.ceil(begins / DAY_MS) * DAY_MS);
  const toMs = Math.min(endMs, Math.floor((Math.min(atMs, reader.nowMs) - LAG_MS) / DAY_MS) * DAY_MS);
  return fromMs < toMs ? { fromMs, toMs } : null;
}

function isWithin(day: string, { fromMs, toMs }: Window): boolean {
  const ms = Date.parse(day);
  return ms >= fromMs && ms < toMs;
}

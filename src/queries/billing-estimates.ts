import { SELF_HOSTED } from '../domain/price/sku.ts';
import { type HistoryReader, NO_FILTERS, type Window } from '../domain/queries.ts';
import { ByNames } from './by-names.ts';
import { getOrCreate } from './get-or-create.ts';

/** What jobs cost at list price. */
export interface Estimate {
  microDollars: number;
  billedSeconds: number;
}

type BySku = ReadonlyMap<string, Estimate>;

const COLUMNS = ['repository', 'sku', 'microDollars', 'billedSeconds'] as const;

/**
 * What the jobs that ended in a window cost, by kind of runner. All owners are read at once, and each window only once:
 * most owners are compared over the same days. Runners of one's own are on no bill.
 */
export class BillingEstimates {
  readonly #reader: HistoryReader;
  readonly #byWindow = new Map<string, ReadonlyMap<string, BySku>>();

  constructor(reader: HistoryReader) {
    this.#reader = reader;
  }

  /** @param accounts Whose jobs, in lower case. */
  async of(window: Window, accounts: readonly string[]): Promise<BySku> {
    const key = `${window.fromMs} ${window.toMs}`;
    const byOwner = this.#byWindow.get(key) ?? (await estimatesByOwner(this.#reader, window));
    this.#byWindow.set(key, byOwner);
    const sums = new Map<string, Estimate>();
    for (const account of new Set(accounts))
      for (const [sku, estimate] of byOwner.get(account) ?? []) add(sums, sku, estimate);
    return sums;
  }
}

/** By owner in lower case, and kind of runner. */
async function estimatesByOwner(reader: HistoryReader, window: Window): Promise<ReadonlyMap<string, BySku>> {
  const sums = new ByNames((sku, repository) => ({ repository, sku, microDollars: 0, billedSeconds: 0 }));
  for await (const batch of reader.finishedJobs(window, NO_FILTERS, COLUMNS))
    for (let row = 0; row < batch.size; row += 1) {
      const sku = batch.sku[row] ?? 0;
      if (sku === 0) continue;
      const sum = sums.of(sku, batch.repository[row] ?? 0);
      sum.microDollars += batch.microDollars[row] ?? 0;
      sum.billedSeconds += batch.billedSeconds[row] ?? 0;
    }
  const all = sums.all();
  const texts = await reader.texts(all.flatMap(({ repository, sku }) => [repository, sku]));
  const byOwner = new Map<string, Map<string, Estimate>>();
  for (const { repository, sku: number, ...estimate } of all) {
    const [owner = '', sku = ''] = [texts.get(repository)?.split('/')[0]?.toLowerCase(), texts.get(number)];
    if (sku !== SELF_HOSTED)
      add(
        getOrCreate(byOwner, owner, () => new Map()),
        sku,
        estimate,
      );
  }
  return byOwner;
}

function add(sums: Map<string, Estimate>, sku: string, { microDollars, billedSeconds }: Estimate): void {
  const sum = getOrCreate(sums, sku, () => ({ microDollars: 0, billedSeconds: 0 }));
  sum.microDollars += microDollars;
  sum.billedSeconds += billedSeconds;
}

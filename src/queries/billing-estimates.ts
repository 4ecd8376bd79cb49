import { SELF_HOSTED } from '../domain/price/sku.ts';
import type { HistoryFilters, HistoryReader, Window } from '../domain/queries.ts';
import { ByNames } from './by-names.ts';

/** What jobs cost at list price. */
export interface Estimate {
  microDollars: number;
  billedSeconds: number;
}

interface EstimateQuestion {
  readonly window: Window;
  readonly filters: HistoryFilters;
  /** Whose jobs, in lower case. */
  readonly accounts: readonly string[];
}

const COLUMNS = ['repository', 'sku', 'microDollars', 'billedSeconds'] as const;

/** By kind of runner, what the jobs that ended in the window cost. Runners of one's own are on no bill. */
export async function estimatesOf(
  reader: HistoryReader,
  { window, filters, accounts }: EstimateQuestion,
): Promise<ReadonlyMap<string, Estimate>> {
  const sums = new ByNames((sku, repository) => ({ repository, sku, microDollars: 0, billedSeconds: 0 }));
  for await (const batch of reader.finishedJobs(window, filters, COLUMNS))
    for (let row = 0; row < batch.size; row += 1) {
      const sku = batch.sku[row] ?? 0;
      if (sku === 0) continue;
      const sum = sums.of(sku, batch.repository[row] ?? 0);
      sum.microDollars += batch.microDollars[row] ?? 0;
      sum.billedSeconds += batch.billedSeconds[row] ?? 0;
    }
  const all = sums.all();
  const texts = await reader.texts(all.flatMap(({ repository, sku }) => [repository, sku]));
  const owners = new Set(accounts);
  const estimates = new Map<string, Estimate>();
  for (const { repository, sku: number, microDollars, billedSeconds } of all) {
    const [owner = '', sku = ''] = [texts.get(repository)?.split('/')[0]?.toLowerCase(), texts.get(number)];
    if (!owners.has(owner) || sku === SELF_HOSTED) continue;
    const before = estimates.get(sku) ?? { microDollars: 0, billedSeconds: 0 };
    estimates.set(sku, {
      microDollars: before.microDollars + microDollars,
      billedSeconds: before.billedSeconds + billedSeconds,
    });
  }
  return estimates;
}

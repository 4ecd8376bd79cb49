import type { Account, Job, Repository, Run } from '../model.ts';
import { MAX_RUN_MS } from '../run-life.ts';
import { billOf } from '../truth-prices.ts';
import type { ApiContext } from './endpoint.ts';
import type { History } from './history.ts';

/** What was used of one product on one day, and what it costs. */
export interface BilledUse {
  /** In UTC: `2026-11-20`. */
  readonly day: string;
  readonly product: string;
  readonly sku: string;
  readonly unit: string;
  readonly organization: string;
  readonly repository: string | null;
  readonly quantity: number;
  /** Dollars per unit. */
  readonly price: number;
  readonly gross: number;
  readonly discount: number;
}

const HOUR_MS = 3_600_000;
/** Bills lag behind what happens. */
const LAG_MS = 6 * HOUR_MS;
/** The month before the current one can be asked for. */
const KEPT_MS = 62 * 86_400_000;
/** What a plan includes, at the price of its use: here for each day, repository and kind of runner. */
const INCLUDED_DOLLARS = 0.5;

interface KnownUse {
  readonly untilMs: number;
  readonly use: readonly BilledUse[];
}

/** The last that was asked for, by history and account. */
const known = new WeakMap<History, Map<number, KnownUse>>();

/** All that is billed to an account so far, by day, kind of runner and repository. It changes once an hour. */
export function readUse(account: Account, { history }: Pick<ApiContext, 'history'>): readonly BilledUse[] {
  const untilMs = Math.floor((history.nowMs() - LAG_MS) / HOUR_MS) * HOUR_MS;
  const byAccount = known.getOrInsertComputed(history, () => new Map());
  const before = byAccount.get(account.id);
  if (before?.untilMs === untilMs) return before.use;
  const use = useUntil(untilMs, account, history);
  byAccount.set(account.id, { untilMs, use });
  return use;
}

function useUntil(untilMs: number, account: Account, history: History): BilledUse[] {
  const sums = new Map<string, BilledUse>();
  for (const run of history.recent(KEPT_MS + MAX_RUN_MS)) {
    if (run.repository.owner.id !== account.id) continue;
    for (const job of run.attempts.flatMap(({ jobs }) => jobs)) {
      if (job.kind !== 'ran' || job.carriedOver || job.completedMs > untilMs) continue;
      const use = useOf(run, job);
      if (use === null) continue;
      const key = JSON.stringify([use.day, use.sku, use.repository]);
      const before = sums.get(key);
      sums.set(key, before === undefined ? use : add(before, use, run.repository));
    }
  }
  const jobs = [...sums.values()];
  const days = [...new Set(jobs.map(({ day }) => day))];
  return [...jobs, ...days.flatMap((day) => besides(day, account.login))].map(spelled);
}

function useOf(run: Run, job: Job): BilledUse | null {
  const { repository } = run;
  const bill = billOf({ ...run, repository: { ...repository, private: true } }, job);
  if (bill === null || bill.dollars === undefined) return null;
  const gross = bill.dollars;
  return {
    day: new Date(job.completedMs).toISOString().slice(0, 10),
    ...{ product: 'Actions', sku: `actions_${bill.sku}`, unit: 'minutes' },
    ...{ organization: repository.owner.login, repository: repository.fullName },
    ...{ quantity: bill.minutes, price: gross / bill.minutes, gross },
    discount: discountOf(gross, repository),
  };
}

/** Use in public repositories is listed, with all of it as a discount. */
function discountOf(gross: number, repository: Repository): number {
  return repository.private ? Math.min(gross, INCLUDED_DOLLARS) : gross;
}

function add(a: BilledUse, b: BilledUse, repository: Repository): BilledUse {
  const gross = a.gross + b.gross;
  return { ...a, quantity: a.quantity + b.quantity, gross, discount: discountOf(gross, repository) };
}

/** What is billed that is no job: storage, other products, and a credit. */
function besides(day: string, organization: string): BilledUse[] {
  const common = { day, organization, repository: null, discount: 0 };
  return [
    {
      ...{ ...common, product: 'Actions', sku: 'actions_storage', unit: 'GigabyteHours' },
      ...{ quantity: 41.0123456789, price: 0.00033602, gross: 0.0137809684 },
    },
    {
      ...{ ...common, product: 'git_lfs', sku: 'git_lfs_storage', unit: 'gigabyte-hours' },
      ...{ quantity: 12.5, price: 0.0000941, gross: 0.00117625 },
    },
    {
      ...{ ...common, product: 'Actions', sku: 'actions_linux', unit: 'minutes' },
      ...{ quantity: 0, price: 0, gross: -0.02 },
    },
  ];
}

/** Every second day GitHub writes names as in its older reports. */
function spelled(use: BilledUse): BilledUse {
  if (Number(use.day.slice(-2)) % 2 === 0) return use;
  const words = (text: string) => text.replaceAll('_', ' ').replace(/^\w/, (letter) => letter.toUpperCase());
  const sku = words(use.sku).replace(/(?<= )[a-z]/g, (letter) => letter.toUpperCase());
  return { ...use, product: words(use.product), sku, unit: words(use.unit) };
}

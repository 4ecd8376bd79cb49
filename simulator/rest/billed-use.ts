import type { Account, Job, Run } from '../model.ts';
import { MAX_RUN_MS } from '../run-life.ts';
import { billOf } from '../truth-prices.ts';
import type { ApiContext } from './endpoint.ts';

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

/** Bills lag behind what happens. */
const LAG_MS = 6 * 3_600_000;
/** The month before the current one can be asked for. */
const KEPT_MS = 62 * 86_400_000;
/** What a plan includes each month, at the price of its use; here for each day, so that some of it is left. */
const INCLUDED_DOLLARS = 0.05;

/** All that is billed to an account so far, by day, kind of runner and repository. */
export function readUse(account: Account, { history }: Pick<ApiContext, 'history'>): BilledUse[] {
  const untilMs = history.nowMs() - LAG_MS;
  const sums = new Map<string, BilledUse>();
  for (const run of history.recent(KEPT_MS + MAX_RUN_MS)) {
    if (run.repository.owner.id !== account.id) continue;
    for (const job of run.attempts.flatMap(({ jobs }) => jobs)) {
      if (job.kind !== 'ran' || job.carriedOver || job.completedMs > untilMs) continue;
      const use = useOf(run, job);
      if (use === null) continue;
      const key = JSON.stringify([use.day, use.sku, use.repository]);
      const before = sums.get(key);
      sums.set(key, before === undefined ? use : add(before, use));
    }
  }
  const jobs = [...sums.values()];
  const days = [...new Set(jobs.map(({ day }) => day))];
  return [...jobs, ...days.flatMap((day) => besides(day, account.login))].map(spelled);
}

/** Use in public repositories is listed, with all of it as a discount. */
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
    discount: repository.private ? Math.min(gross, INCLUDED_DOLLARS) : gross,
  };
}

function add(a: BilledUse, b: BilledUse): BilledUse {
  const gross = a.gross + b.gross;
  const isFree = a.gross > 0 && a.discount === a.gross && b.discount === b.gross;
  return {
    ...a,
    quantity: a.quantity + b.quantity,
    gross,
    discount: isFree ? gross : Math.min(gross, a.discount + b.discount),
  };
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

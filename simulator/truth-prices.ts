import type { Job, Run } from './model.ts';

/** Micro-dollars per minute: until the end of 2025, and since. */
const PRICES: Readonly<Record<string, readonly [sku: string, before: number, since: number]>> = {
  'ubuntu-slim': ['linux_slim', 2000, 2000],
  'ubuntu-latest': ['linux', 8000, 6000],
  'ubuntu-24.04-arm': ['linux_2_core_arm', 5000, 5000],
  'windows-latest': ['windows', 16_000, 10_000],
  'macos-15': ['macos', 80_000, 62_000],
};
/** On standard runners these are free, in private repositories too. */
const FREE_SERVICES = /^dynamic\/(dependabot|pages)\//;
const NEW_PRICES_MS = Date.UTC(2026, 0, 1);

/** What a job on a runner costs; null where it is free. */
export function billOf({ repository, workflow }: Run, job: Job) {
  const price = job.labels.length === 1 ? PRICES[job.labels[0] ?? ''] : undefined;
  const isFreeHere = !repository.private || FREE_SERVICES.test(workflow.path);
  if (job.labels.includes('self-hosted') || (price !== undefined && isFreeHere)) return null;
  const minutes = Math.max(1, Math.ceil((job.completedMs - job.startedMs) / 60_000));
  // Only its owner knows.
  if (price === undefined) return { sku: null, minutes };
  const [sku, before, since] = price;
  const microDollars = job.completedMs < NEW_PRICES_MS ? before : since;
  return { sku, minutes, dollars: (minutes * microDollars) / 1_000_000 };
}

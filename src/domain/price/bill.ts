import { type PriceRule, priceRuleFor } from './price-rules.ts';
import { listPriceAt } from './price-table.ts';
import { type RunnerFacts, runnerKindOf } from './sku.ts';

/** A job that a runner took and that is over. */
export interface BillableJob extends RunnerFacts {
  /** Null where the payload does not tell; then nothing is free. */
  readonly isPublicRepository: boolean | null;
  /** Whole milliseconds, from the start on the runner. */
  readonly durationMs: number;
  readonly completedAtMs: number;
}

/** The list price of a job, before included minutes and discounts. */
export interface Bill {
  readonly sku: string;
  /** Whole minutes. */
  readonly seconds: number;
  readonly microDollars: number;
}

const MINUTE_MS = 60_000;

/** GitHub ends every run after 35 days: a job that took longer has a damaged time, not a bill. */
const LONGEST_MS = 35 * 24 * 60 * MINUTE_MS;

/**
 * What GitHub's price list, or an operator's rule, asks for a job; null where it costs nothing or its price is unknown:
 * standard runners are free in public repositories, whatever rules say, and self-hosted ones unless a rule prices them.
 * The price is that of the time when the job ended.
 */
export function billOf(job: BillableJob, rules: readonly PriceRule[]): Bill | null {
  const kind = runnerKindOf(job);
  if (kind?.isStandard && job.isPublicRepository) return null;
  const rule = priceRuleFor(job, rules);
  const sku = rule?.sku ?? kind?.sku;
  if (sku === undefined || job.durationMs > LONGEST_MS) return null;
  const microDollarsPerMinute = rule?.microDollarsPerMinute ?? listPriceAt(sku, job.completedAtMs);
  if (microDollarsPerMinute === null) return null;
  const minutes = billedMinutes(job.durationMs);
  return { sku, seconds: minutes * 60, microDollars: minutes * microDollarsPerMinute };
}

/**
 * GitHub "rounds the minutes and partial minutes each job uses up to the nearest whole minute". Its times are whole
 * seconds, so a job of 0 s did run for a part of one: it has used a partial minute and is billed for one.
 */
function billedMinutes(durationMs: number): number {
  return Math.max(1, Math.ceil(durationMs / MINUTE_MS));
}

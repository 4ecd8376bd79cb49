import { foldedLabels, type LabelPatterns } from '../label-patterns.ts';
import type { JobObservation } from '../observation.ts';
import { type OwnIds, withoutIds } from '../own-ids.ts';
import { isFreeService, type JobNames } from './free-service.ts';
import { type PriceRule, priceRuleFor, type RunnerNames } from './price-rules.ts';
import { listPriceAt } from './price-table.ts';
import { type RunnerFacts, runnerKindOf } from './sku.ts';

/** A completed job that a runner took. */
export interface BillableJob extends RunnerFacts, JobNames, OwnIds {
  /** Null if the payload does not say; then nothing is free. */
  readonly isPublicRepository: boolean | null;
  /** Whole milliseconds, from the start on the runner. */
  readonly durationMs: number;
  readonly completedAtMs: number;
}

/** What a job costs, before included minutes and discounts. Its seconds are whole minutes. */
export type Bill =
  | { readonly sku: string; readonly seconds: number; readonly microDollars: number }
  /** Only whoever named the runner knows its price. */
  | { readonly sku: null; readonly seconds: number };

/** What an operator says of prices. */
export interface PriceOptions {
  readonly priceRules: readonly PriceRule[];
  /** Rules may name a runner as these patterns show it. */
  readonly labelPatterns?: LabelPatterns;
}

/** What the end of a job costs, in millionths of a dollar. */
export type CostOf = (job: JobObservation, durationMs: number | null) => number;

export function createCostOf(options: PriceOptions): CostOf {
  return (job, durationMs) => {
    const bill = billOfEnd(job, durationMs, options);
    return bill === null || bill.sku === null ? 0 : bill.microDollars;
  };
}

const MINUTE_MS = 60_000;

/** GitHub ends every run after 35 days. A job that took longer has a damaged time, and no bill. */
const LONGEST_MS = 35 * 24 * 60 * MINUTE_MS;

/**
 * What a job costs by GitHub's price list or an operator's rule; null if it is free. Standard runners are
 * free in public repositories and for Pages and Dependabot, whatever rules say. Self-hosted ones are free
 * unless a rule prices them. The price is that of the time when the job ended.
 */
export function billOf(
  job: BillableJob,
  rules: readonly PriceRule[],
  labelPatterns?: LabelPatterns,
): Bill | null {
  const kind = runnerKindOf(job);
  if (kind?.isStandard && (job.isPublicRepository || isFreeService(job))) return null;
  if (job.durationMs > LONGEST_MS) return null;
  const minutes = billedMinutes(job.durationMs);
  const rule = rules.length === 0 ? undefined : priceRuleFor(namesOf(job, labelPatterns), rules);
  const sku = rule?.sku ?? kind?.sku;
  if (sku === undefined) return { sku: null, seconds: minutes * 60 };
  const microDollarsPerMinute = rule?.microDollarsPerMinute ?? listPriceAt(sku, job.completedAtMs);
  if (microDollarsPerMinute === null) return null;
  return { sku, seconds: minutes * 60, microDollars: minutes * microDollarsPerMinute };
}

/** What the end of a job costs: as `billOf`; null too if it has no times. */
export function billOfEnd(
  job: JobObservation,
  durationMs: number | null,
  { priceRules, labelPatterns }: PriceOptions,
): Bill | null {
  const { completedAtMs } = job;
  if (completedAtMs === null || durationMs === null) return null;
  return billOf({ ...job, completedAtMs, durationMs }, priceRules, labelPatterns);
}

/**
 * The labels that the job asked for and its runner's group, as GitHub reported them and as series show them:
 * a rule may name either.
 */
function namesOf(job: BillableJob, patterns?: LabelPatterns): RunnerNames {
  const { runsOn, runnerGroup } = job;
  const asShown = (label: string, name: string) =>
    foldedLabels(patterns, [label], [withoutIds(name, job)])[0] ?? name;
  return {
    labels: runsOn.flatMap((name) => [name, asShown('runs_on', name)]),
    groups: runnerGroup === null ? [] : [runnerGroup, asShown('runner_group', runnerGroup)],
  };
}

/**
 * GitHub "rounds the minutes and partial minutes each job uses up to the nearest whole minute". Its times are
 * whole seconds, so a job of 0 s did run for part of one: it used a partial minute and is billed for one.
 */
function billedMinutes(durationMs: number): number {
  return Math.max(1, Math.ceil(durationMs / MINUTE_MS));
}

import { runsOnOf } from './reference-labels.ts';
import { between, executionOf, FAILURES, hasRun, type KnownJob } from './reference-model.ts';
import type { Numbers } from './reference-numbers.ts';
import type { JobReport } from './reference-reports.ts';

/*
 * What jobs cost, and which of them ran for nothing: a part of the reference model.
 */

/** Micro-dollars for a minute since 2026. */
const PRICES: readonly (readonly [RegExp, string, number])[] = [
  [/^ubuntu-slim$/, 'linux_slim', 2000],
  [/^ubuntu-(latest|\d\d\.04)$/, 'linux', 6000],
  [/^ubuntu-(latest|\d\d\.04)-arm$/, 'linux_2_core_arm', 5000],
  [/^windows-(latest|\d{4})$/, 'windows', 10_000],
  [/^macos-(latest|\d\d)$/, 'macos', 62_000],
];

/**
 * Self-hosted runners are free, and so are GitHub's standard ones in public repositories; anything else has
 * an unknown price.
 */
function billOf(end: JobReport, ms: number) {
  const { workflow, labels } = end;
  if (labels.includes('self-hosted')) return null;
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  const isFromGitHub = labels.length === 1 && end.runnerGroup === 'GitHub Actions';
  const [, sku, price] = (isFromGitHub && PRICES.find(([pattern]) => pattern.test(labels[0] ?? ''))) || [];
  if (sku === undefined || price === undefined) return { sku: null, minutes, micros: 0 };
  const isOfPages = workflow === 'pages-build-deployment' && ['build', 'deploy'].includes(end.name);
  const isDependabot = workflow === 'Dependabot Updates' && end.name === 'Dependabot';
  if (!end.isPrivate || isOfPages || isDependabot) return null;
  return { sku, minutes, micros: minutes * price };
}

/** What a job is billed. */
export function countCost(numbers: Numbers, end: JobReport, ms: number): void {
  const { repository, workflow } = end;
  const bill = billOf(end, ms);
  if (bill === null) return;
  const { sku, minutes, micros } = bill;
  if (sku === null) {
    numbers.add('unpriced_seconds_total', { repository, workflow, runs_on: runsOnOf(end) }, 60 * minutes);
    return;
  }
  numbers.add('billed_seconds_total', { repository, workflow, sku }, 60 * minutes);
  numbers.addMicros('cost_dollars_total', { repository, workflow, sku }, micros);
}

/** Why the execution with these reports was for nothing; null if it was not. */
export function wasteOf(reports: readonly JobReport[], namesakes: readonly KnownJob[]): string | null {
  const [end] = reports as [JobReport];
  if (end.conclusion === 'cancelled') return 'cancelled';
  if (!FAILURES.includes(end.conclusion)) return null;
  const isAgain = ({ any, hasRun, startedMs, completion }: KnownJob) =>
    hasRun &&
    startedMs !== null &&
    startedMs >= (end.completedMs ?? 0) &&
    reports.some(({ attempt }) => attempt < any.attempt) &&
    !(completion && executionOf(completion) === executionOf(end));
  return namesakes.some(isAgain) ? 'repeated' : null;
}

export function countWaste(numbers: Numbers, end: JobReport, reason: string | null): void {
  const { repository, workflow } = end;
  const ms = hasRun(end) ? between(end.startedMs, end.completedMs) : null;
  if (reason === null || ms === null) return;
  if (ms > 0) numbers.add('wasted_seconds_total', { repository, workflow, reason }, ms / 1000);
  const bill = billOf(end, ms);
  if (bill?.sku) numbers.addMicros('wasted_dollars_total', { repository, workflow, reason }, bill.micros);
}

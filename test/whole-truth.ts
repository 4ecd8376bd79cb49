import assert from 'node:assert/strict';
import { BILLING_METRICS } from '../src/domain/billing-metrics.ts';
import { DOMAIN } from '../src/domain/catalogue.ts';
import { countedAtOnce } from './counted-at-once.ts';
import { metricOf, type Samples } from './samples.ts';

/**
 * What a world need not have: steps, which have to be requested, runners and bills, which no webhook reports, and
 * ghosts of over 35 days.
 */
const OTHERS = new Set<string>(
  [
    ...[DOMAIN.stepDuration, DOMAIN.jobFailedSteps, DOMAIN.jobFailureReasons, DOMAIN.staleRuns],
    ...Object.values(BILLING_METRICS),
    ...[DOMAIN.runners, DOMAIN.runnersByLabel, DOMAIN.runnerGroupLastIdle],
  ].map(({ name }) => name),
);
const FAMILIES = Object.values(DOMAIN)
  .map(({ name }) => name)
  .filter((name) => !OTHERS.has(name));

/** Compares every `github_actions_` line with what the simulator knows of its world. */
export function expectWholeTruth(samples: Samples, truth: Samples): void {
  assert.deepEqual(countedAtOnce(samples), countedAtOnce(truth));
  // The world was rich enough: all kinds of metrics.
  const families = new Set([...truth.keys()].map(metricOf));
  assert.deepEqual(
    FAMILIES.filter((name) => !families.has(name)),
    [],
  );
}

import assert from 'node:assert/strict';
import { DOMAIN } from '../src/domain/catalogue.ts';
import { linesOf, metricOf, type Samples } from './samples.ts';

/** All metrics of GitHub Actions, without the durations of steps, which have to be asked for, and runners, which no webhook tells of. */
const FAMILIES = Object.values(DOMAIN).length - 2;

/** Compares every `github_actions_` line with what the simulator knows of its world. */
export function expectWholeTruth(samples: Samples, truth: Samples): void {
  assert.deepEqual(linesOf(samples, 'github_actions_'), linesOf(truth, 'github_actions_'));
  // The world was worth it: all kinds of metrics.
  const families = new Set([...truth.keys()].map(metricOf));
  assert.equal(families.size, FAMILIES, [...families].join());
}

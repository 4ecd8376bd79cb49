import { createMeasure } from '../measure.ts';
import { IncrementSums } from '../metric.ts';
import { DURATION_BUCKETS_MS } from '../metric-kinds.ts';
import type { JobObservation } from '../observation.ts';
import type { Fact } from './fact.ts';
import { transitionJob } from './job.ts';
import type { JobState } from './state.ts';

/*
 * For tests: the life of one job, and what the facts of it add up to.
 */

export const measure = createMeasure({
  durationBucketsMs: DURATION_BUCKETS_MS,
  stepDurations: false,
  priceRules: [],
});
export const T0 = Date.UTC(2026, 10, 23, 12, 0, 0);

export function job(over: Partial<JobObservation> = {}): JobObservation {
  return {
    kind: 'job',
    source: 'webhook',
    observedAtMs: T0,
    repository: 'o/r',
    workflow: 'CI',
    jobId: 1,
    runId: 10,
    runAttempt: 1,
    name: 'build (20, ubuntu)',
    status: 'queued',
    conclusion: null,
    createdAtMs: T0,
    startedAtMs: T0,
    completedAtMs: null,
    runsOn: ['ubuntu-latest'],
    runnerId: null,
    runnerName: null,
    runnerGroup: null,
    headBranch: 'main',
    headSha: 'abc',
    steps: [],
    isPublicRepository: false,
    hasEnvironment: false,
    deploymentUpdatedAtMs: null,
    ...over,
  };
}

export const STEP = {
  number: 1,
  name: 's',
  status: 'completed',
  conclusion: 'success',
  startedAtMs: T0,
  completedAtMs: T0,
};

export function running(over: Partial<JobObservation> = {}): JobObservation {
  return job({
    status: 'in_progress',
    startedAtMs: T0 + 7000,
    runnerId: 5,
    runnerName: 'r5',
    observedAtMs: T0 + 8000,
    ...over,
  });
}

export function done(over: Partial<JobObservation> = {}): JobObservation {
  return running({
    status: 'completed',
    conclusion: 'success',
    completedAtMs: T0 + 67_000,
    steps: [STEP],
    observedAtMs: T0 + 68_000,
    ...over,
  });
}

/** Applies jobs of one run and name in the given order; answers the states and all facts. */
export function play(observations: readonly JobObservation[]): {
  states: Map<number, JobState>;
  facts: Fact[];
} {
  const states = new Map<number, JobState>();
  const facts: Fact[] = [];
  for (const observation of observations) {
    const result = transitionJob([...states.values()], observation, T0);
    states.set(result.state.jobId, result.state);
    facts.push(...result.facts);
  }
  return { states, facts };
}

/** The numbers that facts add up to, in a form to compare. */
export function numbersOf(facts: readonly Fact[]): string[] {
  const sums = new IncrementSums();
  for (const fact of facts) sums.add(measure(fact));
  return sums
    .take()
    .map(({ metric, labels, cell, delta }) => `${metric} ${labels.join('|')} ${cell} ${delta}`)
    .sort();
}

import type { Run } from './model.ts';
import { countDeployments } from './truth-deployments.ts';
import { countJobs } from './truth-jobs.ts';
import { TruthNumbers } from './truth-numbers.ts';
import { countRun, countWorkflows, type DefaultBranchEnd, defaultBranchEnds } from './truth-runs.ts';
import { runsOf, type World } from './world.ts';

/*
 * What the domain metrics must show of a world: by the rules of docs/meaning.md, in the most naive way, and
 * sharing no code with the service. Names, labels, buckets and prices are restated on purpose. It leaves out
 * only what must be enabled: the durations of steps.
 */

/** What is counted. */
export interface TruthOptions {
  /** Whether the events of deployments are sent. */
  readonly deployments?: boolean;
  /** As `metrics.branch_bases`. */
  readonly hasBases?: boolean;
}

/**
 * The expected metrics as Prometheus text 0.0.4, when every delivery of the complete world has arrived, at
 * `nowMs` (by default the world's end). Families and series are sorted.
 */
export function truthOf(world: World, nowMs: number = world.endMs, options: TruthOptions = {}): string {
  return truthOfRuns(runsOf(world), world.endMs, nowMs, { deployments: world.deployments, ...options });
}

/** The same for the given runs, as far as they happened by `endMs`. */
export function truthOfRuns(
  runs: Iterable<Run>,
  endMs: number,
  nowMs: number,
  { deployments = false, hasBases = false }: TruthOptions = {},
): string {
  const numbers = new TruthNumbers(hasBases);
  const ends: DefaultBranchEnd[] = [];
  for (const run of runs) {
    countRun(numbers, run, endMs, nowMs);
    countJobs(numbers, run, endMs, nowMs);
    if (deployments) countDeployments(numbers, run, endMs);
    ends.push(...defaultBranchEnds(run, endMs));
  }
  countWorkflows(numbers, ends);
  return numbers.text();
}

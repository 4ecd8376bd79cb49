import fc from 'fast-check';
import { timeText } from './small-world-payload.ts';
import { REPOSITORIES } from './small-world-places.ts';

/*
 * The deployments of small worlds: of GitHub Actions and of other tools, from payloads of today and of old, that
 * fail, are repaired, are taken away, or wait for somebody who approves or refuses. Left out: two different
 * reports of one outcome, of which the first that arrives decides.
 */

/** Environments with the label that they must have. */
export const ENVIRONMENTS = [
  { name: 'production', ref: 'main', label: 'production' },
  { name: 'eu-west-1', ref: 'topic', label: 'eu-west-1' },
  { name: 'preview/topic', ref: 'topic', label: 'preview/*' },
  { name: 'feature/login', ref: 'refs/heads/feature/login', label: '*' },
  { name: 'pr-12', ref: 'refs/pull/12/merge', label: 'pr-*' },
] as const;

const STATES = [
  [],
  ['in_progress', 'success'],
  ['queued', 'in_progress', 'failure'],
  ['failure', 'in_progress', 'success', 'inactive'],
  ['waiting', 'error'],
  ['inactive'],
] as const;

export interface DeploymentPlan {
  readonly repository: number;
  readonly environment: (typeof ENVIRONMENTS)[number];
  readonly states: (typeof STATES)[number];
  /** Made by a run. Statuses of old name none. */
  readonly run: 'none' | 'told' | 'not told in statuses';
  readonly hasEvent: boolean;
  readonly review: readonly ('requested' | 'approved' | 'rejected')[];
  /** How many jobs one decision is about. */
  readonly reviewed: number;
  readonly stepS: number;
}

export const deploymentPlans: fc.Arbitrary<readonly DeploymentPlan[]> = fc.array(
  fc.record({
    repository: fc.nat(REPOSITORIES.length - 1),
    environment: fc.constantFrom(...ENVIRONMENTS),
    states: fc.constantFrom(...STATES),
    run: fc.constantFrom('none', 'told', 'not told in statuses'),
    hasEvent: fc.boolean(),
    review: fc.subarray(['requested', 'approved', 'rejected'] as const),
    reviewed: fc.integer({ min: 1, max: 3 }),
    stepS: fc.integer({ min: -2, max: 4000 }),
  }),
  { maxLength: 3 },
);

type Make = (event: string, atMs: number, payload: object) => void;

/** Makes all deliveries of a deployment that was created then. */
export function makeDeployment(make: Make, plan: DeploymentPlan, index: number, bornMs: number): void {
  const { environment, states, stepS } = plan;
  const repository = REPOSITORIES[plan.repository];
  const runId = 5_100_000_000 + index;
  const workflow_run = {
    ...{ id: runId, run_attempt: 1, name: 'Deploy', status: 'in_progress', conclusion: null },
    ...{ head_branch: environment.ref.replace('refs/heads/', ''), run_started_at: timeText(bornMs - 60_000) },
    updated_at: timeText(bornMs),
  };
  const deployment = {
    ...{
      id: 4_000_000_000 + index,
      ref: environment.ref,
      sha: 'a'.repeat(40),
      environment: environment.name,
    },
    ...{ created_at: timeText(bornMs), transient_environment: false },
  };
  const inRun = plan.run === 'none' ? {} : { workflow_run };
  if (plan.hasEvent) make('deployment', bornMs, { action: 'created', deployment, ...inRun, repository });
  for (const [place, state] of states.entries()) {
    const atMs = bornMs + (place + 1) * stepS * 1000;
    const deployment_status = {
      ...{ id: 9_000_000_000 + index * 10 + place, state, created_at: timeText(atMs) },
      environment: environment.name,
    };
    const told = plan.run === 'told' ? { workflow_run, check_run: { id: 100_900_000_000 + index } } : {};
    make('deployment_status', atMs, {
      action: 'created',
      deployment_status,
      deployment,
      ...told,
      repository,
    });
  }
  makeReviews(make, plan, { index, bornMs, payload: { workflow_run, repository } });
}

function makeReviews(
  make: Make,
  { environment, review, reviewed }: DeploymentPlan,
  { index, bornMs, payload }: { readonly index: number; readonly bornMs: number; readonly payload: object },
): void {
  const jobs = Array.from({ length: reviewed }, (_, at) => ({
    ...{ id: 100_900_000_000 + index * 10 + at, name: 'deploy', environment: environment.name },
    ...{ status: 'waiting', created_at: timeText(bornMs + at * 1000), updated_at: timeText(bornMs) },
  }));
  for (const [place, action] of review.entries()) {
    const atMs = bornMs + (place + 1) * 300_000;
    const told = action === 'requested' ? { workflow_job_run: jobs[0] } : { workflow_job_runs: jobs };
    make('deployment_review', atMs, { action, since: timeText(bornMs), ...told, ...payload });
  }
}

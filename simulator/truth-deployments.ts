import { deploymentMoments, isDeployment, reviewMoments } from './deployment-life.ts';
import type { Attempt, Job, Run } from './model.ts';
import type { TruthNumbers } from './truth-numbers.ts';

/** The clocks of GitHub's parts differ by a few seconds. */
const CLOCK_SKEW_MS = 5000;

/** Counts the deployments of a run, as far as they were reported by `endMs`. */
export function countDeployments(numbers: TruthNumbers, run: Run, endMs: number): void {
  for (const attempt of run.attempts)
    for (const job of attempt.jobs.filter(isDeployment)) {
      countDeployment(numbers, { run, attempt, job }, endMs);
      countReviews(numbers, run, job, endMs);
    }
}

function countDeployment(
  numbers: TruthNumbers,
  { run, attempt, job }: { readonly run: Run; readonly attempt: Attempt; readonly job: Job },
  endMs: number,
): void {
  const reported = deploymentMoments(job).filter(({ atMs }) => atMs <= endMs);
  if (reported.length === 0) return;
  const place = placeOf(run, job);
  for (const state of ['success', 'failure', 'error'])
    numbers.add('deployments_total', { ...place, state }, 0);
  numbers.expect('deployment_duration_seconds', { ...place, state: 'success' });
  numbers.expect('run_to_environment_seconds', place);
  const end = reported.find(({ job: { status } }) => status === 'completed');
  if (end === undefined || end.state === null) return;
  const { state, atMs } = end;
  numbers.add('deployments_total', { ...place, state });
  numbers.observe('deployment_duration_seconds', { ...place, state }, Math.max(0, atMs - job.createdMs));
  if (state === 'success' && attempt.startedMs <= job.createdMs + CLOCK_SKEW_MS)
    numbers.observe('run_to_environment_seconds', place, atMs - attempt.startedMs);
}

function countReviews(numbers: TruthNumbers, run: Run, job: Job, endMs: number): void {
  const place = placeOf(run, job);
  for (const { action, atMs } of reviewMoments(job)) {
    if (atMs > endMs) continue;
    for (const state of ['approved', 'rejected'])
      numbers.add('deployment_reviews_total', { ...place, state }, 0);
    numbers.expect('deployment_approval_seconds', place);
    if (action === 'requested') continue;
    numbers.add('deployment_reviews_total', { ...place, state: action });
    if (action === 'approved') numbers.observe('deployment_approval_seconds', place, atMs - job.createdMs);
  }
}

function placeOf({ repository }: Run, { plan }: Job) {
  return { repository: repository.fullName, environment: plan?.environment ?? '' };
}

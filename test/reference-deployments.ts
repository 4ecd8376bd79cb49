import { between, grouped } from './reference-model.ts';
import type { Numbers } from './reference-numbers.ts';
import { heardMs, type Json, repositoryOf, text, timeMs } from './reference-reports.ts';
import { ENVIRONMENTS } from './small-world-deployments.ts';

/*
 * The numbers of deployments, as the reference model has them.
 */

interface StatusReport {
  readonly deployment: number;
  readonly repository: string;
  readonly environment: string;
  readonly state: string | null;
  readonly atMs: number | null;
  readonly createdMs: number | null;
  readonly runMs: number | null;
}

interface ReviewReport {
  readonly job: number;
  readonly repository: string;
  readonly environment: string;
  readonly action: string;
  readonly createdMs: number | null;
  readonly heardMs: number;
}

/** Counts what these webhooks, of any events, say of deployments. */
export function countDeployments(
  numbers: Numbers,
  sent: readonly { readonly guid: string; readonly event: string; readonly body: string }[],
): void {
  const statuses: StatusReport[] = [];
  const reviews: ReviewReport[] = [];
  for (const { guid, event, body } of sent) {
    const payload = JSON.parse(body) as Json;
    if (event === 'deployment_review') reviews.push(...reviewReports(guid, payload));
    else if (event.startsWith('deployment')) statuses.push(statusReport(numbers, payload));
  }
  for (const reports of grouped(statuses, ({ deployment, state }) => `${deployment} ${state}`))
    countOutcome(numbers, reports[0] as StatusReport);
  for (const report of reviews) expectReview(numbers, report);
  for (const reports of grouped(reviews, ({ job, action }) => `${job} ${action}`))
    countReview(numbers, reports[0] as ReviewReport);
}

function labelOf(name: unknown): string {
  return ENVIRONMENTS.find((each) => each.name === name)?.label ?? String(name);
}

/** Also what is at 0 from then on. */
function statusReport(numbers: Numbers, payload: Json): StatusReport {
  const deployment = payload['deployment'] as Json;
  const status = (payload['deployment_status'] ?? {}) as Json;
  const run = payload['workflow_run'] as Json | undefined;
  const repository = repositoryOf(payload);
  const environment = labelOf(status['environment'] ?? deployment['environment']);
  for (const state of ['success', 'failure', 'error'])
    numbers.add('deployments_total', { repository, environment, state }, 0);
  numbers.expect('deployment_duration_seconds', { repository, environment, state: 'success' });
  if (run) numbers.expect('run_to_environment_seconds', { repository, environment });
  return {
    ...{ repository, environment, deployment: Number(deployment['id']), state: text(status['state']) },
    atMs: timeMs(status['created_at']),
    createdMs: timeMs(deployment['created_at']),
    runMs: timeMs(run?.['run_started_at']),
  };
}

function countOutcome(numbers: Numbers, report: StatusReport): void {
  const { repository, environment, state, createdMs, atMs, runMs } = report;
  if (state === null || !['success', 'failure', 'error', 'inactive'].includes(state)) return;
  numbers.add('deployments_total', { repository, environment, state });
  if (state === 'inactive') return;
  numbers.observe(
    'deployment_duration_seconds',
    { repository, environment, state },
    between(createdMs, atMs),
  );
  if (state !== 'success') return;
  numbers.observe('run_to_environment_seconds', { repository, environment }, between(runMs, atMs));
}

function reviewReports(guid: string, payload: Json): ReviewReport[] {
  const jobs = (payload['workflow_job_runs'] ?? [payload['workflow_job_run']]) as Json[];
  return jobs.map((job) => ({
    ...{
      job: Number(job['id']),
      repository: repositoryOf(payload),
      environment: labelOf(job['environment']),
    },
    ...{ action: String(payload['action']), createdMs: timeMs(job['created_at']), heardMs: heardMs(guid) },
  }));
}

function expectReview(numbers: Numbers, { repository, environment }: ReviewReport): void {
  for (const state of ['approved', 'rejected'])
    numbers.add('deployment_reviews_total', { repository, environment, state }, 0);
  numbers.expect('deployment_approval_seconds', { repository, environment });
}

function countReview(numbers: Numbers, report: ReviewReport): void {
  const { repository, environment, action: state, createdMs } = report;
  if (state === 'requested') return;
  numbers.add('deployment_reviews_total', { repository, environment, state });
  if (state !== 'approved') return;
  const ms = between(createdMs, report.heardMs);
  numbers.observe('deployment_approval_seconds', { repository, environment }, ms);
}

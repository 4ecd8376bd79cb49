import type { Delivery } from '../domain/delivery.ts';
import { type EnvironmentWords, environmentLabel } from '../domain/environment-label.ts';
import type {
  DeploymentObservation,
  ObservationResult,
  ReviewedJob,
  ReviewObservation,
  ReviewStatus,
} from '../domain/observation.ts';
import { workflowFile, workflowLabel } from '../domain/workflow-name.ts';
import { integerOf, type Json, objectOf, textOf } from './fields.ts';
import { observedOf } from './observed.ts';
import { PayloadTimes } from './payload-times.ts';

/*
 * The events of deployments. Those of GitHub Actions name the run; older ones, and those of other tools, do not.
 */

/** More jobs than a run can have. */
const MOST_JOBS = 1000;
const REVIEW_STATUSES: readonly ReviewStatus[] = ['requested', 'approved', 'rejected'];

/** Reads `deployment`, `deployment_status` and `deployment_protection_rule`. */
export function observeDeployment(delivery: Delivery, payload: Json): ObservationResult {
  const deployment = objectOf(payload['deployment']);
  const deploymentId = integerOf(deployment?.['id']);
  if (deployment === null || deploymentId === null) return { ignored: 'no_deployment' };
  const reported = delivery.event === 'deployment_status' ? objectOf(payload['deployment_status']) : null;
  const run = objectOf(payload['workflow_run']);
  const times = new PayloadTimes({ ...deployment, ...reported }, delivery);
  const observed = observedOf(delivery, payload, times);
  const createdAtMs = times.of(deployment['created_at']);
  const runId = integerOf(run?.['id']);
  const words = {
    ref: textOf(deployment['ref']),
    headSha: textOf(deployment['sha']),
    runId,
    jobId: runId === null ? null : integerOf(objectOf(payload['check_run'])?.['id']),
  };
  const environmentName = textOf(reported?.['environment']) ?? textOf(deployment['environment']) ?? 'unknown';
  const isTransient = deployment['transient_environment'] === true;
  const observation: DeploymentObservation = {
    kind: 'deployment',
    ...observed,
    workflow: workflowOf(payload, run),
    deploymentId,
    ...words,
    ...environmentOf(payload, { ...words, environment: environmentName, isTransient }),
    createdAtMs,
    status: textOf(reported?.['state']) ?? 'created',
    statusId: integerOf(reported?.['id']) ?? 0,
    statusAtMs:
      times.of(reported?.['created_at']) ?? (reported === null ? createdAtMs : null) ?? observed.observedAtMs,
    runAttempt: runId === null ? null : (integerOf(run?.['run_attempt']) ?? 1),
    runStartedAtMs: times.of(run?.['run_started_at']),
  };
  return { observation };
}

/** Reads `deployment_review`. */
export function observeReview(delivery: Delivery, payload: Json): ObservationResult {
  const run = objectOf(payload['workflow_run']);
  const runId = integerOf(run?.['id']);
  const status = REVIEW_STATUSES.find((each) => each === delivery.action);
  if (run === null || runId === null || status === undefined) return { ignored: 'no_review' };
  const times = new PayloadTimes(run, delivery);
  const jobs = jobsOf(payload).flatMap((job) => reviewedJob(job, { payload, run, runId, times }));
  if (jobs.length === 0) return { ignored: 'no_review' };
  const observation: ReviewObservation = {
    kind: 'review',
    ...observedOf(delivery, payload, times),
    workflow: workflowOf(payload, run),
    status,
    statusAtMs: reviewedAtMs(status, payload, times),
    runId,
    runAttempt: integerOf(run['run_attempt']) ?? 1,
    jobs,
  };
  return { observation };
}

/** No field has the time of a decision: GitHub's id of the event has it. Of a request, `since` is one. */
function reviewedAtMs(status: ReviewStatus, payload: Json, times: PayloadTimes): number | null {
  const sinceMs = times.of(payload['since']);
  if (status === 'requested') return sinceMs;
  const { madeAtMs } = times;
  return madeAtMs !== null && times.hasPassed(madeAtMs) ? madeAtMs : sinceMs;
}

/** Several may be approved with one decision. */
function jobsOf(payload: Json): readonly Json[] {
  const several = payload['workflow_job_runs'];
  const listed = Array.isArray(several) ? several.slice(0, MOST_JOBS) : [];
  const jobs = listed.map(objectOf).filter((job) => job !== null);
  const single = objectOf(payload['workflow_job_run']);
  return jobs.length > 0 || single === null ? jobs : [single];
}

interface ReviewedRun {
  readonly payload: Json;
  readonly run: Json;
  readonly runId: number;
  readonly times: PayloadTimes;
}

function reviewedJob(job: Json, { payload, run, runId, times }: ReviewedRun): ReviewedJob[] {
  const jobId = integerOf(job['id']);
  if (jobId === null) return [];
  const environment = textOf(job['environment']) ?? textOf(payload['environment']) ?? 'unknown';
  const words = {
    ...{ environment, runId, jobId, isTransient: false },
    ref: textOf(run['head_branch']),
    headSha: textOf(run['head_sha']),
  };
  return [
    {
      jobId,
      name: textOf(job['name']) ?? 'unknown',
      ...environmentOf(payload, words),
      createdAtMs: times.of(job['created_at']),
    },
  ];
}

function environmentOf(payload: Json, words: Omit<EnvironmentWords, 'defaultBranch'>) {
  const defaultBranch = textOf(objectOf(payload['repository'])?.['default_branch']);
  const environment = environmentLabel({ ...words, defaultBranch });
  return { environment, environmentName: words.environment };
}

function workflowOf(payload: Json, run: Json | null): string {
  const workflow = objectOf(payload['workflow']);
  const file = workflowFile(textOf(run?.['path']) ?? textOf(workflow?.['path']));
  return workflowLabel({ name: textOf(workflow?.['name']), runName: textOf(run?.['name']), file });
}

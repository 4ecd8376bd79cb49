import { readAsked } from '../domain/asked.ts';
import { type BranchFacts, type BranchGroup, branchClassOf } from '../domain/branch-class.ts';
import type { Delivery } from '../domain/delivery.ts';
import { NUMBERS_EVENT, readNumbers } from '../domain/job-numbers.ts';
import { STATUS_RANK } from '../domain/lifecycle/status.ts';
import type {
  DispatchObservation,
  JobObservation,
  ObservationResult,
  ReasonObservation,
  RepositoryObservation,
  RunObservation,
  Status,
  Step,
} from '../domain/observation.ts';
import { readReason } from '../domain/reason-delivery.ts';
import type { ReportedRepository } from '../domain/repository-labels.ts';
import { workflowFile, workflowLabel } from '../domain/workflow-name.ts';
import { integerOf, type Json, objectOf, textOf, textsOf } from './fields.ts';
import { observeDeployment, observeReview } from './observe-deployment.ts';
import { observedOf } from './observed.ts';
import { PayloadTimes } from './payload-times.ts';
import { pullRequestBaseOf } from './pull-request-base.ts';
import { reportedRepository } from './reported-repository.ts';
import { jobTraceWords, runTraceWords } from './trace-words.ts';

/** The status that each of GitHub's actions implies when the object itself has none. */
const STATUS_OF_ACTION: ReadonlyMap<string, Status> = new Map([
  ['requested', 'requested'],
  ['queued', 'queued'],
  ['waiting', 'waiting'],
  ['in_progress', 'in_progress'],
  ['completed', 'completed'],
]);

/** Turns a delivery's payload into an observation, or returns why it is ignored. */
export type Observe = (delivery: Delivery) => ObservationResult;

export interface ObserveOptions {
  /** Whether results say what the payload reports of its repository. */
  readonly reportsRepositories?: boolean;
  /** As `BranchFacts.hasBases`. */
  readonly hasBases?: boolean;
  /** Whether results say what only traces show. */
  readonly forTraces?: boolean;
  /** Whether jobs have the class of their branch. */
  readonly classifiesJobs?: boolean;
}

interface ReadOptions extends Pick<BranchFacts, 'groups' | 'hasBases'> {
  readonly forTraces: boolean;
  readonly classifiesJobs: boolean;
}

/**
 * Reads payloads, with these groups of branches. Throws on text that is not JSON: such a delivery was damaged
 * after it was accepted.
 */
export function createObserve(
  groups: readonly BranchGroup[],
  {
    reportsRepositories = false,
    hasBases = false,
    forTraces = false,
    classifiesJobs = false,
  }: ObserveOptions = {},
): Observe {
  const options = { groups, hasBases, forTraces, classifiesJobs };
  return (delivery) => {
    const asked = readAsked(delivery);
    if (asked !== null) return { observation: asked };
    const reason = readReason(delivery);
    if (reason !== null)
      return { observation: reason, ...(reportsRepositories && { repository: repositoryOf(reason) }) };
    if (delivery.event === NUMBERS_EVENT) return { observation: readNumbers(delivery) };
    const payload = objectOf(JSON.parse(delivery.payload)) ?? {};
    const result = observePayload(delivery, payload, options);
    return reportsRepositories && 'observation' in result
      ? { ...result, repository: reportedRepository(payload, result.observation) }
      : result;
  };
}

/** What its job is counted under; GitHub was not asked for more. */
function repositoryOf({ repository, observedAtMs }: ReasonObservation): ReportedRepository {
  return { name: repository, repositoryId: null, properties: null, atMs: observedAtMs };
}

function observePayload(delivery: Delivery, payload: Json, options: ReadOptions): ObservationResult {
  switch (delivery.event) {
    case 'workflow_job':
      return observeJob(delivery, payload, options);
    case 'workflow_run':
      return observeRun(delivery, payload, options);
    case 'repository':
    case 'custom_property_values':
      return { observation: observeRepository(delivery, payload) };
    case 'deployment':
    case 'deployment_status':
    case 'deployment_protection_rule':
      return observeDeployment(delivery, payload);
    case 'deployment_review':
      return observeReview(delivery, payload);
    default:
      return observeDispatch(delivery, payload);
  }
}

function observeRepository(delivery: Delivery, payload: Json): RepositoryObservation {
  return {
    kind: 'repository',
    ...observedOf(delivery, payload, new PayloadTimes({}, delivery)),
    workflow: '',
  };
}

function observeJob(
  delivery: Delivery,
  payload: Json,
  { forTraces, classifiesJobs, groups }: ReadOptions,
): ObservationResult {
  const job = objectOf(payload['workflow_job']);
  const jobId = integerOf(job?.['id']);
  const runId = integerOf(job?.['run_id']);
  if (job === null || jobId === null || runId === null) return { ignored: 'no_job' };
  const status = statusOf(job, delivery.action);
  if (status === null) return { ignored: 'unknown_status' };
  const deployment = objectOf(payload['deployment']);
  const times = new PayloadTimes(job, delivery);
  const observation: JobObservation = {
    kind: 'job',
    ...observedOf(delivery, payload, times),
    workflow: workflowLabel({ runName: textOf(job['workflow_name']), job: textOf(job['name']) ?? '' }),
    jobId,
    runId,
    runAttempt: integerOf(job['run_attempt']) ?? 1,
    name: textOf(job['name']) ?? 'unknown',
    status,
    conclusion: textOf(job['conclusion']),
    createdAtMs: times.of(job['created_at']),
    startedAtMs: times.of(job['started_at']),
    completedAtMs: times.of(job['completed_at']),
    runsOn: textsOf(job['labels']),
    runnerId: integerOf(job['runner_id']),
    runnerName: textOf(job['runner_name']),
    runnerGroup: textOf(job['runner_group_name']),
    headBranch: textOf(job['head_branch']),
    branch: classifiesJobs ? branchOfJob(job, payload, groups) : null,
    headSha: textOf(job['head_sha']),
    steps: stepsOf(job['steps'], times),
    isPublicRepository: publicityOf(payload),
    hasEnvironment: deployment !== null,
    deploymentUpdatedAtMs: times.of(deployment?.['updated_at']),
    ...(forTraces && { forTrace: jobTraceWords(payload, job) }),
  };
  return times.hasFuture ? { observation, anomaly: 'future' } : { observation };
}

/** A job does not tell what triggered its run. */
function branchOfJob(job: Json, payload: Json, groups: ReadOptions['groups']): string {
  const defaultBranch = textOf(objectOf(payload['repository'])?.['default_branch']);
  return branchClassOf({ event: '', headBranch: textOf(job['head_branch']), defaultBranch, groups });
}

function observeRun(
  delivery: Delivery,
  payload: Json,
  { forTraces, ...branches }: ReadOptions,
): ObservationResult {
  const run = objectOf(payload['workflow_run']);
  const runId = integerOf(run?.['id']);
  if (run === null || runId === null) return { ignored: 'no_run' };
  const status = statusOf(run, delivery.action);
  if (status === null) return { ignored: 'unknown_status' };
  const event = textOf(run['event']) ?? 'unknown';
  const workflow = objectOf(payload['workflow']);
  const file = workflowFile(textOf(run['path']) ?? textOf(workflow?.['path']));
  const headBranch = textOf(run['head_branch']);
  const repositoryId = integerOf(objectOf(payload['repository'])?.['id']);
  const times = new PayloadTimes(run, delivery);
  const observation: RunObservation = {
    kind: 'run',
    ...observedOf(delivery, payload, times),
    workflow: workflowLabel({ name: textOf(workflow?.['name']), runName: textOf(run['name']), file }),
    runId,
    runAttempt: integerOf(run['run_attempt']) ?? 1,
    runNumber: integerOf(run['run_number']),
    repositoryId,
    workflowFile: file,
    status,
    conclusion: textOf(run['conclusion']),
    event,
    branch: branchClassOf({
      event,
      headBranch,
      defaultBranch: textOf(objectOf(payload['repository'])?.['default_branch']),
      ...branches,
      pullRequestBase: branches.hasBases ? pullRequestBaseOf(run['pull_requests'], repositoryId) : null,
    }),
    headBranch,
    headSha: textOf(run['head_sha']),
    createdAtMs: times.of(run['created_at']),
    runStartedAtMs: times.of(run['run_started_at']),
    updatedAtMs: times.of(run['updated_at']),
    ...(forTraces && { forTrace: runTraceWords(payload, run) }),
  };
  return times.hasFuture ? { observation, anomaly: 'future' } : { observation };
}

function observeDispatch(delivery: Delivery, payload: Json): ObservationResult {
  const reported = textOf(payload['workflow']);
  if (reported === null) return { ignored: 'no_workflow' };
  const file = workflowFile(reported);
  const observation: DispatchObservation = {
    kind: 'dispatch',
    ...observedOf(delivery, payload, new PayloadTimes({}, delivery)),
    workflow: workflowLabel({ name: file === null ? reported : null, file }),
  };
  return { observation };
}

/**
 * The later of the object's `status` and the one that the delivery's `action` implies: a `queued` action may
 * carry status `waiting`, and a run held for approval is `requested` with status `completed`.
 */
function statusOf(object: Json, action: string): Status | null {
  const reported = textOf(object['status']);
  const own = reported !== null && Object.hasOwn(STATUS_RANK, reported) ? (reported as Status) : null;
  const byAction = STATUS_OF_ACTION.get(action) ?? null;
  if (own === null || byAction === null) return own ?? byAction;
  return STATUS_RANK[byAction] > STATUS_RANK[own] ? byAction : own;
}

/** Whether everybody can see the repository; null if the payload does not say. */
function publicityOf(payload: Json): boolean | null {
  const isPrivate = objectOf(payload['repository'])?.['private'];
  return typeof isPrivate === 'boolean' ? !isPrivate : null;
}

function stepsOf(value: unknown, times: PayloadTimes): Step[] {
  if (!Array.isArray(value)) return [];
  return value.map((each, index) => {
    const step = objectOf(each) ?? {};
    return {
      number: integerOf(step['number']) ?? index + 1,
      name: textOf(step['name']) ?? 'unknown',
      status: textOf(step['status']) ?? 'unknown',
      conclusion: textOf(step['conclusion']),
      startedAtMs: times.of(step['started_at']),
      completedAtMs: times.of(step['completed_at']),
    };
  });
}

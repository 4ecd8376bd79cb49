import { DOMAIN } from '../domain/catalogue.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { ObservationEntry } from '../domain/explanation.ts';
import { explains, reasonText } from '../domain/failure-reason.ts';
import { DEPLOYMENT_OUTCOMES } from '../domain/lifecycle/fact.ts';
import { isGone } from '../domain/lifecycle/gone.ts';
import { hasStarted } from '../domain/lifecycle/started.ts';
import type { JobState, RunState } from '../domain/lifecycle/state.ts';
import type { Increment } from '../domain/metric.ts';
import type {
  AskedObservation,
  AskedOutcome,
  DeploymentObservation,
  JobObservation,
  Observation,
  ObservationResult,
  ReasonObservation,
  ReviewObservation,
  RunObservation,
} from '../domain/observation.ts';
import type { ChosenLabel } from '../domain/repository-labels.ts';
import type { Applied } from './batch-states.ts';

/** What one delivery did, and what it counted. */
export interface CountedDelivery {
  readonly applied: Applied;
  readonly counted: readonly Increment[];
  readonly repositoryLabels?: readonly ChosenLabel[];
}

/** The record of one delivery for people who check a number; null if it is about no run and no job. */
export function entryOf(
  delivery: Delivery,
  reading: ObservationResult,
  { applied, counted, repositoryLabels }: CountedDelivery,
): ObservationEntry | null {
  if (!('observation' in reading)) return null;
  const observation = reading.observation;
  if (!('runId' in observation) || observation.runId === null) return null;
  const { runId } = observation;
  return {
    runId,
    jobId: jobOf(observation),
    guid: delivery.guid,
    source: delivery.source,
    receivedAtMs: delivery.receivedAtMs,
    eventAtMs: observation.observedAtMs,
    action: actionOf(delivery),
    status: 'status' in observation ? observation.status : observation.kind,
    conclusion: 'conclusion' in observation ? observation.conclusion : null,
    before: applied.before?.status ?? null,
    after: applied.after?.status ?? 'ignored',
    counted,
    why: whyNot(observation, applied) ?? whyNoCost(counted),
    ...(repositoryLabels === undefined ? {} : { repositoryLabels }),
  };
}

/** Those of the events of deployments say too little by themselves. */
function actionOf({ event, action }: Delivery): string {
  return event.startsWith('deployment') ? `${event} ${action}` : action;
}

/** Null: it is about the run, or about several jobs. */
function jobOf(observation: Extract<Observation, { readonly runId: number | null }>): number | null {
  if (observation.kind === 'run') return null;
  if (observation.kind !== 'review') return observation.jobId;
  return observation.jobs.length === 1 ? (observation.jobs[0]?.jobId ?? null) : null;
}

/**
 * Why a delivery that could have been counted was not, or not in full; null when there is nothing to explain.
 */
function whyNot(
  observation:
    | JobObservation
    | RunObservation
    | AskedObservation
    | ReasonObservation
    | DeploymentObservation
    | ReviewObservation,
  { before, after, facts }: Applied,
): string | null {
  if (facts.some((fact) => fact.kind === 'ignored' && fact.reason === 'too_old'))
    return 'It ended so long ago that it may have been counted and forgotten.';
  if (after === null && observation.kind === 'job')
    return 'It is a check run of another tool, or a job that has not been reported as queued yet: no labels, no runner, no steps.';
  if (after === null) return null;
  if (observation.kind === 'reason') return whyReason(observation, before as JobState);
  if (observation.kind === 'deployment' || observation.kind === 'review')
    return facts.length === 0 ? whyNoOutcome(observation) : null;
  if (before?.status === 'completed' && facts.length === 0)
    return 'It was completed before; this adds nothing.';
  if (observation.kind === 'confirmed')
    return 'GitHub says that it is not over: it is not stale for a day from then.';
  if (observation.kind === 'gone') {
    return isGone(after as JobState | RunState)
      ? 'GitHub does not know it any more: it is stale until another event arrives.'
      : 'A later event about it had arrived.';
  }
  return observation.kind === 'job' ? whyNotJob(observation, after as JobState) : null;
}

function whyNoOutcome({ kind, status }: DeploymentObservation | ReviewObservation): string {
  const isOutcome =
    kind === 'review' ? status !== 'requested' : DEPLOYMENT_OUTCOMES.some((each) => each === status);
  if (isOutcome) return 'It was reported before; this adds nothing.';
  return kind === 'review' ? 'A request is no decision.' : 'Of a deployment, only its outcomes are counted.';
}

const UNASKED: Readonly<Record<Exclude<AskedOutcome, 'read'>, string>> = {
  not_visible: 'GitHub does not show its annotations.',
  too_old: 'It failed too long ago to ask GitHub for its annotations.',
  too_many: 'So many jobs failed later that GitHub is not asked for its annotations.',
};

function whyReason({ outcome, reason }: ReasonObservation, before: JobState): string {
  if (reason === null) return UNASKED[outcome as keyof typeof UNASKED];
  if (!before.isReasonOpen && before.completionCounted && !before.isCauseOpen)
    return 'It was answered before; this adds nothing.';
  const text = `Its annotations say: ${reasonText(reason)}.`;
  const isCounted = explains(reason, before.conclusion);
  return isCounted ? text : `${text} That is no reason for a job that was cancelled, and is not counted.`;
}

function whyNoCost(counted: readonly Increment[]): string | null {
  const isUnpriced = counted.some(({ metric }) => metric === DOMAIN.unpriced.name);
  return isUnpriced
    ? 'The price of its runner is unknown, so its cost is not counted: add the price to `prices.rules`.'
    : null;
}

function whyNotJob(job: JobObservation, after: JobState): string | null {
  if (job.status === 'completed' && !after.completionCounted) {
    return 'The same execution is counted under another id: jobs that a re-run carries over are reported again.';
  }
  if (after.isCauseOpen)
    return 'A gate may have refused it: the cause is counted once no event of a gate can arrive.';
  if (job.status === 'completed' && !hasStarted(job)) {
    return 'No runner took it, so it has no durations.';
  }
  if (!after.hasStarted || after.queueCounted) return null;
  if (after.createdAtMs === null) return 'Its creation is unknown, and so is its queue time.';
  if (after.waitedAtMs !== null)
    return 'It was behind a gate and its release is unknown, and so is its queue time.';
  if (after.heldUntilMs !== null)
    return 'It may have been behind a gate: its queue time is counted once no event of the gate can arrive.';
  return 'Its queue time is counted under another id, or its creation is after its start.';
}

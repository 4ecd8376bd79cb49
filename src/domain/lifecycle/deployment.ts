import type { DeploymentObservation } from '../observation.ts';
import { durationBetween } from './duration.ts';
import { DEPLOYMENT_OUTCOMES, type DeploymentOutcome, type Fact, type Transition } from './fact.ts';
import { earliest } from './merge.ts';
import type { DeploymentState } from './state.ts';

/*
 * Deployments. GitHub creates one for each job with an environment; other tools create their own. Each of its
 * statuses is an event. A deployment counts once in each outcome that it reaches: one that failed, and is then
 * repaired under the same id, is a failure and a success. A tool that reports the same outcome again and again
 * adds nothing. The duration is that of the report which arrived first; what was counted is not moved.
 */

/** The clocks of GitHub's parts differ by a few seconds. */
const CLOCK_SKEW_MS = 5000;

/** Under which name a state keeps the time of an outcome. */
const TIMES = {
  success: 'successAtMs',
  failure: 'failureAtMs',
  error: 'errorAtMs',
  inactive: 'inactiveAtMs',
} as const satisfies Record<DeploymentOutcome, keyof DeploymentState>;

/** What a report changes, and what it is the first to say. Reports may come in any order. */
export function transitionDeployment(
  known: DeploymentState | undefined,
  reported: DeploymentObservation,
  nowMs: number,
): Transition<DeploymentState> {
  const before = known ?? stateOf(reported, nowMs);
  const merged = { ...mergedWith(before, reported), heardAtMs: Math.max(before.heardAtMs, nowMs) };
  const outcome = DEPLOYMENT_OUTCOMES.find((each) => each === reported.status);
  if (outcome === undefined) return { state: merged, facts: [] };
  const time = TIMES[outcome];
  const state = { ...merged, [time]: earliest(before[time], reported.statusAtMs) };
  return { state, facts: before[time] === null ? factsOf(reported, outcome) : [] };
}

function stateOf(reported: DeploymentObservation, heardAtMs: number): DeploymentState {
  const none = { successAtMs: null, failureAtMs: null, errorAtMs: null, inactiveAtMs: null };
  return { ...wordsOf(reported), ...none, heardAtMs };
}

function wordsOf({
  kind: _,
  source: __,
  observedAtMs: ___,
  ...words
}: DeploymentObservation): Omit<DeploymentObservation, 'kind' | 'source' | 'observedAtMs'> {
  return words;
}

/** The words of the latest status, which may have moved it to another environment. */
function mergedWith(known: DeploymentState, reported: DeploymentObservation): DeploymentState {
  const told = { ...known, ...wordsOf(reported) };
  const [latest, other] = rankOf(told) >= rankOf(known) ? [told, known] : [known, told];
  return {
    ...latest,
    ref: latest.ref ?? other.ref,
    headSha: latest.headSha ?? other.headSha,
    createdAtMs: earliest(known.createdAtMs, reported.createdAtMs),
    jobId: earliest(known.jobId, reported.jobId),
    ...originOf(known, reported),
  };
}

/** Ids of statuses grow. An event without a status says less if it does not name a run. */
function rankOf({ statusId, runId }: DeploymentState): number {
  return statusId === 0 ? Number(runId !== null) : statusId + 1;
}

type Origin = Pick<DeploymentState, 'runId' | 'runAttempt' | 'runStartedAtMs' | 'workflow'>;

/** A late status may name a later attempt of the run than the one that made the deployment, or none. */
function originOf(known: Origin, reported: Origin): Partial<Origin> {
  if (known.runAttempt === null && reported.runAttempt === null) return {};
  const isReported =
    (reported.runAttempt ?? Number.POSITIVE_INFINITY) < (known.runAttempt ?? Number.POSITIVE_INFINITY);
  const { runId, runAttempt, runStartedAtMs, workflow } = isReported ? reported : known;
  const isSame = known.runAttempt === reported.runAttempt;
  const startedAtMs = isSame ? earliest(known.runStartedAtMs, reported.runStartedAtMs) : runStartedAtMs;
  return { runId, runAttempt, runStartedAtMs: startedAtMs, workflow };
}

function factsOf(deployment: DeploymentObservation, state: DeploymentOutcome): Fact[] {
  const { createdAtMs, runStartedAtMs, statusAtMs } = deployment;
  const startMs = state === 'inactive' ? null : createdAtMs;
  const { durationMs, anomalies } = durationBetween(startMs, statusAtMs, 'deployment_duration');
  const isOfAttempt =
    createdAtMs !== null && runStartedAtMs !== null && runStartedAtMs <= createdAtMs + CLOCK_SKEW_MS;
  const isSince = state === 'success' && isOfAttempt && durationMs !== null;
  const sinceRunMs = isSince ? Math.max(0, statusAtMs - runStartedAtMs) : null;
  return [{ kind: 'deployment_reached', deployment, state, durationMs, sinceRunMs }, ...anomalies];
}

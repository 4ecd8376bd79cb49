import { MAX_SKEW_MS } from '../domain/clock-skew.ts';
import type { EngineHealth } from '../domain/engine-health.ts';
import { isoTime } from '../domain/iso-time.ts';
import type { SinkHealth } from '../domain/outbox.ts';
import type { ReplicaStatus } from '../domain/replica.ts';
import { describeSink } from './push-status-route.ts';

/** Whether a delivery can be accepted now, and if not, why. */
export interface Readiness {
  readonly ok: boolean;
  readonly reason?: string;
}

export interface HealthFacts {
  readonly version: string;
  readonly nowMs: number;
  readonly uptimeMs: number;
  readonly readiness: Readiness;
  readonly intake: 'webhooks' | 'polling';
  readonly lastAcceptedAtMs: number | null;
  /** Null if the engine did not respond. */
  readonly engine: EngineHealth | null;
  /**
   * A sentence for each credential that GitHub currently refuses, each thing it does not let us read, and if
   * everything waits for its answer.
   */
  readonly refusals: readonly string[];
  /** A sentence for each thing beside runs and jobs that GitHub does not show: a bill, runners. All is well without. */
  readonly leftOut: readonly string[];
  /** What is wrong with the machine's clock; null: nothing. */
  readonly clockProblem: string | null;
  /** When the machine's clock was last set, or the machine was suspended; null: not since the start. */
  readonly clockSteppedAtMs: number | null;
  /**
   * Whether to show parked deliveries themselves and the words of receivers and GitHub, not just counts and
   * whether all is well.
   */
  readonly isTrusted: boolean;
}

export type HealthStatus = 'ok' | 'degraded' | 'failing';

/** A queue that is older than this can't keep up. */
const SLOW_QUEUE_MS = 60_000;
const PARKED_SHOWN = 20;
const LOG_HELD = 'Another program reads the database in one transaction, and its log grows meanwhile.';
/** A receiver that has accepted nothing for this long is not just restarting. */
const SLOW_PUSH_MS = 15 * 60_000;

/**
 * The response of `/health`. `failing`: no delivery can be accepted. `degraded`: deliveries are accepted, but
 * some are parked, or the oldest one has waited for over a minute, or GitHub or a receiver refuses us, or GitHub's webhooks don't reach us, or
 * GitHub does not say what time it is, or samples or spans have waited for their receiver for over a quarter of an hour, or another program that reads makes the log of the database grow, or the machine's clock is wrong or another than that of the database.
 */
export function summariseHealth(facts: HealthFacts) {
  const { engine, readiness, nowMs, uptimeMs, refusals, leftOut, isTrusted } = facts;
  const queue = engine?.queue ?? null;
  const oldestAgeMs = queue === null || queue.oldestMs === null ? null : Math.max(0, nowMs - queue.oldestMs);
  const checks = {
    ready: readiness,
    engine: { ok: engine !== null },
    parked: { ok: (queue?.parked ?? 0) === 0 },
    queue: { ok: (oldestAgeMs ?? 0) <= SLOW_QUEUE_MS },
    push: shownTo(isTrusted, pushReadiness(engine?.sinks ?? [], nowMs)),
    github: shownTo(isTrusted, gitHubReadiness(refusals, leftOut)),
    database: readinessOf(engine?.isLogHeld === true ? [LOG_HELD] : []),
    replicas: readinessOf(differencesIn(engine?.replicas ?? [], nowMs)),
    clock: readinessOf(clockProblems(facts.clockProblem, engine?.storeAheadMs ?? 0)),
  };
  return {
    status: statusOf(checks),
    version: facts.version,
    started_at: isoTime(nowMs - uptimeMs),
    intake: facts.intake,
    uptime_seconds: Math.floor(uptimeMs / 1000),
    last_delivery_accepted_at: isoTime(facts.lastAcceptedAtMs),
    last_clock_step_at: isoTime(facts.clockSteppedAtMs),
    last_delivery_processed_at: isoTime(engine?.lastProcessedAtMs ?? null),
    queue: queue && {
      pending: queue.pending,
      retrying: queue.retrying,
      parked: queue.parked,
      oldest_age_seconds: oldestAgeMs === null ? null : oldestAgeMs / 1000,
    },
    ...(isTrusted && engine !== null ? { parked: describeParked(engine.parked) } : {}),
    ...(isTrusted && engine !== null && engine.replicas.length > 0
      ? { replicas: engine.replicas.map(describeReplica) }
      : {}),
    series: engine?.series ?? null,
    push:
      engine?.sinks.map((sink) => describeSink(isTrusted ? sink : { ...sink, lastProblem: null }, nowMs)) ??
      null,
    checks,
  };
}

/** Each replica tells ages by its own clock, and what is stored has the times of the database. */
function clockProblems(ofMachine: string | null, storeAheadMs: number): string[] {
  const seconds = Math.round(Math.abs(storeAheadMs) / 1000);
  const differs = `The clock of this machine is ${seconds} s ${storeAheadMs > 0 ? 'behind' : 'ahead of'} that of the database.`;
  return [
    ...(ofMachine === null ? [] : [ofMachine]),
    ...(Math.abs(storeAheadMs) > MAX_SKEW_MS ? [differs] : []),
  ];
}

/** A rolling change is over after this time. */
const SLOW_CHANGE_MS = 600_000;

/** Processes with other settings would count under other names and limits. */
function differencesIn(replicas: readonly ReplicaStatus[], nowMs: number): string[] {
  const settled = replicas.filter(({ startedAtMs }) => nowMs - startedAtMs > SLOW_CHANGE_MS);
  if (new Set(settled.map(({ configHash }) => configHash)).size < 2) return [];
  return [
    `The settings of ${settled.map(({ host }) => host).join(', ')} differ: give all replicas the same.`,
  ];
}

function describeReplica({ host, version, isSelf, leads, startedAtMs, seenAtMs, behind }: ReplicaStatus) {
  return {
    host,
    version,
    is_self: isSelf,
    leads,
    started_at: isoTime(startedAtMs),
    last_seen_at: isoTime(seenAtMs),
    behind_transactions: behind,
  };
}

/** What only a setting asks for can't be waited for: it is said, and the service is well without it. */
function gitHubReadiness(refusals: readonly string[], leftOut: readonly string[]): Readiness {
  const { reason } = readinessOf([...refusals, ...leftOut]);
  return reason === undefined ? { ok: true } : { ok: refusals.length === 0, reason };
}

/** A receiver that refuses us does not recover by itself, so it is reported at once. */
function pushReadiness(sinks: readonly SinkHealth[], nowMs: number): Readiness {
  const refusals = sinks.flatMap(({ sink, lastSentAtMs, lastProblem: problem }) =>
    problem?.kind === 'refused' && (lastSentAtMs ?? 0) <= problem.atMs
      ? [`${sink} refuses us: ${problem.reason}.`]
      : [],
  );
  return readinessOf([...refusals, ...sinks.flatMap((sink) => waitOf(sink, nowMs))]);
}

/** That something has waited for too long, and why, if a receiver that has taken nothing since has said so. */
function waitOf(
  { sink, unit, oldestMs, lastSentAtMs, lastProblem: problem }: SinkHealth,
  nowMs: number,
): string[] {
  if (oldestMs === null || nowMs - oldestMs <= SLOW_PUSH_MS) return [];
  const what = unit === 'samples' ? 'Samples' : 'Spans';
  const minutes = Math.floor((nowMs - oldestMs) / 60_000);
  const isCurrent = problem?.kind === 'retry' && (lastSentAtMs ?? 0) <= problem.atMs;
  const why = isCurrent ? `: ${problem.reason}` : '';
  return [`${what} have waited ${minutes} minutes for ${sink}${why}.`];
}

/** Words of other services may reveal more than everybody should know. */
function shownTo(isTrusted: boolean, { ok, reason }: Readiness): Readiness {
  return isTrusted && reason !== undefined ? { ok, reason } : { ok };
}

function readinessOf(reasons: readonly string[]): Readiness {
  return reasons.length === 0 ? { ok: true } : { ok: false, reason: reasons.join(' ') };
}

function statusOf(checks: Readonly<Record<'ready' | 'engine', Readiness>>): HealthStatus {
  if (!checks.ready.ok || !checks.engine.ok) return 'failing';
  return Object.values(checks).every(({ ok }) => ok) ? 'ok' : 'degraded';
}

/** Parked deliveries in the form of the API. */
export function describeParked(parked: EngineHealth['parked']) {
  return parked
    .slice(0, PARKED_SHOWN)
    .map(({ guid, event, action, attempts, error, receivedAtMs, parkedAtMs }) => ({
      guid,
      event,
      action,
      attempts,
      error,
      received_at: isoTime(receivedAtMs),
      parked_at: isoTime(parkedAtMs),
    }));
}

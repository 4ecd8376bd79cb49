import type { EngineProgress } from '../../domain/engine-health.ts';
import { isoTime } from '../../domain/iso-time.ts';
import type { GaugeReading } from '../../domain/metric.ts';
import type { Freshness } from '../../domain/openapi-types.ts';
import { SELF } from '../../domain/own-metrics.ts';

export interface FreshnessFacts {
  readonly nowMs: number;
  /** Null: the engine does not answer. */
  readonly progress: Pick<EngineProgress, 'lastProcessedAtMs' | 'oldestUnprocessedMs' | 'accepted'> | null;
  /** Whether a delivery could be accepted now. */
  readonly isAccepting: boolean;
  /** When one was, or when GitHub was last read; null: not since the start. */
  readonly lastAcceptedAtMs: number | null;
  /** Up to when everything is known from GitHub itself; null without access to it. */
  readonly knownUntilMs: number | null;
}

/** What waits for longer is late. Most deliveries are processed as they are accepted. */
const LATE_MS = 10_000;
/** As the alert on recovery: it rests for minutes between two passes. */
export const RECOVERY_LATE_MS = 3_600_000;

const UNKNOWN = { oldestUnprocessedMs: null, lastProcessedAtMs: null, accepted: 0 };

/**
 * Whether the numbers show what happens at GitHub. `blind` is never mistaken for nothing to do: no delivery
 * can be accepted, or none ever was.
 */
export function freshnessOf(facts: FreshnessFacts): Freshness {
  const { nowMs, progress, isAccepting, knownUntilMs } = facts;
  const { oldestUnprocessedMs, lastProcessedAtMs, accepted } = progress ?? UNKNOWN;
  const isLate =
    isOlder(oldestUnprocessedMs, nowMs - LATE_MS) || isOlder(knownUntilMs, nowMs - RECOVERY_LATE_MS);
  const lastMs = Math.max(facts.lastAcceptedAtMs ?? 0, lastProcessedAtMs ?? 0);
  return {
    state: !isAccepting || accepted === 0 ? 'blind' : isLate ? 'late' : 'fresh',
    last_delivery_at: isoTime(lastMs === 0 ? null : lastMs),
    oldest_unprocessed_at: isoTime(oldestUnprocessedMs),
    recovery_lag_seconds: knownUntilMs === null ? null : Math.max(0, nowMs - knownUntilMs) / 1000,
  };
}

function isOlder(ms: number | null, thanMs: number): boolean {
  return ms !== null && ms < thanMs;
}

/** Up to when everything is known from GitHub itself; null without access to it. */
export function knownUntilMs(readings: readonly GaugeReading[]): number | null {
  const oldest = readings.find(({ metric }) => metric === SELF.recoveryOldest.name);
  return oldest === undefined ? null : oldest.value * 1000;
}

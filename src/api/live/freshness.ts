import type { EngineProgress } from '../../domain/engine-health.ts';
import { isoTime } from '../../domain/iso-time.ts';
import type { Freshness } from '../../domain/openapi-types.ts';

export interface FreshnessFacts {
  readonly nowMs: number;
  readonly progress: Pick<EngineProgress, 'lastProcessedAtMs' | 'oldestUnprocessedMs' | 'accepted'>;
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
const RECOVERY_LATE_MS = 3_600_000;

/**
 * Whether the numbers show what happens at GitHub. `blind` is never mistaken for nothing to do: no delivery
 * can be accepted, or none ever was.
 */
export function freshnessOf(facts: FreshnessFacts): Freshness {
  const { nowMs, progress, isAccepting, knownUntilMs } = facts;
  const { oldestUnprocessedMs, lastProcessedAtMs, accepted } = progress;
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

import { backoffMs } from '../../domain/backoff.ts';
import type { ClockCorrection } from '../../domain/clock-correction.ts';
import { HOLD_MS } from '../../domain/lifecycle/gate.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

const LONGEST_BACKOFF_MS = backoffMs(100);

const HOLDS = statement('UPDATE jobs SET held_until_ms = $1 WHERE held_until_ms > $1');
const SETTLING = statement('UPDATE runs SET settles_at_ms = $1 WHERE settles_at_ms > $1');
const RETRIES = statement(
  `UPDATE failed_deliveries SET due_at_ms = LEAST(due_at_ms + $2, $3)
   WHERE parked_at_ms IS NULL AND replica_id = $1`,
);
const NUMBERS = statement('UPDATE job_numbers SET at_ms = $1 WHERE at_ms > $1');

const PROPERTIES = statement('UPDATE repository_properties SET at_ms = $1 WHERE at_ms > $1');

/**
 * Corrects what the wrong clock of this process has stored. Its own retries keep their distance from the time. What
 * all processes share is dated by the database, or was dated by another process as well: of that, only what is later
 * than it can be is corrected.
 */
export function correctTimes(
  session: Session,
  { byMs }: ClockCorrection,
  { replicaId, nowMs }: { readonly replicaId: number; readonly nowMs: number },
): void {
  for (const each of [HOLDS, SETTLING]) session.send(each, [nowMs + HOLD_MS]);
  session.send(RETRIES, [replicaId, byMs, nowMs + LONGEST_BACKOFF_MS]);
  session.send(NUMBERS, [nowMs]);
  session.send(PROPERTIES, [nowMs]);
}

import type { DatabaseSync } from 'node:sqlite';
import { backoffMs } from '../../domain/backoff.ts';
import type { ClockCorrection } from '../../domain/clock-correction.ts';
import { HOLD_MS } from '../../domain/lifecycle/gate.ts';
import type { OutboxProgress } from '../../domain/outbox.ts';
import { SAMPLES, TRACES } from '../outbox-content.ts';
import type { Tables } from './tables.ts';

/** Corrects what a wrong clock has stored. Runs inside of the caller's transaction. */
export type CorrectTimes = (correction: ClockCorrection) => void;

const LONGEST_BACKOFF_MS = backoffMs(100);

/**
 * What is due keeps its distance from the time, and is due in no longer than it can be. Nothing was handed
 * in, or put into an outbox, later than now.
 */
export function openCorrectTimes(
  database: DatabaseSync,
  { samples, traces }: Pick<Tables, 'samples' | 'traces'>,
): CorrectTimes {
  const holds = database.prepare(
    'UPDATE jobs SET held_until_ms = MIN(held_until_ms + ?, ?) WHERE held_until_ms IS NOT NULL',
  );
  const settling = database.prepare(
    'UPDATE runs SET settles_at_ms = MIN(settles_at_ms + ?, ?) WHERE settles_at_ms IS NOT NULL',
  );
  const retries = database.prepare(
    'UPDATE failed_deliveries SET due_at_ms = MIN(due_at_ms + ?, ?) WHERE parked_at_ms IS NULL',
  );
  const numbers = database.prepare('UPDATE job_numbers SET at_ms = ? WHERE at_ms > ?');
  const properties = database.prepare('UPDATE repository_properties SET at_ms = ? WHERE at_ms > ?');
  const outboxes = [correctOutbox(database, SAMPLES, samples), correctOutbox(database, TRACES, traces)];

  return ({ byMs, nowMs }) => {
    for (const each of [holds, settling]) each.run(byMs, nowMs + HOLD_MS);
    retries.run(byMs, nowMs + LONGEST_BACKOFF_MS);
    numbers.run(nowMs, nowMs);
    properties.run(nowMs, nowMs);
    for (const correct of outboxes) correct(byMs);
  };
}

/** What was put into it since the time was last corrected has the same error. */
function correctOutbox(
  database: DatabaseSync,
  { outbox: table }: { readonly outbox: string },
  outbox: { progress(): OutboxProgress },
): (byMs: number) => void {
  const correct = database.prepare(
    `UPDATE ${table} SET written_at_ms = written_at_ms + ? WHERE first_seq >= ?`,
  );
  let sinceSeq = outbox.progress().endSeq;
  return (byMs) => {
    if (byMs !== 0) correct.run(byMs, sinceSeq);
    sinceSeq = outbox.progress().endSeq;
  };
}

import type { DatabaseSync } from 'node:sqlite';
import type { EventSample } from '../../domain/event-sample.ts';
import type { DeadEntry, Settlement } from '../../domain/outbox.ts';
import { packSample, unpackSamples } from '../packed-sample.ts';

export interface DeadSampleTable {
  /** Keeps those of a settlement. */
  keep(settlement: Settlement<EventSample>, nowMs: number): void;
  /** The latest first. */
  latest(limit: number): DeadEntry<EventSample>[];
}

/** Enough for a person to see what is wrong; all are counted. */
const KEPT = 1000;

export function openDeadSamples(database: DatabaseSync): DeadSampleTable {
  const insert = database.prepare(
    'INSERT INTO dead_samples (sink, rejected_at_ms, reason, sample) VALUES (?, ?, ?, ?) RETURNING id',
  );
  const removeOld = database.prepare('DELETE FROM dead_samples WHERE id <= ?');
  const latest = database.prepare('SELECT * FROM dead_samples ORDER BY id DESC LIMIT ?');
  return {
    keep({ sink, dead, reason = '' }, nowMs) {
      for (const sample of dead) {
        const row = insert.get(sink, nowMs, reason, packSample(sample));
        removeOld.run(Number(row?.['id']) - KEPT);
      }
    },
    latest: (limit) =>
      latest.all(limit).flatMap((row) =>
        unpackSamples(`[${row['sample']}]`).map((entry) => ({
          sink: String(row['sink']),
          rejectedAtMs: Number(row['rejected_at_ms']),
          reason: String(row['reason']),
          entry,
        })),
      ),
  };
}

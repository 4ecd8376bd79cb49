import type { DatabaseSync } from 'node:sqlite';
import type { DeadEntry, Settlement } from '../../domain/outbox.ts';
import type { OutboxContent } from '../outbox-content.ts';

export interface DeadTable<Entry> {
  /** Keeps those of a settlement. */
  keep(settlement: Settlement<Entry>, nowMs: number): void;
  /** The latest first. */
  latest(limit: number): DeadEntry<Entry>[];
}

export function openDeadEntries<Entry>(
  database: DatabaseSync,
  { dead: table, entryColumn, deadKept, packOne, unpackOne }: OutboxContent<Entry>,
): DeadTable<Entry> {
  const insert = database.prepare(
    `INSERT INTO ${table} (sink, rejected_at_ms, reason, ${entryColumn}) VALUES (?, ?, ?, ?) RETURNING id`,
  );
  const removeOld = database.prepare(`DELETE FROM ${table} WHERE id <= ?`);
  const latest = database.prepare(`SELECT * FROM ${table} ORDER BY id DESC LIMIT ?`);
  return {
    keep({ sink, dead, reason = '' }, nowMs) {
      for (const entry of dead) {
        const row = insert.get(sink, nowMs, reason, packOne(entry));
        removeOld.run(Number(row?.['id']) - deadKept);
      }
    },
    latest: (limit) =>
      latest.all(limit).flatMap((row) =>
        unpackOne(String(row[entryColumn])).map((entry) => ({
          sink: String(row['sink']),
          rejectedAtMs: Number(row['rejected_at_ms']),
          reason: String(row['reason']),
          entry,
        })),
      ),
  };
}

import type { DeadEntry, Settlement } from '../../domain/outbox.ts';
import type { OutboxContent } from '../outbox-content.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

export interface DeadTable<Entry> {
  /** Keeps those of a settlement. */
  keep(session: Session, settlement: Settlement<Entry>, nowMs: number): void;
  /** The latest first. */
  latest(session: Session, limit: number): Promise<DeadEntry<Entry>[]>;
}

interface DeadRow {
  readonly sink: string;
  readonly rejectedAtMs: number;
  readonly reason: string;
  readonly packed: string;
}

export function deadTable<Entry>({
  dead: table,
  entryColumn,
  deadKept,
  packOne,
  unpackOne,
}: OutboxContent<Entry>): DeadTable<Entry> {
  const insert = statement(
    `INSERT INTO ${table} (sink, rejected_at_ms, reason, ${entryColumn})
     SELECT $1::text, $2::bigint, $3::text, packed FROM unnest($4::text[]) WITH ORDINALITY AS dead (packed, place) ORDER BY place`,
  );
  const removeOld = statement(
    `DELETE FROM ${table} WHERE id <= (SELECT id FROM ${table} ORDER BY id DESC LIMIT 1 OFFSET $1)`,
  );
  const latest = statement(
    `SELECT sink, rejected_at_ms AS "rejectedAtMs", reason, ${entryColumn} AS packed FROM ${table} ORDER BY id DESC LIMIT $1`,
  );
  return {
    keep(session, { sink, dead, reason = '' }, nowMs) {
      if (dead.length === 0) return;
      session.send(insert, [sink, nowMs, reason, dead.slice(-deadKept).map(packOne)]);
      session.send(removeOld, [deadKept]);
    },
    async latest(session, limit) {
      const rows = await session.rows<DeadRow>(latest, [limit]);
      return rows.flatMap(({ packed, ...row }) => unpackOne(packed).map((entry) => ({ ...row, entry })));
    },
  };
}

import type { EventSample } from '../../domain/event-sample.ts';
import type { DeadEntry, Settlement } from '../../domain/outbox.ts';
import { packSample, unpackSamples } from '../packed-sample.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

/** Enough for a person to see what is wrong; all are counted. */
const KEPT = 1000;

const INSERT = statement(
  `INSERT INTO dead_samples (sink, rejected_at_ms, reason, sample)
   SELECT $1::text, $2::bigint, $3::text, sample FROM unnest($4::text[]) WITH ORDINALITY AS dead (sample, place) ORDER BY place`,
);
const REMOVE_OLD = statement(
  'DELETE FROM dead_samples WHERE id <= (SELECT id FROM dead_samples ORDER BY id DESC LIMIT 1 OFFSET $1)',
);
const LATEST = statement(
  `SELECT sink, rejected_at_ms AS "rejectedAtMs", reason, sample FROM dead_samples ORDER BY id DESC LIMIT $1`,
);

/** Keeps those of a settlement. */
export function keepDeadSamples(
  session: Session,
  { sink, dead, reason = '' }: Settlement<EventSample>,
  nowMs: number,
): void {
  if (dead.length === 0) return;
  session.send(INSERT, [sink, nowMs, reason, dead.slice(-KEPT).map(packSample)]);
  session.send(REMOVE_OLD, [KEPT]);
}

interface DeadRow {
  readonly sink: string;
  readonly rejectedAtMs: number;
  readonly reason: string;
  readonly sample: string;
}

/** The latest first. */
export async function latestDeadSamples(session: Session, limit: number): Promise<DeadEntry<EventSample>[]> {
  const rows = await session.rows<DeadRow>(LATEST, [limit]);
  return rows.flatMap(({ sample, ...row }) =>
    unpackSamples(`[${sample}]`).map((entry) => ({ ...row, entry })),
  );
}

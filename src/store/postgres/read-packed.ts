import type { FactKind, Window } from '../../domain/queries.ts';
import { FACT_TABLES } from '../fact-tables.ts';
import { HOUR_MS, hourOf } from '../hours.ts';
import type { PackedHour } from '../packed-reading.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

const HOURS = statement(
  `SELECT packed_from, packed_to,
     (SELECT json_agg(json_build_array(hour, size) ORDER BY hour) FROM packed_hours
      WHERE fact = $1 AND hour >= $2 AND hour < $3)
   FROM head`,
);
type Hours = readonly [packedFrom: number, packedTo: number, hours: readonly HourRow[] | null];
type HourRow = readonly [hour: number, size: number | null];

/** The parts of the window whose hours are packed, or have no facts, in order. */
export async function packedHoursIn(session: Session, kind: FactKind, window: Window): Promise<PackedHour[]> {
  const values = [FACT_TABLES[kind].table, hourOf(window.fromMs), Math.ceil(window.toMs / HOUR_MS)];
  const [[from, to, rows] = [0, 0, null]] = await session.arrays<Hours>(HOURS, values);
  const endMs = Math.min(window.toMs, to * HOUR_MS);
  const found: PackedHour[] = [];
  let startMs = Math.max(window.fromMs, from * HOUR_MS);
  const add = (hour: number, size: number, toMs: number) => {
    if (startMs < toMs) found.push({ fromMs: startMs, toMs, hour, size });
    startMs = Math.max(startMs, toMs);
  };
  for (const [hour, size] of rows ?? []) {
    add(hour, 0, Math.min(endMs, hour * HOUR_MS));
    const hourEndMs = Math.min(endMs, (hour + 1) * HOUR_MS);
    if (size === null) startMs = Math.max(startMs, hourEndMs);
    else add(hour, size, hourEndMs);
  }
  add(to, 0, endMs);
  return found;
}

/** All in one text: a row for each takes longer. */
const COLUMNS = statement(
  `SELECT name, (
     SELECT string_agg(encode(packed, 'hex'), ' ' ORDER BY hour) FROM packed_columns AS each
     WHERE fact = $1 AND each.name = asked.name AND hour >= $3 AND hour <= $4)
   FROM unnest($2::text[]) AS asked (name)`,
);

/** Columns of hours, by name and hour. */
export interface PackedColumns {
  bytesOf(name: string, hour: number): Uint8Array<ArrayBuffer>;
}

/** `hours`: all that are packed between the first and the last. */
export async function fetchColumns(
  session: Session,
  kind: FactKind,
  { names, hours }: { readonly names: readonly string[]; readonly hours: readonly number[] },
): Promise<PackedColumns> {
  const { table } = FACT_TABLES[kind];
  const rows =
    hours.length === 0
      ? []
      : await session.arrays<readonly [string, string | null]>(COLUMNS, [
          table,
          names,
          hours[0],
          hours.at(-1),
        ]);
  const texts = new Map(rows.map(([name, text]) => [name, text?.split(' ') ?? []]));
  for (const [name, { length }] of texts)
    if (length !== hours.length)
      throw new Error(`${length} of ${hours.length} hours of ${table} have ${name}.`);
  const indexes = new Map(hours.map((hour, index) => [hour, index]));
  return {
    bytesOf(name, hour) {
      const text = texts.get(name)?.[indexes.get(hour) ?? -1] ?? '';
      const bytes = Buffer.allocUnsafeSlow(text.length / 2);
      bytes.write(text, 'hex');
      return bytes;
    },
  };
}

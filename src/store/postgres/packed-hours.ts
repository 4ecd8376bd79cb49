import type { HistoryRecords } from '../../domain/history.ts';
import type { FactKind } from '../../domain/queries.ts';
import { FACT_TABLES, type FactColumn } from '../fact-tables.ts';
import { HOUR_MS, hourOf } from '../hours.ts';
import { packValues } from '../packed-values.ts';
import type { Connections } from './connections.ts';
import { columnOf, columnsSql, type Values } from './fact-columns.ts';
import type { Head } from './head.ts';
import type { Session } from './session.ts';
import { type Statement, statement } from './statement.ts';
import type { Write } from './write.ts';

/*
 * The history once more, an hour of a column in one value: reading a million facts row by row takes too long. The
 * tables of facts are the truth. Each hour that has facts gets a row in packed_hours, in the one order of all
 * transactions; from then on, whoever adds a fact to it says so there. It is read and packed beside that order, and
 * kept only if nobody has.
 */

const KINDS = Object.keys(FACT_TABLES) as readonly FactKind[];
/** So that a step takes some seconds at most, however far away the database is. */
const MOST_HOURS = 40;

const NOTE = statement(
  `INSERT INTO packed_hours (fact, hour, size, stale_by)
   SELECT fact, hour, NULL, txid_current() FROM unnest($1::text[], $2::bigint[]) AS added (fact, hour)
   ON CONFLICT (fact, hour) DO UPDATE SET size = NULL, stale_by = excluded.stale_by`,
);

/** To be called with all facts that an ordered transaction adds. */
export function notePacked(session: Session, records: HistoryRecords, head: Head): void {
  const added = new Map<string, readonly [table: string, hour: number]>();
  const note = (kind: FactKind, timeMs: number) => {
    const hour = hourOf(timeMs);
    const { table } = FACT_TABLES[kind];
    if (head.packedFrom <= hour && hour < head.packedTo) added.set(`${table} ${hour}`, [table, hour]);
  };
  for (const { startedAtMs } of records.startedJobs) note('startedJobs', startedAtMs);
  for (const kind of ['finishedJobs', 'failedJobs', 'explainedJobs', 'flakyJobs', 'finishedRuns'] as const)
    for (const { endedAtMs } of records[kind]) note(kind, endedAtMs);
  for (const { endedAtMs } of records.repeatedJobs) note('finishedJobs', endedAtMs);
  if (added.size === 0) return;
  const rows = [...added.values()];
  session.send(NOTE, [rows.map(([table]) => table), rows.map(([, hour]) => hour)]);
}

/** Only of hours that have facts, and from one to the next: there may be years without any. */
const BEGIN = KINDS.map((kind) => {
  const { table, time } = FACT_TABLES[kind];
  const next = (from: string) =>
    `(SELECT ${time} / ${HOUR_MS} FROM ${table} WHERE ${time} >= ${from} * ${HOUR_MS} ORDER BY ${time} LIMIT 1)`;
  return statement(
    `INSERT INTO packed_hours (fact, hour, size, stale_by)
     WITH RECURSIVE found (hour) AS (
       SELECT ${next('$1::bigint')} UNION ALL SELECT ${next('(found.hour + 1)')} FROM found WHERE found.hour < $2)
     SELECT '${table}', hour, NULL, txid_current() FROM found WHERE hour < $2::bigint`,
  );
});
const MOVE = statement('UPDATE head SET packed_to = $1');

const FORGET = [
  statement(
    'UPDATE head SET packed_from = $1, packed_to = GREATEST(packed_to, $1) WHERE packed_from < $1::bigint',
  ),
  statement('DELETE FROM packed_hours WHERE fact = ANY ($2::text[]) AND hour < $1'),
  statement(
    'DELETE FROM packed_columns WHERE fact = ANY ($2::text[]) AND name = ANY ($3::text[]) AND hour < $1',
  ),
];
const TABLES = KINDS.map((kind) => FACT_TABLES[kind].table);
const NAMES = [...new Set(KINDS.flatMap((kind) => Object.keys(FACT_TABLES[kind].columns)))];

/** Facts before that time are about to be deleted. Of the last hour, some are left, which are read from the table. */
export function forgetPacked(session: Session, beforeMs: number): void {
  const values = [hourOf(beforeMs) + 1, TABLES, NAMES];
  for (const [index, forget] of FORGET.entries()) session.send(forget, values.slice(0, index + 1));
}

const ASK = statement(
  `SELECT packed_to >= $1 AS "isBegun",
     EXISTS (SELECT FROM packed_hours WHERE size IS NULL AND hour < $1) AS "isStale"
   FROM head`,
);
const NEXT = statement(
  `SELECT fact, hour, stale_by AS "staleBy" FROM packed_hours WHERE size IS NULL AND hour < $1
   ORDER BY fact, hour LIMIT 1`,
);
const WORDS = statement('SELECT -id AS id, word FROM packed_words');
const ADD_WORDS = statement(
  'INSERT INTO packed_words (word) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING',
);
/** Whoever adds facts to the hour is waited for, and then it is not kept. */
const KEEP = statement(
  `WITH kept AS (
     UPDATE packed_hours SET size = $4 WHERE fact = $1 AND hour = $2 AND size IS NULL AND stale_by = $3 RETURNING fact)
   INSERT INTO packed_columns (fact, hour, name, packed)
   SELECT fact, $2, name, packed FROM kept, unnest($5::text[], $6::bytea[]) AS each (name, packed)
   ON CONFLICT (fact, name, hour) DO UPDATE SET packed = excluded.packed`,
);

interface Packed {
  readonly shapes: readonly (readonly [name: string, shape: FactColumn])[];
  readonly select: Statement;
}

const PACKED = new Map<string, Packed>(
  KINDS.map((kind) => {
    const { table, time, columns } = FACT_TABLES[kind];
    const shapes = Object.entries<FactColumn>(columns);
    const condition = `${time} >= $1 AND ${time} < $2`;
    const sql = columnsSql(
      kind,
      shapes.map(([, shape]) => shape),
      condition,
    );
    return [table, { shapes, select: statement(sql) }];
  }),
);

interface StaleHour {
  readonly fact: string;
  readonly hour: number;
  readonly staleBy: number;
}

type Packing = Pick<Connections, 'read' | 'readAsOfOneMoment' | 'transact'>;

/** As `Store.packHistory`. */
export function openPacking(
  connections: Packing,
  write: Write,
): (beforeMs: number, facts: number) => Promise<boolean> {
  return async (beforeMs, facts) => {
    const beforeHour = hourOf(beforeMs);
    const [found] = await connections.read((session) =>
      session.rows<{ readonly isBegun: boolean; readonly isStale: boolean }>(ASK, [beforeHour]),
    );
    if (found?.isBegun && !found.isStale) return true;
    if (!found?.isBegun) await beginHours(write, beforeHour);
    let left = facts;
    for (let hours = 0; left > 0 && hours < MOST_HOURS; hours += 1) {
      const packed = await packNext(connections, beforeHour);
      if (packed === null) return true;
      left -= packed;
    }
    return false;
  };
}

/** From now on, facts that are added to hours before that one are noted. */
function beginHours(write: Write, beforeHour: number): Promise<void> {
  return write(async (session) => {
    const { packedTo } = (await session.begun).head;
    if (packedTo < beforeHour) {
      for (const begin of BEGIN) session.send(begin, [packedTo, beforeHour]);
      session.send(MOVE, [beforeHour]);
    }
    return { result: undefined };
  });
}

interface Found {
  readonly next: StaleHour;
  readonly packed: Packed;
  readonly answer: readonly [size: number, ...values: Values[]];
  readonly words: ReadonlyMap<string, number>;
}

/** How many facts the next hour has; null: all are packed. */
async function packNext(connections: Packing, beforeHour: number): Promise<number | null> {
  const found = await connections.readAsOfOneMoment((session) => findNext(session, beforeHour));
  if (found === null) return null;
  const { next, packed, answer, words } = found;
  const [size, ...values] = answer;
  const unknown = new Set<string>();
  const wordId = (word: string) => {
    const id = words.get(word);
    if (id === undefined) unknown.add(word);
    return id ?? 0;
  };
  const bytes = packed.shapes.map(([, shape], at) => {
    const column = columnOf(values[at] ?? null, shape, wordId);
    return Buffer.from(packValues(Float64Array.from(column)).buffer);
  });
  const names = packed.shapes.map(([name]) => name);
  const { fact, hour, staleBy } = next;
  // An hour with a new word is packed the next time.
  await connections.transact((session) =>
    unknown.size > 0
      ? session.run(ADD_WORDS, [[...unknown].toSorted()])
      : session.run(KEEP, [fact, hour, staleBy, size, names, bytes]),
  );
  return size;
}

async function findNext(session: Session, beforeHour: number): Promise<Found | null> {
  const [[next], words] = await Promise.all([
    session.rows<StaleHour>(NEXT, [beforeHour]),
    session.rows<{ readonly id: number; readonly word: string }>(WORDS),
  ]);
  const packed = PACKED.get(next?.fact ?? '');
  if (next === undefined || packed === undefined) return null;
  const times = [next.hour * HOUR_MS, (next.hour + 1) * HOUR_MS];
  const [answer] = await session.arrays<Found['answer']>(packed.select, times);
  if (answer === undefined) throw new Error('An aggregate has no row.');
  return { next, packed, answer, words: new Map(words.map(({ id, word }) => [word, id])) };
}

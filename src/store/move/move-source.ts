import { existsSync } from 'node:fs';
import { AntError } from '../../domain/errors.ts';
import { SAMPLES, TRACES } from '../outbox-content.ts';
import type { OutboxEnd } from '../postgres/head.ts';
import { type Database, openDatabase, pathOf } from '../sqlite/database.ts';
import { openSqliteStore } from '../sqlite/store.ts';
import { KEYS, type MovedRow, type MovedTable, RowSum, type Sum, type Value } from './moved-tables.ts';

/** PostgreSQL stores no NUL; what GitHub sends may once have had some. */
const NUL = /\0/g;
const REPLACEMENT = '\uFFFD';
const FILLED_AT_ONCE = 500;

/** The numbers that come next, and where the outboxes end. */
export interface NextNumbers {
  readonly seriesId: number;
  readonly samples: OutboxEnd;
  readonly traces: OutboxEnd;
  readonly deliveryId: number;
  readonly deadSampleId: number;
  readonly deadTraceId: number;
  readonly nameId: number;
}

/** A SQLite database that nobody else uses meanwhile. */
export class MoveSource implements Disposable {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  /** Upgrades it, and completes its history. Throws as `openDatabase`, and `command_failed` if it is not there. */
  static async open(url: string): Promise<MoveSource> {
    const path = pathOf(url);
    if (path === null || !existsSync(path))
      throw new AntError('command_failed', `there is no database at ${url}`, {
        hint: 'Name the one of the service with --from sqlite:PATH.',
      });
    const database = openDatabase(url);
    if (database.prepare('SELECT 1 FROM history_fill').get() === undefined) return new MoveSource(database);
    await fillHistory(url, database);
    return new MoveSource(openDatabase(url));
  }

  /** Whether the process that used it last has ended as it should. */
  get isClean(): boolean {
    return Number(this.#value(`SELECT value FROM marks WHERE name = 'process/running_since'`) ?? 0) === 0;
  }

  sumOf(table: MovedTable): Sum {
    const sum = new RowSum(table.columns);
    const { sql } = this.#select(table);
    for (const row of this.#database.prepare(sql).iterate()) sum.add(rowOf(table, row));
    return sum.sum;
  }

  /** So many rows behind that key (null: from the first one on), in the order of the key. */
  read(table: MovedTable, after: MovedRow | null, limit: number): MovedRow[] {
    const { key } = table;
    const marks = key.map(() => '?').join(', ');
    const { sql } = this.#select(table, after === null ? '' : `WHERE (${key.join(', ')}) > (${marks})`);
    const rows = this.#database.prepare(`${sql} ORDER BY ${key.join(', ')} LIMIT ?`);
    return rows.all(...((after ?? []) as Value[]), limit).map((row) => rowOf(table, row));
  }

  next(): NextNumbers {
    const number = (sql: string) => Number(this.#value(sql) ?? 0);
    const sequence = (name: string) => number(`SELECT seq FROM sqlite_sequence WHERE name = '${name}'`) + 1;
    const end = ({ outbox, sinks }: { readonly outbox: string; readonly sinks: string }) => ({
      nextSeq: Math.max(
        number(`SELECT first_seq + count FROM ${outbox} ORDER BY first_seq DESC LIMIT 1`),
        number(`SELECT MAX(taken_seq) FROM ${sinks}`),
        1,
      ),
      bytes: number(`SELECT SUM(bytes) FROM ${outbox}`),
    });
    return {
      seriesId: number('SELECT MAX(id) FROM series') + 1,
      samples: end(SAMPLES),
      traces: end(TRACES),
      deliveryId: Math.max(sequence('deliveries'), number('SELECT MAX(id) FROM failed_deliveries') + 1),
      deadSampleId: sequence(SAMPLES.dead),
      deadTraceId: sequence(TRACES.dead),
      nameId: number('SELECT MAX(id) FROM names') + 1,
    };
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #value(sql: string): unknown {
    const row = this.#database.prepare(sql).get();
    return row === undefined ? undefined : Object.values(row)[0];
  }

  #select({ name, columns }: MovedTable, where = ''): { readonly sql: string } {
    const selected = columns.map((column) => SOURCE_OF[name]?.[column] ?? column);
    return { sql: `SELECT ${selected.join(', ')} FROM ${name} ${where}` };
  }
}

/** What a service does in its first minutes after an upgrade. The store closes the database at its end. */
async function fillHistory(url: string, database: Database): Promise<void> {
  await using store = await openSqliteStore({ url, clock: Date.now }, database);
  while (!(await store.fillHistory(FILLED_AT_ONCE)));
}

/** Columns of PostgreSQL that SQLite has elsewhere. */
const SOURCE_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  deliveries: { replica_id: '0 AS replica_id' },
  failed_deliveries: { replica_id: '0 AS replica_id' },
  observations: { received_at_ms: 'entry ->> 0 AS received_at_ms' },
};

function rowOf({ columns }: MovedTable, row: Readonly<Record<string, unknown>>): MovedRow {
  return columns.map((column) => {
    const value = row[column] as Value;
    return typeof value === 'string' ? value.replace(NUL, REPLACEMENT) : value;
  });
}

/** The key of a row. */
export function keyOf({ name, columns }: MovedTable, row: MovedRow): Value[] {
  return (KEYS[name] ?? []).map((column) => row[columns.indexOf(column)] ?? null);
}

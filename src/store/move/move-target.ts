import { AntError } from '../../domain/errors.ts';
import { SAMPLES, TRACES } from '../outbox-content.ts';
import { type ConnectionOptions, Connections } from '../postgres/connections.ts';
import { LOCK_HEAD, ofLast } from '../postgres/head.ts';
import { migrate } from '../postgres/migrate.ts';
import { ownMigrations, tableNames } from '../postgres/migrations.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/statement.ts';
import type { NextNumbers } from './move-source.ts';
import {
  KEYS,
  type MovedRow,
  type MovedTable,
  plain,
  RowSum,
  rowsAtOnce,
  type Sum,
  type Value,
} from './moved-tables.ts';

/** Of one table: how far it has come. */
export interface Progress {
  readonly sum: Sum;
  readonly moved: number;
  /** The key of the last row; null: of none. */
  readonly after: readonly (string | number | null)[] | null;
}

const LIMITS = { lockMs: 5000, idleMs: 0, statementMs: 0 };
const OCCUPIED_HINT = 'Make another database for it: CREATE DATABASE …';

const IS_MOVING = statement(`SELECT to_regclass('unfinished_move') IS NOT NULL AS "isMoving"`);
const BEGIN = statement(
  `CREATE TABLE unfinished_move (
     name TEXT PRIMARY KEY, rows BIGINT NOT NULL, digest BIGINT NOT NULL, moved BIGINT NOT NULL, after TEXT)`,
);
const ADD = statement('INSERT INTO unfinished_move VALUES ($1, $2, $3, 0, NULL)');
const PROGRESS = statement('SELECT rows, digest, moved, after FROM unfinished_move WHERE name = $1');
/** Only if nobody else has moved rows of it meanwhile. */
const ADVANCE = statement('UPDATE unfinished_move SET moved = $2, after = $3 WHERE name = $1 AND moved = $4');
const COLUMNS = statement(
  `SELECT column_name::text AS name, table_name::text AS "table" FROM information_schema.columns
   WHERE table_schema = current_schema() AND table_name = ANY ($1) AND is_generated = 'NEVER'
   ORDER BY table_name, ordinal_position`,
);
const NEXT = statement(
  `UPDATE changes SET next_series_id = $1, next_sample_seq = $2, outbox_bytes = $3, next_span_seq = $4,
     trace_outbox_bytes = $5`,
);
const LAST = statement(`SELECT ${ofLast('seq')} AS seq`);
const SEQUENCE = statement(`SELECT setval(pg_get_serial_sequence($1, $2), $3, FALSE)`);
const CRASHED = statement(
  `INSERT INTO marks VALUES ('replicas/crashed_at_ms', (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint)`,
);
const END = statement('DROP TABLE unfinished_move');
const ANALYZE = statement('ANALYZE');

/** A PostgreSQL database into which a move goes. No service can use it until that has ended. */
export class MoveTarget implements AsyncDisposable {
  readonly #connections: Connections;

  private constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Makes the tables. Throws as `migrate`. */
  static async open(options: Pick<ConnectionOptions, 'url' | 'password'>): Promise<MoveTarget> {
    await migrate({ ...options, isMove: true });
    return new MoveTarget(new Connections({ ...options, limits: LIMITS, most: 1, name: 'ant-watcher move' }));
  }

  /** Whether a move into it has begun, and has not ended. */
  isMoving(): Promise<boolean> {
    return this.#connections.read(async (session) => {
      const [row] = await session.rows<{ readonly isMoving: boolean }>(IS_MOVING);
      return row?.isMoving === true;
    });
  }

  /** In the order in which they are moved. */
  tables(): Promise<MovedTable[]> {
    return this.#connections.read(async (session) => {
      const names = Object.keys(KEYS);
      const rows = await session.rows<{ readonly name: string; readonly table: string }>(COLUMNS, [names]);
      return names.map((name) => ({
        name,
        key: KEYS[name] ?? [],
        columns: rows.filter(({ table }) => table === name).map((row) => row.name),
      }));
    });
  }

  /** Throws `command_failed` if it is not empty. */
  async begin(sums: ReadonlyMap<string, Sum>): Promise<void> {
    await this.#connections.transact(async (session) => {
      session.send(LOCK_HEAD);
      const [last] = await session.rows<{ readonly seq: number }>(LAST);
      const occupied = last?.seq === 1 ? await firstOccupied(session) : 'changes';
      if (occupied !== null)
        throw new AntError('command_failed', `the target is not empty: there is something in ${occupied}`, {
          hint: OCCUPIED_HINT,
        });
      session.send(BEGIN);
      for (const [name, { rows, digest }] of sums) session.send(ADD, [name, rows, digest]);
    });
  }

  progress({ name }: MovedTable): Promise<Progress> {
    return this.#connections.read(async (session) => {
      type Row = Sum & { readonly moved: number; readonly after: string | null };
      const [row] = await session.rows<Row>(PROGRESS, [name]);
      if (row === undefined) throw new Error(`The move knows no table ${name}`);
      const { rows, digest, moved, after } = row;
      return { sum: { rows, digest }, moved, after: after === null ? null : JSON.parse(after) };
    });
  }

  /** Adds rows, of which the last one has that key. Throws `command_failed` if somebody else moves, too. */
  async add(
    { name, columns }: MovedTable,
    rows: readonly MovedRow[],
    { moved, key }: { readonly moved: number; readonly key: readonly Value[] },
  ): Promise<void> {
    const number = columns.indexOf('number');
    const list = rows.map((row, index) =>
      Object.fromEntries(
        columns.map((column, at) => [column, at === number ? moved + index + 1 : plain(row[at] ?? null)]),
      ),
    );
    await this.#connections.transact(async (session) => {
      const after = JSON.stringify(key.map(plain));
      const advanced = await session.run(ADVANCE, [name, moved + rows.length, after, moved]);
      if (advanced === 0)
        throw new AntError('command_failed', 'another process moves into the same database');
      const all = columns.join(', ');
      session.send(
        statement(
          `INSERT INTO ${name} (${all}) OVERRIDING SYSTEM VALUE
           SELECT ${all} FROM json_populate_recordset(NULL::${name}, $1)`,
        ),
        [JSON.stringify(list)],
      );
    });
  }

  /** Of what is in the table now. */
  sumOf(table: MovedTable): Promise<Sum> {
    const { name, key, columns } = table;
    const sum = new RowSum(columns);
    const order = key.join(', ');
    const marks = key.map((_, index) => `$${index + 1}`).join(', ');
    const select = (where: string) =>
      statement(
        `SELECT ${columns.join(', ')} FROM ${name} ${where} ORDER BY ${order} LIMIT ${rowsAtOnce(table)}`,
      );
    const [first, following] = [select(''), select(`WHERE (${order}) > (${marks})`)];
    return this.#connections.read(async (session) => {
      let after: Value[] | null = null;
      for (;;) {
        const rows: MovedRow[] = await session.arrays(after === null ? first : following, after ?? []);
        for (const row of rows) sum.add(row);
        const last = rows.at(-1);
        if (last === undefined) return sum.sum;
        after = key.map((column) => last[columns.indexOf(column)] ?? null);
      }
    });
  }

  /** From then on a service can use it. */
  async end(next: NextNumbers, { isClean }: { readonly isClean: boolean }): Promise<void> {
    await this.#connections.transact(async (session) => {
      const [observations] = await session.rows<{ readonly moved: number }>(PROGRESS, ['observations']);
      const { samples, traces } = next;
      session.send(NEXT, [next.seriesId, samples.nextSeq, samples.bytes, traces.nextSeq, traces.bytes]);
      session.send(SEQUENCE, ['deliveries', 'id', next.deliveryId]);
      session.send(SEQUENCE, [SAMPLES.dead, 'id', next.deadSampleId]);
      session.send(SEQUENCE, [TRACES.dead, 'id', next.deadTraceId]);
      session.send(SEQUENCE, ['names', 'id', next.nameId]);
      session.send(SEQUENCE, ['observations', 'number', (observations?.moved ?? 0) + 1]);
      if (!isClean) session.send(CRASHED);
      session.send(END);
    });
    await this.#connections.read((session) => session.run(ANALYZE));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connections.close();
  }
}

/** Those that a new database has rows in. */
const NEVER_EMPTY: readonly string[] = ['schema', 'head', 'changes'];

async function firstOccupied(session: Session): Promise<string | null> {
  for (const name of tableNames(ownMigrations())) {
    if (NEVER_EMPTY.includes(name)) continue;
    const rows = await session.rows(statement(`SELECT 1 FROM ${name} LIMIT 1`));
    if (rows.length > 0) return name;
  }
  return null;
}

import { skewMs } from '../../domain/clock-skew.ts';
import { type ConnectionOptions, Connections, parseUrl } from './connections.ts';
import { type FoundTable, findTables, refuseForeign } from './found-tables.ts';
import { readSchema } from './migrate.ts';
import { ownMigrations, refuseTooNew, type Schema, tableNames } from './migrations.ts';
import { explained } from './remedies.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';
import {
  type Asker,
  readServerFacts,
  refuseHalfMoved,
  refuseUnsuitable,
  type ServerFacts,
} from './suitable.ts';

/** What is known of a database, and of its server as far as this user may see it. */
export interface ServerInspection {
  readonly asker: Asker;
  readonly facts: ServerFacts;
  readonly schema: Schema;
  /** The newest one that this version knows. */
  readonly newest: number;
  readonly rights: TableRights;
  readonly settings: DurabilitySettings;
  readonly standbys: Standbys;
  readonly connections: { readonly most: number; readonly used: number };
  /** The transaction that has been open for longest; null: none that can be seen. */
  readonly oldest: OpenTransaction | null;
  /** Replication slots that nobody reads. */
  readonly idleSlots: readonly string[];
  /** Tables that are mostly dead rows. */
  readonly bloated: readonly string[];
  /** So far the clock of the database is ahead of ours, at least. */
  readonly aheadMs: number;
  /** Of several statements, the median. */
  readonly roundTripMs: number;
}

export interface TableRights {
  /** Tables that may not be read and written. */
  readonly closed: readonly string[];
  /** Tables that may not be changed, as an upgrade does. */
  readonly foreign: readonly string[];
}

export interface DurabilitySettings {
  readonly fsync: string;
  readonly fullPageWrites: string;
  readonly synchronousCommit: string;
  /** Of standbys that are waited for; empty: none. */
  readonly standbyNames: string;
}

export interface Standbys {
  /** Whether the user may see what others do. */
  readonly areSeen: boolean;
  readonly connected: number;
  readonly synchronous: number;
}

export interface OpenTransaction {
  readonly pid: number;
  readonly user: string | null;
  readonly program: string;
  readonly seconds: number;
}

const SETTINGS = statement(
  `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS "fullPageWrites",
     current_setting('synchronous_commit') AS "synchronousCommit",
     current_setting('synchronous_standby_names') AS "standbyNames"`,
);
const STANDBYS = statement(
  `SELECT pg_has_role('pg_read_all_stats', 'USAGE') AS "areSeen", COUNT(*)::integer AS connected,
     (COUNT(*) FILTER (WHERE sync_state IN ('sync', 'quorum')))::integer AS synchronous
   FROM pg_stat_replication`,
);
const CONNECTIONS = statement(
  `SELECT (SELECT SUM(numbackends)::integer FROM pg_stat_database) AS used,
     LEAST(current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer,
       (SELECT NULLIF(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user),
       (SELECT NULLIF(datconnlimit, -1) FROM pg_database WHERE datname = current_database())) AS most`,
);
/** Prepared ones too, which no process holds. */
const OLDEST = statement(
  `SELECT pid, "user", program, EXTRACT(EPOCH FROM clock_timestamp() - since)::double precision AS seconds FROM (
     SELECT pid, usename AS "user", application_name AS program, xact_start AS since FROM pg_stat_activity
     WHERE (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL) AND pid <> pg_backend_pid()
       AND backend_type <> 'autovacuum worker' AND COALESCE(datname, current_database()) = current_database()
     UNION ALL
     SELECT 0, owner, 'prepared transaction ' || gid, prepared FROM pg_prepared_xacts WHERE database = current_database()
   ) AS open WHERE since IS NOT NULL ORDER BY since LIMIT 1`,
);
const IDLE_SLOTS = statement(
  'SELECT slot_name::text AS name FROM pg_replication_slots WHERE NOT active ORDER BY slot_name',
);
const BLOATED = statement(
  `SELECT relname::text AS name FROM pg_stat_user_tables
   WHERE schemaname = current_schema() AND relname = ANY ($1) AND n_dead_tup > 20000 AND n_dead_tup > n_live_tup
   ORDER BY relname`,
);
const NOW = statement('SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::double precision AS ms');
const ROUND_TRIPS = 9;

/** Reads only. Throws as `migrate`. */
export async function inspectServer({
  url,
  password,
}: Pick<ConnectionOptions, 'url' | 'password'>): Promise<ServerInspection> {
  const { user = '', database = '' } = parseUrl(url).settings;
  const asker = { user, database };
  const connections = new Connections({ url, password, most: 1, name: 'ant-watcher doctor' });
  try {
    return await connections.read((session) => inspect(session, asker));
  } catch (error) {
    throw explained(error, asker);
  } finally {
    await connections.close();
  }
}

async function inspect(session: Session, asker: Asker): Promise<ServerInspection> {
  const facts = await readServerFacts(session);
  refuseUnsuitable(facts, asker);
  refuseHalfMoved(facts);
  const found = await findTables(session);
  const schema = await readSchema(session);
  refuseForeign(found, { ...facts, ...asker, version: schema.version });
  const newest = ownMigrations().length;
  refuseTooNew(schema, newest);
  const [settings, standbys, connections] = await Promise.all([
    one<DurabilitySettings>(session, SETTINGS),
    one<Standbys>(session, STANDBYS),
    one<ServerInspection['connections']>(session, CONNECTIONS),
  ]);
  const tables = tableNames(ownMigrations());
  const [oldest, slots, bloated] = await Promise.all([
    session.rows<OpenTransaction>(OLDEST),
    session.rows<{ readonly name: string }>(IDLE_SLOTS),
    session.rows<{ readonly name: string }>(BLOATED, [tables]),
  ]);
  return {
    ...{ asker, facts, schema, newest, settings, standbys, connections, rights: rightsOf(found) },
    oldest: oldest[0] ?? null,
    idleSlots: slots.map(({ name }) => name),
    bloated: bloated.map(({ name }) => name),
    ...(await measure(session)),
  };
}

function rightsOf(rows: readonly FoundTable[]): TableRights {
  const names = (is: (row: FoundTable) => boolean) => rows.filter(is).map(({ name }) => name);
  return { closed: names(({ isOpen }) => !isOpen), foreign: names(({ isOwn }) => !isOwn) };
}

async function measure(session: Session): Promise<Pick<ServerInspection, 'aheadMs' | 'roundTripMs'>> {
  const tripsMs: number[] = [];
  let aheadMs = 0;
  for (let trip = 0; trip < ROUND_TRIPS; trip += 1) {
    const beforeMs = Date.now();
    const startMs = performance.now();
    const { ms } = await one<{ readonly ms: number }>(session, NOW);
    tripsMs.push(performance.now() - startMs);
    aheadMs = skewMs(ms, { beforeMs, afterMs: Date.now() });
  }
  return { aheadMs, roundTripMs: tripsMs.sort((a, b) => a - b)[(ROUND_TRIPS - 1) / 2] ?? 0 };
}

async function one<Found>(session: Session, asked: ReturnType<typeof statement>): Promise<Found> {
  const [row] = await session.rows<Found>(asked);
  if (row === undefined) throw new Error('The database says nothing of itself.');
  return row;
}

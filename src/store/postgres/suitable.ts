import pg from 'pg';
import { AntError } from '../../domain/errors.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

/** What does not change while a database is used. */
export interface ServerFacts {
  /** As 150004 for 15.4. */
  readonly versionNumber: number;
  readonly version: string;
  readonly encoding: string;
  /** In which its tables are or will be; null: there is none that the user may use. */
  readonly schemaName: string | null;
  readonly mayCreate: boolean;
  /** Whether `ant-watcher move` into it has not ended. */
  readonly isMoving: boolean;
}

/** Who asks, and for which database. */
export interface Asker {
  readonly user: string;
  readonly database: string;
}

const OLDEST_SERVER = 14;
const FACTS = statement(
  `SELECT current_setting('server_version_num')::integer AS "versionNumber",
     current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
     current_schema() AS "schemaName",
     COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE) AS "mayCreate",
     to_regclass('unfinished_move') IS NOT NULL AS "isMoving"`,
);

export async function readServerFacts(session: Session): Promise<ServerFacts> {
  const [facts] = await session.rows<ServerFacts>(FACTS);
  if (facts === undefined) throw new Error('The database says nothing of itself.');
  return facts;
}

/** Throws `store_unsupported`. */
export function refuseUnsuitable({ versionNumber, version, encoding }: ServerFacts, asker: Asker): void {
  if (versionNumber < OLDEST_SERVER * 10_000)
    throw new AntError('store_unsupported', `the server is PostgreSQL ${version}`, {
      hint: `Upgrade it to PostgreSQL ${OLDEST_SERVER} or newer.`,
    });
  if (encoding !== 'UTF8')
    throw new AntError(
      'store_unsupported',
      `the database ${asker.database} has the encoding ${encoding}, which lacks characters that names have`,
      { hint: `Make another one: ${createDatabase(asker)}` },
    );
}

/** Throws `store_unavailable` while not all is there that is to be moved into the database. */
export function refuseHalfMoved({ isMoving }: Pick<ServerFacts, 'isMoving'>): void {
  if (!isMoving) return;
  throw new AntError('store_unavailable', 'a move into the database has begun and has not ended', {
    hint: 'Run ant-watcher move again: it goes on where it was.',
  });
}

/** The SQL that makes a database as it should be. */
export function createDatabase({ user, database }: Asker): string {
  return `CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${pg.escapeIdentifier(user)} ENCODING 'UTF8' TEMPLATE template0`;
}

/** The SQL that gives the right to make and to change tables. */
export function grantCreate(schemaName: string | null, { user }: Asker): string {
  return `GRANT USAGE, CREATE ON SCHEMA ${pg.escapeIdentifier(schemaName ?? 'public')} TO ${pg.escapeIdentifier(user)}`;
}

/** The SQL that gives the right to use tables of somebody else. */
export function grantUse(schemaName: string | null, { user }: Asker): string {
  return `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${pg.escapeIdentifier(schemaName ?? 'public')} TO ${pg.escapeIdentifier(user)}`;
}

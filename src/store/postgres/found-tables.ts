import pg from 'pg';
import { AntError } from '../../domain/errors.ts';
import { hintOf } from './hints.ts';
import { ownMigrations, tableNames } from './migrations.ts';
import type { Session } from './session.ts';
import { statement } from './statement.ts';

/** What is found under the name of one of our tables. */
export interface FoundTable {
  readonly name: string;
  /** Of the search path, the first one with a table of that name. */
  readonly schemaName: string;
  /** Whether the user may change it, as an upgrade does. */
  readonly isOwn: boolean;
  /** Whether the user may read and write it. */
  readonly isOpen: boolean;
}

const FIND = statement(
  `SELECT relname::text AS name, nspname::text AS "schemaName", pg_has_role(relowner, 'USAGE') AS "isOwn",
     (SELECT bool_and(has_table_privilege(pg_class.oid, word))
      FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS word) AS "isOpen"
   FROM unnest($1::text[]) AS ours (name) JOIN pg_class ON pg_class.oid = to_regclass(ours.name)
     JOIN pg_namespace ON pg_namespace.oid = relnamespace
   ORDER BY relname`,
);

/** By name; without those that are not there. */
export function findTables(session: Session): Promise<FoundTable[]> {
  return session.rows<FoundTable>(FIND, [tableNames(ownMigrations())]);
}

/** Throws `store_unavailable` if some may not be read and written. */
export function refuseClosed(tables: readonly FoundTable[]): void {
  const closed = tables.filter(({ isOpen }) => !isOpen).map(({ name }) => name);
  if (closed.length === 0) return;
  const hint = hintOf('42501', '');
  throw new AntError(
    'store_unavailable',
    `the user of storage.url may not read and write ${closed.join(', ')}`,
    hint === undefined ? {} : { hint },
  );
}

/**
 * Throws `store_unsupported` where a name of ours stands for a table of somebody else: one that is there already, or one
 * in an earlier schema of the search path. `found` was read before `version`, which is that of the schema of tables, as
 * others may be making them: all of them are there at once.
 */
export function refuseForeign(
  found: readonly FoundTable[],
  {
    version,
    schemaName,
    user,
  }: { readonly version: number; readonly schemaName: string | null; readonly user: string },
): void {
  // Ours are made in the first schema of the path, and hide those in later ones.
  const home = version === 0 ? null : found.find(({ name }) => name === 'schema')?.schemaName;
  const foreign = found.filter((table) =>
    home === null ? table.schemaName === schemaName : home !== undefined && table.schemaName !== home,
  );
  if (foreign.length === 0) return;
  const names = foreign.map((table) => `${table.schemaName}.${table.name}`).join(', ');
  const own = pg.escapeIdentifier(user);
  throw new AntError('store_unsupported', `not ant-watcher's, but found under its names: ${names}`, {
    hint:
      home === null || home === undefined
        ? `Give ant-watcher a database of its own, or a schema: CREATE SCHEMA ${own} AUTHORIZATION ${own}`
        : `Let the tables of ant-watcher be found first: ALTER ROLE ${own} SET search_path = ${pg.escapeIdentifier(home)}; or rename the others.`,
  });
}

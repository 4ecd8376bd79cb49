import { readdirSync, readFileSync } from 'node:fs';
import { AntError } from '../../domain/errors.ts';

/**
 * How the tables of one version of the schema become those of the next one. Other processes go on working meanwhile,
 * also those of the version before: what they need is taken away only by a later version (expand first, contract later).
 */
export interface Migration {
  readonly version: number;
  /** Of the schemas: who knows it works beside this one. */
  readonly oldest: number;
  /** False: each statement by itself, as `CREATE INDEX CONCURRENTLY` has to be. All are repeated after an interruption. */
  readonly isTransaction: boolean;
  readonly statements: readonly string[];
}

/** The schema that a database has. */
export type Schema = Pick<Migration, 'version' | 'oldest'>;

const MIGRATIONS = new URL('./migrations/', import.meta.url);
const FIRST_LINE = /^-- Works beside code that knows schema (\d+)(; each statement by itself)?\.\n/;

let ours: readonly Migration[] | null = null;

/** Those that this version knows, oldest first. */
export function ownMigrations(): readonly Migration[] {
  ours ??= readdirSync(MIGRATIONS)
    .sort()
    .map((name, index) => parseMigration(index + 1, readFileSync(new URL(name, MIGRATIONS), 'utf8')));
  return ours;
}

/** Its first line says for whom it is; a statement ends with its line. */
export function parseMigration(version: number, text: string): Migration {
  const [line = '', oldest, apart] = FIRST_LINE.exec(text) ?? [];
  if (oldest === undefined) throw new Error(`Migration ${version} does not say beside which code it works.`);
  return {
    version,
    oldest: Number(oldest),
    isTransaction: apart === undefined,
    statements: text
      .slice(line.length)
      .split(/;\n/)
      .filter((each) => each.trim() !== ''),
  };
}

/** Throws `store_too_new` if code whose newest schema is `newest` can't work with a database of that schema. */
export function refuseTooNew({ version, oldest }: Schema, newest: number): void {
  if (oldest <= newest) return;
  throw new AntError(
    'store_too_new',
    `the database has schema ${version}, which needs an ant-watcher that knows schema ${oldest}; this one is older and knows ${newest}`,
    {
      hint: 'Start the version that upgraded the database, or a newer one. To go back, restore a backup from before.',
    },
  );
}

/** The tables that they make. */
export function tableNames(migrations: readonly Migration[]): readonly string[] {
  return migrations.flatMap(({ statements }) =>
    statements.flatMap((text) => /^CREATE TABLE (\w+)/m.exec(text)?.[1] ?? []),
  );
}

import { AntError } from '../../domain/errors.ts';
import { type Asker, createDatabase, grantCreate, grantUse } from './suitable.ts';

/** The code of the database that is behind an error; null: none is. */
export function databaseCodeOf(error: unknown): unknown {
  const cause = error instanceof AntError ? error.cause : error;
  return cause instanceof Error && 'code' in cause ? cause.code : null;
}

/** The error with the SQL that fixes it, if there is any. */
export function explained(error: unknown, asker: Asker): unknown {
  const hint = REMEDIES[String(databaseCodeOf(error))]?.(asker);
  if (!(error instanceof AntError) || hint === undefined) return error;
  return new AntError(error.code, error.message, { cause: error.cause, hint });
}

/** By codes of https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const REMEDIES: Readonly<Record<string, (asker: Asker) => string>> = {
  '3D000': (asker) =>
    `As a superuser: ${createDatabase(asker)}; or correct the name of the database in storage.url.`,
  '42501': (asker) =>
    `As the owner of the tables, or a superuser: ${grantCreate(null, asker)}; ${grantUse(null, asker)}. Only their owner can change tables: ALTER TABLE … OWNER TO.`,
};

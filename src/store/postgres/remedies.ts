import { AntError } from '../../domain/errors.ts';
import { type Asker, createDatabase, grantCreate, grantUse } from './suitable.ts';

/** The code of the database that is behind an error; null: none is. */
export function databaseCodeOf(error: unknown): unknown {
  const cause = error instanceof AntError ? error.cause : error;
  return cause instanceof Error && 'code' in cause ? cause.code : null;
}

/**
 * What a start does not wait for: it stays so until somebody changes a setting or the server. By codes of PostgreSQL,
 * Node.js and OpenSSL, or where there is none, by what the driver says.
 *
 * - A wrong password, or none: to try it again and again may lock the user out. Where the server asks for passwords, it
 *   says the same of a user that does not exist yet; whoever makes users after the start relies on the process manager.
 * - A certificate that can't be trusted, ours or that of the server; a server without TLS.
 *
 * All else is waited for. A server that starts, stops, or has no connection left (57P03, 53300) goes on by itself, and
 * a name that is not known (ENOTFOUND) is that of a container that is being started. A user, a database, rights to it
 * (28000, 3D000, 42501) and a line in pg_hba.conf may be made right now by the job that installs everything.
 */
const LASTING: ReadonlySet<string> = new Set([
  '28P01',
  'CERT_HAS_EXPIRED',
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_OSSL_X509_KEY_VALUES_MISMATCH',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const LASTING_MESSAGE = /^(SASL: .*password must be a|The server does not support SSL)/;

/** An error of a start, with the SQL that fixes it, if there is any: `store_refused` where nothing is to be waited for. */
export function explained(error: unknown, asker: Asker): unknown {
  if (!(error instanceof AntError)) return error;
  const { message, cause, hint } = error;
  if (error.code === 'store_unavailable' && isLasting(cause))
    return new AntError('store_refused', message, { cause, ...(hint === undefined ? {} : { hint }) });
  const remedy = REMEDIES[String(databaseCodeOf(error))]?.(asker);
  return remedy === undefined ? error : new AntError(error.code, message, { cause, hint: remedy });
}

function isLasting(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const code = 'code' in cause ? String(cause.code) : '';
  return LASTING.has(code) || LASTING_MESSAGE.test(cause.message);
}

/** By codes of https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const REMEDIES: Readonly<Record<string, (asker: Asker) => string>> = {
  '3D000': (asker) =>
    `As a superuser: ${createDatabase(asker)}; or correct the name of the database in storage.url.`,
  '42501': (asker) =>
    `As the owner of the tables, or a superuser: ${grantCreate(null, asker)}; ${grantUse(null, asker)}. Only their owner can change tables: ALTER TABLE … OWNER TO.`,
};

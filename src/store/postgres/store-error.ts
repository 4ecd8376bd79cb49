import { AntError } from '../../domain/errors.ts';
import { hintOf } from './hints.ts';

/**
 * Errors that are faults of ours, of the schema or of the data, by the class of their code: wrong statements, violated
 * constraints, wrong data, data that is too large. Any other passes by itself, or somebody else has to fix it.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const BUGS: ReadonlySet<string> = new Set(['22', '23', '26', '34', '42', '54']);
/** Of those classes, what an operator can fix: no right, no such table or schema; a pooler that forgets statements. */
const MENDABLE: ReadonlySet<string> = new Set(['42501', '42P01', '3F000', '26000', '42P05']);
const DAMAGE: ReadonlySet<string> = new Set(['XX001', 'XX002']);

/** What went wrong in reading or writing, as an `AntError` unless it is a bug. */
export function storeError(error: unknown): unknown {
  if (error instanceof AntError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isOurs = 'severity' in error;
  if (isOurs && BUGS.has(code.slice(0, 2)) && !MENDABLE.has(code)) return error;
  if (DAMAGE.has(code)) {
    return new AntError('store_damaged', `the database is damaged: ${error.message}`, {
      cause: error,
      hint: 'Restore a backup of the database server.',
    });
  }
  if (!isOurs && !isOfConnection(error, code)) return error;
  const hint = hintOf(code, error.message);
  return new AntError('store_unavailable', `the database can't be read or written: ${messageOf(error)}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** OpenSSL writes where in its source it was, and a line end. */
function messageOf({ message }: Error): string {
  return message.replace(/^[0-9A-F]+:error:[0-9A-F]+:([^:]*):[^:]*:([^:]*):[\s\S]*$/, '$1: $2').trim();
}

/** As Node.js and the driver name them: there is no answer, or no connection. */
function isOfConnection(error: Error, code: string): boolean {
  if (error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError)
    return false;
  return (
    /^(E[A-Z]+|CERT_|ERR_TLS|ERR_SSL|UNABLE_|DEPTH_|SELF_SIGNED)/.test(code) ||
    /connection|terminated|timeout|not queryable|undone the transaction|SSL|SASL|password/i.test(
      error.message,
    )
  );
}

import type { Clock, Logger, Store } from '../../domain/contracts.ts';
import { guardMethods } from '../damage-guard.ts';
import { Cores } from './cores.ts';
import { type Database, openDatabase, pathOf } from './database.ts';
import type { LogLimits } from './log-watch.ts';
import { openCore, type StoreMethods } from './store-core.ts';

export interface SqliteStoreOptions {
  /** `sqlite:PATH` or `memory:`. */
  readonly url: string;
  readonly clock: Clock;
  /** As `ServiceTime.steady`, for leases. Default: `clock`. */
  readonly steady?: Clock;
  /** What happens to the file is logged. */
  readonly logger?: Pick<Logger, 'warn' | 'error'>;
  /** How large the log may become while another program reads. Default: `LOG_LIMITS`. */
  readonly logLimits?: LogLimits;
}

const SILENT: Pick<Logger, 'warn' | 'error'> = { warn() {}, error() {} };

/**
 * The store in one SQLite file. What arrives is synced to the disk before the promise resolves; what is only
 * derived from it is not, because after a loss of power it is derived again.
 * `opened` is the database when it is open already. Throws `store_locked`, `store_too_new` or
 * `store_unavailable`.
 */
export async function openSqliteStore(options: SqliteStoreOptions, opened?: Database): Promise<Store> {
  const { url, logger = SILENT } = options;
  const path = pathOf(url);
  const database = opened ?? openDatabase(url);
  if (database.unshared !== null) logger.warn('database_not_shared', { path, reason: database.unshared });
  const cores = new Cores(openCore(database, path, options), (next) => openCore(next, path, options), logger);
  const guarded = guardMethods<StoreMethods>(cores.methods, (cause) => cores.explain(cause));
  return {
    ...guarded.methods,
    damaged: guarded.damaged,
    readableAt: database.unshared === null && path !== null ? { path } : null,
    [Symbol.asyncDispose]: () => cores.close(),
  };
}

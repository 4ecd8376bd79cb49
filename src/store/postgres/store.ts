import type { Clock, Logger, Store } from '../../domain/contracts.ts';
import { monotonicMs } from '../../timing/monotonic.ts';
import { guardMethods } from '../damage-guard.ts';
import { migrate } from './migrate.ts';
import { openParts } from './parts.ts';
import { openMethods, type StoreMethods } from './store-core.ts';
import { storeError } from './store-error.ts';

export interface PostgresStoreOptions {
  /** `postgres://…`, without a password. */
  readonly url: string;
  readonly password: string | null;
  /** For leases of this process. Default: a clock that is never corrected. */
  readonly steady?: Clock;
  readonly logger?: Pick<Logger, 'warn' | 'error'>;
  /** For tests: in place of the time of the database, which is that of all processes. */
  readonly clock?: Clock;
}

const SILENT: Pick<Logger, 'warn' | 'error'> = { warn() {}, error() {} };

/**
 * A store in a PostgreSQL database that several processes use at the same time. What has arrived is in the log of the
 * database server before the promise resolves. Throws as `migrate`.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, password, clock, steady = clock ?? monotonicMs, logger = SILENT } = options;
  await migrate({ url, password });
  const parts = openParts({ url, password, clock, steady, logger });
  const { connections } = parts;
  const guarded = guardMethods<StoreMethods>(openMethods(parts), storeError);
  return {
    ...guarded.methods,
    damaged: guarded.damaged,
    readableAt: { url, password },
    [Symbol.asyncDispose]: () => connections.close(),
  };
}

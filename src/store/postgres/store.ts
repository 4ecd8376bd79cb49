import { readFileSync } from 'node:fs';
import type { Clock, Logger, Store } from '../../domain/contracts.ts';
import { monotonicMs } from '../../timing/monotonic.ts';
import { guardMethods } from '../damage-guard.ts';
import type { Connections } from './connections.ts';
import { openParts } from './parts.ts';
import { statement } from './statement.ts';
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
 * database server before the promise resolves. Throws `store_too_new` or `store_unavailable`.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, password, clock, steady = clock ?? monotonicMs, logger = SILENT } = options;
  const parts = openParts({ url, password, clock, steady, logger });
  const { connections } = parts;
  try {
    await createTables(connections);
  } catch (error) {
    await connections.close();
    throw storeError(error);
  }
  const guarded = guardMethods<StoreMethods>(openMethods(parts), storeError);
  return {
    ...guarded.methods,
    damaged: guarded.damaged,
    readableAt: { url, password },
    [Symbol.asyncDispose]: () => connections.close(),
  };
}

/** Processes that start at the same time on an empty database do this one after the other. The number means nothing. */
const ALONE = statement('SELECT pg_advisory_xact_lock(7248015)');
const IS_EMPTY = statement(`SELECT to_regclass('head') IS NULL AS "isEmpty"`);
const INITIAL = new URL('./migrations/0001_initial.sql', import.meta.url);

/** Makes the tables if there are none. */
async function createTables(connections: Connections): Promise<void> {
  await connections.transact(async (session) => {
    session.send(ALONE);
    const [row] = await session.rows<{ readonly isEmpty: boolean }>(IS_EMPTY);
    if (!row?.isEmpty) return;
    for (const text of readFileSync(INITIAL, 'utf8').split(/;\n/))
      if (text.trim() !== '') session.send(statement(text));
  });
}

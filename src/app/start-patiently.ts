import type { Logger } from '../domain/contracts.ts';
import { monotonicMs } from '../timing/monotonic.ts';
import { retryWhileUnavailable } from '../timing/retry.ts';

export interface PatientStart {
  /** Whether the store is on a database server, which may be away for a while, as in a fail-over. */
  readonly isShared: boolean;
  readonly logger: Pick<Logger, 'warn'>;
  /** Aborted: do not wait any longer. */
  readonly signal: AbortSignal;
}

/**
 * A process manager that starts us again and again waits longer each time, up to minutes: a fail-over should be over
 * by then. Whatever takes longer has to be seen by people.
 */
const AWAITED_MS = 60_000;

/**
 * What `start` resolves to, tried again for a minute while the database server is away. Null: it was not there before
 * `signal` was aborted.
 */
export async function startPatiently<T>(
  start: () => Promise<T>,
  { isShared, logger, signal }: PatientStart,
): Promise<T | null> {
  if (!isShared) return start();
  const beganAtMs = monotonicMs();
  return retryWhileUnavailable(start, {
    signal,
    onFailure(err, _, waitMs) {
      if (monotonicMs() - beganAtMs > AWAITED_MS) throw err;
      logger.warn('database_awaited', { err, waitMs });
    },
  });
}

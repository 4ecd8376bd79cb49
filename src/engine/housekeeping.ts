import type { Clock, Logger, Store } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import type { WorkingSet } from '../memory/working-set.ts';
import type { Registry } from '../metrics/registry.ts';
import type { Push } from './push.ts';

export interface HousekeepingOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly push: Pick<Push, 'trim'>;
  readonly working: Pick<WorkingSet, 'sweep'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Null: series are never forgotten. */
  readonly idleExpiryMs: number | null;
}

const EVERY_MS = 1000;
/** GitHub keeps deliveries for redelivery for 3 days, Enterprise Server for 7; one more makes it safe. */
const REMEMBER_MS = 8 * 24 * 3_600_000;
const STEP = 2000;

/** Forgets what is no longer needed, a little at a time, so that no step takes long. */
export function startHousekeeping(options: HousekeepingOptions): { close(): void } {
  const timer = setInterval(step, EVERY_MS, options).unref();
  return { close: () => clearInterval(timer) };
}

async function step({
  store,
  registry,
  push,
  working,
  clock,
  logger,
  idleExpiryMs,
}: HousekeepingOptions): Promise<void> {
  try {
    const forgotten = await store.forgetSeen(clock() - REMEMBER_MS, STEP);
    if (forgotten > 0) logger.debug('Old delivery ids forgotten', { forgotten });
    await push.trim();
    await working.sweep();
    const idle = idleExpiryMs === null ? [] : registry.expire(clock() - idleExpiryMs);
    if (idle.length > 0) await store.deleteSeries(idle);
  } catch (error) {
    if (!(error instanceof AntError)) throw error;
    logger.warn('Housekeeping has to wait', { err: error });
  }
}

import type { Clock, Logger, Store } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';

const EVERY_MS = 1000;
/** GitHub keeps deliveries for redelivery for 3 days, Enterprise Server for 7; one more makes it safe. */
const REMEMBER_MS = 8 * 24 * 3_600_000;
const STEP = 2000;

/** Forgets delivery ids that GitHub can no longer send again, a few at a time, so that no step takes long. */
export function startHousekeeping(store: Store, clock: Clock, logger: Logger): { close(): void } {
  async function step(): Promise<void> {
    try {
      const forgotten = await store.forgetSeen(clock() - REMEMBER_MS, STEP);
      if (forgotten > 0) logger.debug('Old delivery ids forgotten', { forgotten });
    } catch (error) {
      if (!(error instanceof AntError)) throw error;
      logger.warn('Old delivery ids could not be forgotten yet', { err: error });
    }
  }
  const timer = setInterval(step, EVERY_MS).unref();
  return { close: () => clearInterval(timer) };
}

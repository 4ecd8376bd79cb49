import type { Clock, Logger, Store } from '../domain/contracts.ts';
import { AntError } from '../domain/errors.ts';
import type { StoreBudget } from '../memory/store-budget.ts';
import type { WorkingSet } from '../memory/working-set.ts';
import type { JobNumbers } from '../metrics/job-numbers.ts';
import type { Registry } from '../metrics/registry.ts';
import type { Push } from './push.ts';
import { createRetention } from './retention.ts';

export interface HousekeepingOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly jobNumbers: JobNumbers;
  readonly push: Pick<Push, 'trim'>;
  readonly working: Pick<WorkingSet, 'sweep'>;
  /** Null where the store is not in memory. */
  readonly budget: Pick<StoreBudget, 'sweep'> | null;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Null: series are never forgotten. */
  readonly idleExpiryMs: number | null;
  /** Null: finished runs are never forgotten. */
  readonly retentionMs: number | null;
}

const EVERY_MS = 1000;
const HOUR_MS = 3_600_000;
/** GitHub keeps deliveries for redelivery for 3 days, Enterprise Server for 7; one more makes it safe. */
const REMEMBER_MS = 8 * 24 * HOUR_MS;
/** In memory there is no room for all of that. */
const REMEMBER_IN_MEMORY_MS = 3 * HOUR_MS;
const STEP = 2000;

/** Forgets what is no longer needed, a little at a time, so that no step takes long. */
export function startHousekeeping(options: HousekeepingOptions): { close(): void } {
  const tasks = tasksOf(options);
  let isUnderWay = false;

  async function step(): Promise<void> {
    if (isUnderWay) return;
    isUnderWay = true;
    try {
      for (const task of tasks) await task();
    } catch (error) {
      if (!(error instanceof AntError)) throw error;
      options.logger.warn('Housekeeping has to wait', { err: error });
    } finally {
      isUnderWay = false;
    }
  }

  const timer = setInterval(step, EVERY_MS).unref();
  return { close: () => clearInterval(timer) };
}

function tasksOf(options: HousekeepingOptions): (() => Promise<void>)[] {
  const { store, registry, jobNumbers, push, working, budget, clock, idleExpiryMs } = options;
  const rememberMs = budget === null ? REMEMBER_MS : REMEMBER_IN_MEMORY_MS;
  return [
    async () => void (await store.forgetSeen(clock() - rememberMs, STEP)),
    () => push.trim(),
    () => working.sweep(),
    createRetention(options),
    async () => budget?.sweep(),
    async () => {
      if (idleExpiryMs === null) return;
      const beforeMs = clock() - idleExpiryMs;
      const idle = [...registry.expire(beforeMs), ...jobNumbers.expire(beforeMs)];
      if (idle.length > 0) await store.deleteSeries(idle);
    },
  ];
}

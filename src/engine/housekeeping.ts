import type { Clock, Logger, Store } from '../domain/contracts.ts';
import { type Forgetting, forgettableBeforeMs, LONGEST_RUN_MS } from '../domain/forgetting.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import type { StoreBudget } from '../memory/store-budget.ts';
import type { WorkingSet } from '../memory/working-set.ts';
import { monotonicMs } from '../timing/monotonic.ts';
import { type Repetition, repeatEvery } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import type { ServiceTime } from '../timing/service-time.ts';
import type { SharedLease } from '../timing/shared-lease.ts';
import type { ActiveConfig } from './active-config.ts';
import type { Ledger } from './ledger.ts';
import { RoundPace } from './round-pace.ts';

export interface HousekeepingOptions {
  readonly store: Store;
  readonly ledger: Pick<Ledger, 'forgetRuns' | 'expire'>;
  /** Asked at each step. */
  readonly config: Pick<ActiveConfig, 'rules' | 'push'>;
  readonly working: Pick<WorkingSet, 'sweep'>;
  /** Null where the store is not in memory. */
  readonly budget: Pick<StoreBudget, 'sweep'> | null;
  /** Only what is proven makes anything old enough to be forgotten. */
  readonly time: Pick<ServiceTime, 'steady' | 'proven'>;
  readonly logger: Logger;
  /** What is shared is kept tidy by one process. */
  readonly lead: Pick<SharedLease, 'isHeld'>;
}

const EVERY_MS = 1000;
/** The part of it that tasks may take which have more to do. */
const HURRY_MS = 200;
const LOG_EVERY_MS = 60_000;
const HOUR_MS = 3_600_000;
/** GitHub keeps deliveries for redelivery for 3 days, Enterprise Server for 7; one more makes it safe. */
const REMEMBER_MS = 8 * 24 * HOUR_MS;
/** In memory there is no room for all of that. */
const REMEMBER_IN_MEMORY_MS = 3 * HOUR_MS;
const STEP = 2000;
const RUNS_AT_ONCE = 100;
/** Some milliseconds; a million jobs take an hour. */
const FILLED_AT_ONCE = 250;
/** Some milliseconds, too. */
const PACKED_AT_ONCE = 2000;
/** What happened in an hour is mostly known so long after it. */
const PACK_AFTER_MS = 600_000;
/** Longer than a quarter of a year: whatever runs on a schedule is mostly seen again within that. */
const QUIET_WORKFLOW_MS = 100 * 24 * HOUR_MS;

/** Does a step of something; answers whether there is more to do at once. */
export type Task = () => Promise<boolean>;

/** Forgets what is no longer needed, a little at a time, so that no step takes long. */
export function startHousekeeping(options: HousekeepingOptions): Repetition {
  const shared = sharedTasks(options);
  const own = ownTasks(options);

  const postponed = new SparingLog(
    (fields) => options.logger.warn('housekeeping_postponed', fields),
    LOG_EVERY_MS,
  );

  async function runAll(): Promise<void> {
    await hurry([...own, ...(options.lead.isHeld ? shared : [])], monotonicMs);
    postponed.end();
  }

  const tidying = repeatEvery(EVERY_MS, () =>
    unlessUnavailable(runAll, (err) => void postponed.log({ err })),
  );
  return {
    failed: tidying.failed,
    async close() {
      await tidying.close();
      postponed.close();
    },
  };
}

/** Does a step of each task, and then further ones of those that have more to do, as long as they may. */
export async function hurry(tasks: readonly Task[], elapsed: Clock): Promise<void> {
  const untilMs = elapsed() + HURRY_MS;
  let due = tasks;
  do {
    const busy: Task[] = [];
    for (const task of due) if (await task()) busy.push(task);
    due = busy;
  } while (due.length > 0 && elapsed() < untilMs);
}

/** Of what this process alone has. */
function ownTasks({ store, working, budget }: HousekeepingOptions): Task[] {
  return [() => working.sweep(), async () => budget?.sweep(), () => store.renewLog()].map(once);
}

/** A task that never has more to do. */
function once(task: () => Promise<unknown>): Task {
  return async () => {
    await task();
    return false;
  };
}

function sharedTasks(options: HousekeepingOptions): Task[] {
  const { store, ledger, config, budget, logger } = options;
  const { steady, proven } = options.time;
  const rememberMs = budget === null ? REMEMBER_MS : REMEMBER_IN_MEMORY_MS;
  const seen = new RoundPace(steady);
  return [
    async () => {
      const { forgotten, isRound } = await store.forgetSeen(proven() - rememberMs, STEP);
      return seen.hasMore({ looked: STEP, gone: forgotten, isRound });
    },
    once(() => config.push.trim()),
    createRetention({
      store,
      ledger,
      steady,
      proven,
      logger,
      retentionMs: () => config.rules.values.retentionMs,
    }),
    async () => {
      const { retentionMs, stepsRetentionMs } = config.rules.values;
      const beforeMs = forgettableBeforeMs(retentionMs, proven());
      const stepsBeforeMs = stepsRetentionMs === null ? 0 : proven() - stepsRetentionMs;
      return (await store.forgetHistory({ beforeMs, stepsBeforeMs, limit: STEP })) >= STEP;
    },
    once(createFill(store)),
    // In memory it would only take more of it.
    once(async () => budget ?? (await store.packHistory(proven() - PACK_AFTER_MS, PACKED_AT_ONCE))),
    once(async () => {
      const quietMs = config.rules.values.metrics.idleExpiryMs ?? QUIET_WORKFLOW_MS;
      const workflows = await store.forgetWorkflows(proven() - quietMs);
      if (workflows > 0) logger.debug('Inactive workflows deleted', { workflows });
    }),
    once(async () => {
      const { idleExpiryMs } = config.rules.values.metrics;
      if (idleExpiryMs !== null) await ledger.expire(steady() - idleExpiryMs);
    }),
  ];
}

/** Fills the history of a store that has run before, once. */
function createFill(store: Pick<Store, 'fillHistory'>): () => Promise<void> {
  let isFilled = false;
  return async () => {
    if (!isFilled) isFilled = await store.fillHistory(FILLED_AT_ONCE);
  };
}

export interface RetentionOptions {
  readonly store: Pick<Store, 'queueStatus'>;
  readonly ledger: Pick<Forgetting, 'forgetRuns'>;
  /** As those of `ServiceTime`. */
  readonly steady: Clock;
  readonly proven: Clock;
  readonly logger: Logger;
  /**
   * How long after its last word a finished run is kept, if that is longer than the life of a run. Null: for
   * ever.
   */
  readonly retentionMs: () => number | null;
}

/**
 * Deletes finished runs that are old enough, a few at each call, over and over from the first to the last.
 * Nothing is counted again by that: GitHub sends nothing about a run after that time, and of what is read
 * from its past the engine ignores what may have been forgotten (`lifecycle/too-old.ts`). States that are
 * also in the working set stay there, for its short time to live.
 */
export function createRetention({
  store,
  ledger,
  steady,
  proven,
  logger,
  retentionMs,
}: RetentionOptions): Task {
  let afterRunId: number | null = null;
  const pace = new RoundPace(steady);
  return async () => {
    const keptMs = retentionMs();
    if (keptMs === null) return false;
    const beforeMs = forgettableBeforeMs(keptMs, proven());
    // After a long time out of service: what waits may be about the very runs.
    const { oldestMs } = await store.queueStatus();
    if (oldestMs !== null && oldestMs < beforeMs) return false;
    const { runs, jobs, lastRunId } = await ledger.forgetRuns({
      afterRunId,
      limit: RUNS_AT_ONCE,
      finishedBeforeMs: beforeMs,
      unfinishedBeforeMs: beforeMs - LONGEST_RUN_MS,
    });
    afterRunId = lastRunId;
    if (runs + jobs > 0) logger.debug('Expired runs deleted', { runs, jobs });
    return pace.hasMore({ looked: RUNS_AT_ONCE, gone: runs, isRound: lastRunId === null });
  };
}

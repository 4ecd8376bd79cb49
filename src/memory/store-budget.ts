import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Logger, Meter, Store } from '../domain/contracts.ts';
import type { Forgetting } from '../domain/forgetting.ts';
import { countOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { SparingLog } from '../logger/sparing-log.ts';
import type { EvictionReason } from './eviction-order.ts';

export interface StoreBudgetOptions {
  readonly store: Pick<Store, 'usedBytes' | 'forgetSeen' | 'forgetHistory'> & {
    readonly samples: Pick<Store['samples'], 'status'>;
  };
  readonly ledger: Pick<Forgetting, 'forgetRuns'>;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limitBytes: number;
  /** How long a silent unfinished run is kept; a tenth of that for what is finished and sent. */
  readonly ttlMs: () => number;
}

/** One measure to try, in small steps; resolves to whether it is exhausted. */
type Stage = () => Promise<boolean>;

const RUNS_AT_ONCE = 100;
const IDS_AT_ONCE = 2000;
const ROWS_AT_ONCE = 2000;
const FINISHED_TTL_DIVISOR = 10;
/** The limit is divided by this while the process is short of memory. */
const SQUEEZE_DIVISOR = 2;
const ALWAYS = Number.POSITIVE_INFINITY;
const NEVER = Number.NEGATIVE_INFINITY;

/**
 * Keeps a store in memory within its limit. There is no disk behind it, so what is dropped is lost: a later
 * event about it counts as the first. Therefore it drops in this order, and no more than needed: finished
 * runs whose samples are sent (spans that wait need nothing of their runs), ids of deliveries and the history, each the older part first, other finished or
 * expired runs, and then the oldest runs in progress.
 */
export class StoreBudget {
  readonly #options: StoreBudgetOptions;
  readonly #forced: SparingLog;
  #limitBytes: number;

  constructor(options: StoreBudgetOptions) {
    this.#options = options;
    this.#limitBytes = options.limitBytes;
    const write = (fields: object) => options.logger.error('memory_store_full', fields);
    this.#forced = new SparingLog(write, 60_000);
  }

  /** Drops what exceeds the limit, with pauses for other work. */
  async sweep(): Promise<void> {
    if (await this.#isWithin()) return;
    for (const stage of await this.#stages()) {
      for (let isDone = false; !isDone; ) {
        isDone = await stage();
        if (await this.#isWithin()) return;
        await nextTurn();
      }
    }
  }

  /** Lowers the limit from now on; with `isShort` false, restores it. */
  async squeeze(isShort: boolean): Promise<void> {
    this.#limitBytes = this.#options.limitBytes / (isShort ? SQUEEZE_DIVISOR : 1);
    await this.sweep();
  }

  async #isWithin(): Promise<boolean> {
    return (await this.#options.store.usedBytes()) <= this.#limitBytes;
  }

  async #stages(): Promise<Stage[]> {
    const { clock, store } = this.#options;
    const nowMs = clock();
    const ttlMs = this.#options.ttlMs();
    const quietMs = nowMs - ttlMs / FINISHED_TTL_DIVISOR;
    const waiting = (await store.samples.status()).flatMap(({ oldestMs }) => oldestMs ?? []);
    // What was last updated before the oldest waiting sample was stored has no waiting sample itself, or only
    // for an instant.
    const dispatchedMs = Math.min(quietMs, ...waiting);
    return [
      this.#runs('dispatched', { finishedBeforeMs: dispatchedMs, unfinishedBeforeMs: NEVER }),
      this.#ids(nowMs - ttlMs),
      this.#history(nowMs - ttlMs),
      this.#runs('expired', { finishedBeforeMs: ALWAYS, unfinishedBeforeMs: nowMs - ttlMs }),
      this.#ids(quietMs),
      this.#history(ALWAYS),
      this.#runs('oldest', { finishedBeforeMs: ALWAYS, unfinishedBeforeMs: ALWAYS }),
    ];
  }

  #runs(
    reason: EvictionReason,
    limits: { readonly finishedBeforeMs: number; readonly unfinishedBeforeMs: number },
  ): Stage {
    const { ledger, meter } = this.#options;
    const isForced = reason !== 'dispatched';
    let afterRunId: number | null = null;
    return async () => {
      const step = { ...limits, afterRunId, limit: RUNS_AT_ONCE };
      const { runs, jobs, deployments, lastRunId } = await ledger.forgetRuns(step);
      afterRunId = lastRunId;
      const objects = runs + jobs + deployments;
      if (objects > 0) {
        meter.add([countOf(SELF.memoryEvictions, [reason], objects)]);
        if (isForced) this.#forced.log({ limitBytes: this.#limitBytes }, { count: objects });
      }
      return lastRunId === null && deployments === 0;
    };
  }

  #history(beforeMs: number): Stage {
    const step = { beforeMs, stepsBeforeMs: beforeMs, limit: ROWS_AT_ONCE };
    return async () => (await this.#options.store.forgetHistory(step)) === 0;
  }

  #ids(beforeMs: number): Stage {
    return async () => (await this.#options.store.forgetSeen(beforeMs, IDS_AT_ONCE)).isRound;
  }
}

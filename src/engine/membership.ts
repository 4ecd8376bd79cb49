import { skewMs } from '../domain/clock-skew.ts';
import type { Clock, Logger } from '../domain/contracts.ts';
import type { Fleet, ReplicaSelf, Standing } from '../domain/replica.ts';
import { type Monotonic, monotonicMs } from '../timing/monotonic.ts';
import { type Repetition, repeatEvery } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import type { SharedLease } from '../timing/shared-lease.ts';
import type { Sleep } from '../timing/sleep.ts';

export interface MembershipOptions {
  readonly store: Pick<Fleet, 'join' | 'beat' | 'leave'>;
  readonly self: ReplicaSelf;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether this process may do what only one may do. */
  readonly lead: SharedLease;
  readonly monotonic?: Monotonic;
  readonly sleep?: Sleep;
}

const BEAT_EVERY_MS = 5000;

/** This process among those that use the store: takes and keeps the lead, and hears who has crashed. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #beats: Repetition;
  #standing: Standing;
  /** By how much the clock of the store is ahead of ours. */
  #aheadMs = 0;
  #onCrash: (ageMs: number) => void = () => undefined;

  private constructor(options: MembershipOptions, standing: Standing) {
    this.#options = options;
    this.#standing = standing;
    this.#beats = repeatEvery(BEAT_EVERY_MS, () => this.#beat(), { sleep: options.sleep });
  }

  /**
   * Joins. A store that can't be written is no reason not to start: then a crash is assumed, and this process does
   * not lead yet.
   */
  static async join(options: MembershipOptions): Promise<Membership> {
    const { store, self, clock, logger, lead, monotonic = monotonicMs } = options;
    const askedAtMs = monotonic();
    const beforeMs = clock();
    const standing = await unlessUnavailable(
      () => store.join(self),
      (): Standing => ({ leadsForMs: 0, crashedAtMs: clock(), nowMs: clock(), replicas: [] }),
    );
    lead.hold(askedAtMs + standing.leadsForMs);
    if (standing.crashedAtMs !== null) logger.warn('unclean_shutdown');
    const membership = new Membership(options, standing);
    membership.#compare(standing, beforeMs);
    return membership;
  }

  /** Rejects on a bug. */
  get failed(): Promise<never> {
    return this.#beats.failed;
  }

  /** As of the last beat. */
  get standing(): Standing {
    return this.#standing;
  }

  /** By how much at least the clock of the store was ahead of ours at the last beat; negative: behind. */
  get storeAheadMs(): number {
    return this.#aheadMs;
  }

  /** Calls `listener` now if a process has crashed, and whenever another does, with how long ago that was. */
  watchCrashes(listener: (ageMs: number) => void): void {
    this.#onCrash = listener;
    const { crashedAtMs, nowMs } = this.#standing;
    if (crashedAtMs !== null) listener(nowMs - crashedAtMs);
  }

  /** Ends as it should, as far as the store can be told. */
  async close(): Promise<void> {
    await this.#beats.close();
    this.#options.lead.hold(0);
    await unlessUnavailable(
      () => this.#options.store.leave(),
      () => undefined,
    );
  }

  async #beat(): Promise<void> {
    const { store, clock, lead, monotonic = monotonicMs } = this.#options;
    const askedAtMs = monotonic();
    const beforeMs = clock();
    // What it was granted before ends by itself.
    const standing = await unlessUnavailable<Standing | null>(
      () => store.beat((early) => this.#hear(early)),
      () => null,
    );
    if (standing === null) return;
    if (standing.replicas.length > 0) this.#aheadMs = skewMs(standing.nowMs, { beforeMs, afterMs: clock() });
    lead.hold(askedAtMs + standing.leadsForMs);
    this.#hear(standing);
  }

  /** Before what a crashed process had in hand is here: one of these deliveries may have ended it. */
  #hear(standing: Standing): void {
    const { crashedAtMs, nowMs } = standing;
    const isNew = crashedAtMs !== null && crashedAtMs !== this.#standing.crashedAtMs;
    this.#standing = standing;
    if (!isNew) return;
    this.#options.logger.warn('unclean_shutdown');
    this.#onCrash(nowMs - crashedAtMs);
  }

  /** Where nobody is named, nobody was asked for the time. */
  #compare({ replicas, nowMs }: Standing, beforeMs: number): void {
    if (replicas.length > 0) this.#aheadMs = skewMs(nowMs, { beforeMs, afterMs: this.#options.clock() });
  }
}

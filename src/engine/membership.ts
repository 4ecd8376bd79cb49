import type { Clock, Logger } from '../domain/contracts.ts';
import type { Fleet, ReplicaSelf, Standing } from '../domain/replica.ts';
import { type Monotonic, monotonicMs } from '../timing/monotonic.ts';
import { type Repetition, repeatEvery } from '../timing/repeat.ts';
import { unlessUnavailable } from '../timing/retry.ts';
import type { SharedMoment } from '../timing/shared-moment.ts';

export interface MembershipOptions {
  readonly store: Pick<Fleet, 'join' | 'beat' | 'leave'>;
  readonly self: ReplicaSelf;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Until when this process leads, by `monotonicMs`: the main thread reads it. */
  readonly leadsUntil: SharedMoment;
  readonly monotonic?: Monotonic;
}

const BEAT_EVERY_MS = 5000;

/** This process among those that use the store: whether it leads, and who has crashed. */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #monotonic: Monotonic;
  readonly #beats: Repetition;
  #standing: Standing;
  #onCrash: (ageMs: number) => void = () => undefined;

  private constructor(options: MembershipOptions, standing: Standing) {
    this.#options = options;
    this.#monotonic = options.monotonic ?? monotonicMs;
    this.#standing = standing;
    this.#beats = repeatEvery(BEAT_EVERY_MS, () => this.#beat());
  }

  /**
   * Joins. A store that can't be written is no reason not to start: then a crash is assumed, and this process does
   * not lead yet.
   */
  static async join(options: MembershipOptions): Promise<Membership> {
    const { store, self, clock, logger, leadsUntil, monotonic = monotonicMs } = options;
    const askedAtMs = monotonic();
    const standing = await unlessUnavailable(
      () => store.join(self),
      (): Standing => ({ leadsForMs: 0, crashedAtMs: clock(), nowMs: clock(), replicas: [] }),
    );
    noteLead(leadsUntil, askedAtMs, standing);
    if (standing.crashedAtMs !== null) logger.warn('unclean_shutdown');
    return new Membership(options, standing);
  }

  /** Rejects on a bug. */
  get failed(): Promise<never> {
    return this.#beats.failed;
  }

  /** Whether it may do what only one may do. */
  get leads(): boolean {
    return this.#monotonic() < (this.#options.leadsUntil.atMs ?? 0);
  }

  get standing(): Standing {
    return this.#standing;
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
    this.#options.leadsUntil.note(0);
    await unlessUnavailable(
      () => this.#options.store.leave(),
      () => undefined,
    );
  }

  async #beat(): Promise<void> {
    const { store, logger, leadsUntil } = this.#options;
    const askedAtMs = this.#monotonic();
    // What was promised ends by itself.
    const standing = await unlessUnavailable<Standing | null>(
      () => store.beat(),
      () => null,
    );
    if (standing === null) return;
    noteLead(leadsUntil, askedAtMs, standing);
    const { crashedAtMs, nowMs } = standing;
    const isNew = crashedAtMs !== null && crashedAtMs !== this.#standing.crashedAtMs;
    this.#standing = standing;
    if (!isNew) return;
    logger.warn('unclean_shutdown');
    this.#onCrash(nowMs - crashedAtMs);
  }
}

/** Of a store that only one can use: longer than any process runs. */
const FOR_EVER_MS = 1e15;

function noteLead(leadsUntil: SharedMoment, askedAtMs: number, { leadsForMs }: Standing): void {
  leadsUntil.note(leadsForMs === 0 ? 0 : askedAtMs + Math.min(leadsForMs, FOR_EVER_MS));
}

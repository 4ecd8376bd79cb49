import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Inbox } from '../domain/contracts.ts';
import type { AcceptOutcome, Delivery } from '../domain/delivery.ts';
import type { WorkPlace } from '../domain/work-span.ts';
import { type Monotonic, monotonicMs } from '../timing/monotonic.ts';
import { type Sleep, sleep } from '../timing/sleep.ts';
import { currentWork, traced } from '../timing/traced.ts';

/** The limits of one commit. A single larger delivery is committed alone. */
export interface BatchLimits {
  readonly deliveries: number;
  /** Of all payloads together. */
  readonly characters: number;
}

const LIMITS: BatchLimits = { deliveries: 512, characters: 4 * 1024 * 1024 };

/**
 * The shortest time between the starts of two commits. A commit costs much the same for one delivery as for
 * many, and a sender does not notice a few milliseconds.
 */
const COMMIT_EVERY_MS = 8;

/** The clock and the timer. */
interface Time {
  readonly monotonic: Monotonic;
  readonly sleep: Sleep;
}

/** Who waits for a delivery. */
interface Waiter {
  /** The work that waits for it. */
  readonly cause: WorkPlace | null;
  readonly resolve: (outcome: AcceptOutcome) => void;
  readonly reject: (error: unknown) => void;
}

interface Batch {
  /** None any more once the inbox has them: payloads are large, and should not outlive the young garbage. */
  readonly deliveries: Delivery[];
  /** One for each, in the same order. */
  readonly waiters: readonly Waiter[];
}

/**
 * Lets many deliveries share one sync of the disk. There is one commit at a time. What arrives meanwhile goes
 * into the next one, so commits grow with the load.
 */
export class GroupCommit {
  readonly #inbox: Inbox;
  readonly #limits: BatchLimits;
  readonly #time: Time;
  readonly #queue: { readonly delivery: Delivery; readonly waiter: Waiter }[] = [];
  #underWay = 0;
  #startedAtMs = Number.NEGATIVE_INFINITY;
  #working: Promise<void> | null = null;

  constructor(inbox: Inbox, limits = LIMITS, time: Time = { monotonic: monotonicMs, sleep }) {
    this.#inbox = inbox;
    this.#limits = limits;
    this.#time = time;
  }

  /** Deliveries that are not durable yet. */
  get waiting(): number {
    return this.#queue.length + this.#underWay;
  }

  /** Resolves with the outcome of this delivery once it is durable. Rejects if its commit failed. */
  accept(delivery: Delivery): Promise<AcceptOutcome> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ delivery, waiter: { cause: currentWork(), resolve, reject } });
      this.#working ??= this.#work();
    });
  }

  /** Resolves when nothing waits. */
  async drain(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }

  async #work(): Promise<void> {
    // What arrived on other connections in this turn of the event loop belongs in the first commit too.
    await nextTurn();
    while (this.#queue.length > 0) {
      const earlyMs = this.#startedAtMs + COMMIT_EVERY_MS - this.#time.monotonic();
      if (earlyMs > 0) await this.#time.sleep(earlyMs);
      this.#startedAtMs = this.#time.monotonic();
      await this.#commit(this.#takeBatch());
    }
    this.#working = null;
  }

  async #commit({ deliveries, waiters }: Batch): Promise<void> {
    this.#underWay = waiters.length;
    try {
      const outcomes = await traced(
        () => ({
          name: 'store deliveries',
          attributes: { 'ant_watcher.deliveries': waiters.length },
          causes: waiters.map(({ cause }) => cause),
        }),
        () => this.#inbox.accept(deliveries.splice(0)),
      );
      waiters.forEach(({ resolve }, index) => {
        const outcome = outcomes[index];
        if (outcome === undefined) throw new Error('The inbox answered fewer outcomes than deliveries.');
        resolve(outcome);
      });
    } catch (error) {
      for (const { reject } of waiters) reject(error);
    }
    this.#underWay = 0;
  }

  #takeBatch(): Batch {
    let characters = 0;
    let size = 0;
    for (const { delivery } of this.#queue) {
      characters += delivery.payload.length;
      if (size === this.#limits.deliveries || (size > 0 && characters > this.#limits.characters)) break;
      size += 1;
    }
    const taken = this.#queue.splice(0, size);
    return {
      deliveries: taken.map(({ delivery }) => delivery),
      waiters: taken.map(({ waiter }) => waiter),
    };
  }
}

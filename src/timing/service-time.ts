import type { Clock } from '../domain/contracts.ts';
import { type Monotonic, monotonicMs } from './monotonic.ts';

/*
 * The time that the service works with, on each of its threads. Which time that is, `TimeKeeper` decides on
 * the main thread (docs/decisions/0019-service-time.md).
 */

/** The three clocks of a thread. */
export interface ServiceTime {
  /** What time it is, as well as it is known. Changes only by small steps, and by `correct`. */
  readonly clock: Clock;
  /**
   * For waits, and ages of what is in memory: never steps. Like a time, but off by whatever the machine's
   * clock was off when the process started.
   */
  readonly steady: Clock;
  /**
   * It is certainly that late: the latest time that GitHub sent or signed and the machine's clock shows as
   * well, and what has passed since. 0 while nothing is proven. What is forgotten for its age is judged by it.
   */
  readonly proven: Clock;
}

/** Milliseconds that are added to the monotonic clock: for the time, and for what is proven. */
const OFFSET = 0;
const PROVEN = 1;
/** Nothing is proven. */
const NOTHING = -(2 ** 53);

/** What both threads read, and only the main thread writes. */
export class SharedTime {
  /** For the other thread. */
  readonly buffer: SharedArrayBuffer;
  readonly #offsets: BigInt64Array;

  /** With a buffer, the one of another thread. */
  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);
    this.#offsets = new BigInt64Array(this.buffer);
    if (buffer === undefined) this.provenMs = null;
  }

  /** The time without what was corrected since the start. */
  get offsetMs(): number {
    return Number(Atomics.load(this.#offsets, OFFSET));
  }

  set offsetMs(ms: number) {
    Atomics.store(this.#offsets, OFFSET, BigInt(Math.round(ms)));
  }

  /** Null: nothing is proven. */
  get provenMs(): number | null {
    const ms = Number(Atomics.load(this.#offsets, PROVEN));
    return ms === NOTHING ? null : ms;
  }

  set provenMs(ms: number | null) {
    Atomics.store(this.#offsets, PROVEN, BigInt(Math.floor(ms ?? NOTHING)));
  }
}

/** Each thread corrects its own, when it is ready for that. */
export interface CorrectableTime extends ServiceTime {
  correct(byMs: number): void;
}

/** The clocks of this thread. */
export class ThreadTime implements CorrectableTime {
  readonly clock: Clock;
  readonly steady: Clock;
  readonly proven: Clock;
  #correctedMs = 0;

  constructor(shared: SharedTime, monotonic: Monotonic = monotonicMs) {
    const startMs = shared.offsetMs;
    this.clock = () => Math.round(monotonic() + shared.offsetMs + this.#correctedMs);
    this.steady = () => monotonic() + startMs;
    this.proven = () => {
      const { provenMs } = shared;
      return provenMs === null ? 0 : Math.floor(monotonic() + provenMs);
    };
  }

  correct(byMs: number): void {
    this.#correctedMs += byMs;
  }
}

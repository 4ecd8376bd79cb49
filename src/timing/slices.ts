import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Monotonic, monotonicMs } from './monotonic.ts';

/** A long computation that lets other work run whenever it has taken a few milliseconds. */
export class Slices {
  readonly #sliceMs: number;
  readonly #monotonic: Monotonic;
  #startedAtMs: number;

  constructor(sliceMs: number, monotonic = monotonicMs) {
    this.#sliceMs = sliceMs;
    this.#monotonic = monotonic;
    this.#startedAtMs = monotonic();
  }

  /** Whether it is time to `pause()`. */
  get isOver(): boolean {
    return this.#monotonic() - this.#startedAtMs > this.#sliceMs;
  }

  async pause(): Promise<void> {
    await nextTurn();
    this.#startedAtMs = this.#monotonic();
  }
}

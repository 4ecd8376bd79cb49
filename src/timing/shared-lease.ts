import { type Monotonic, monotonicMs } from './monotonic.ts';

/** Something that one thread may do until some moment, if it is not told otherwise; all threads see it. */
export class SharedLease {
  /** For the other threads. */
  readonly buffer: SharedArrayBuffer;
  readonly #untilMs: Float64Array;
  readonly #monotonic: Monotonic;

  /** With a buffer, the one of another thread. */
  constructor(buffer?: SharedArrayBuffer, monotonic: Monotonic = monotonicMs) {
    this.buffer = buffer ?? new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
    this.#untilMs = new Float64Array(this.buffer);
    this.#monotonic = monotonic;
  }

  get isHeld(): boolean {
    return this.#monotonic() < (this.#untilMs[0] ?? 0);
  }

  /** Until that moment of `monotonicMs`; 0: not any more. */
  hold(untilMs: number): void {
    this.#untilMs[0] = untilMs;
  }
}

/** A time that one thread notes and others read. Milliseconds since the epoch. */
export class SharedMoment {
  /** For the other threads. */
  readonly buffer: SharedArrayBuffer;
  readonly #ms: BigInt64Array;

  /** With a buffer, the one of another thread. */
  constructor(buffer?: SharedArrayBuffer) {
    this.buffer = buffer ?? new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
    this.#ms = new BigInt64Array(this.buffer);
  }

  /** Null: none was noted yet. */
  get atMs(): number | null {
    return Number(Atomics.load(this.#ms, 0)) || null;
  }

  note(atMs: number): void {
    Atomics.store(this.#ms, 0, BigInt(Math.round(atMs)));
  }
}

import { monotonicMs } from './monotonic.ts';
import { Slices } from './slices.ts';

/** Text is encoded, and the clock looked at, in pieces of about this many characters. */
const PIECE_LENGTH = 64 * 1024;

/**
 * A long text on its way to UTF-8 bytes, written in slices of a few milliseconds so that other work runs
 * between.
 */
export class SlicedText {
  readonly #slices: Slices;
  #piece = '';
  #bytes: Buffer<ArrayBuffer>;
  #length = 0;

  /** `expectedBytes` spares copying when it is enough, and memory that is never written costs nothing. */
  constructor(sliceMs: number, expectedBytes: number, monotonic = monotonicMs) {
    this.#slices = new Slices(sliceMs, monotonic);
    this.#bytes = Buffer.allocUnsafeSlow(expectedBytes);
  }

  /** Answers whether the slice is over: then `pause()` is due. */
  add(text: string): boolean {
    this.#piece += text;
    if (this.#piece.length < PIECE_LENGTH) return false;
    this.#encode();
    return this.#slices.isOver;
  }

  pause(): Promise<void> {
    return this.#slices.pause();
  }

  /** All of it, in a buffer that nothing else uses, so it may be transferred to another thread. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#encode();
    return this.#bytes.subarray(0, this.#length);
  }

  #encode(): void {
    const needed = this.#length + Buffer.byteLength(this.#piece);
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(needed * 2);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length += this.#bytes.write(this.#piece, this.#length);
    this.#piece = '';
  }
}

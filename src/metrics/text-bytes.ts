import { writeNumberText } from '../domain/byte-text.ts';

const LINE_END = 10;
const MOST_NUMBER_BYTES = 25;

/** A text as bytes in UTF-8, in one buffer that grows. No string is made of what is written again and again. */
export class TextBytes {
  #bytes: Buffer<ArrayBuffer>;
  #length = 0;

  /** `expected` spares copying when it is enough, and memory that is never written costs nothing. */
  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafeSlow(expected);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written, valid until more is. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  text(text: string): void {
    // A character takes three bytes at most, for each of its UTF-16 units.
    this.#ensure(3 * text.length);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** A few bytes. */
  bytes(bytes: Uint8Array): void {
    this.#ensure(bytes.length);
    // Faster than a call into the runtime.
    const [to, start] = [this.#bytes, this.#length];
    for (let at = 0; at < bytes.length; at += 1) to[start + at] = bytes[at] as number;
    this.#length = start + bytes.length;
  }

  /** What was written from one place to another, once more. */
  again(start: number, end: number): void {
    this.#ensure(end - start);
    this.#bytes.copyWithin(this.#length, start, end);
    this.#length += end - start;
  }

  number(value: number): void {
    this.#ensure(MOST_NUMBER_BYTES);
    this.#length = writeNumberText(this.#bytes, value, this.#length);
  }

  endLine(): void {
    this.#ensure(1);
    this.#bytes[this.#length++] = LINE_END;
  }

  #ensure(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * needed);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

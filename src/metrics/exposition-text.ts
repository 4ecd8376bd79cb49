import { Slices } from '../timing/slices.ts';
import type { BlockCopy, Series } from './sorted-series.ts';
import { TextBytes } from './text-bytes.ts';

/** Writes the lines of a series. */
export type WriteSeries = (bytes: TextBytes, series: Series) => void;

/** Where an exposition is written to. */
export interface ExpositionText {
  /** For all that is not in blocks. */
  readonly bytes: TextBytes;
  addBlock(copy: BlockCopy, write: WriteSeries): void;
  /** Whether it is time for a `pause`, so that other work runs. */
  readonly isOver: boolean;
  pause(): Promise<void>;
  /** All of it, in a buffer that nothing else uses. */
  finish(): Uint8Array<ArrayBuffer>;
}

export class PlainText implements ExpositionText {
  readonly bytes: TextBytes;
  readonly #slices: Slices;

  constructor(sliceMs: number, expectedBytes: number) {
    this.#slices = new Slices(sliceMs);
    this.bytes = new TextBytes(expectedBytes);
  }

  get isOver(): boolean {
    return this.#slices.isOver;
  }

  addBlock({ series }: BlockCopy, write: WriteSeries): void {
    for (const each of series) write(this.bytes, each);
  }

  pause(): Promise<void> {
    return this.#slices.pause();
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.written;
  }
}

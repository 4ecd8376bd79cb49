import { Slices } from '../timing/slices.ts';
import type { Exemplars } from './exemplars.ts';
import type { ExpositionText, WriteSeries } from './exposition-text.ts';
import { type GzipPart, joinParts, packPart } from './gzip-parts.ts';
import type { BlockCopy, SeriesBlock } from './sorted-series.ts';
import { TextBytes } from './text-bytes.ts';

/** Text that is not kept is compressed in pieces of about this many bytes. */
const PIECE_BYTES = 64 * 1024;
/** A smaller block is compressed with what is around it: each part costs some of its own. */
const LEAST_SERIES = 8;

/** What was made of a block, and when it is so no more. */
interface PackedBlock extends Pick<BlockCopy, 'moves'> {
  readonly part: GzipPart;
  readonly changes: number;
  readonly untilMs: number;
}

/** Blocks of series as they were last written and compressed, in each form: a few percent of their text. */
export class PackedBlocks {
  readonly #byForm = new Map<string, WeakMap<SeriesBlock, PackedBlock>>();

  /** In this form, of which there are few. */
  of(form: string): WeakMap<SeriesBlock, PackedBlock> {
    const known = this.#byForm.get(form) ?? new WeakMap();
    this.#byForm.set(form, known);
    return known;
  }

  clear(): void {
    this.#byForm.clear();
  }
}

/** An exposition in gzip: what has not changed since the last one is neither written nor compressed again. */
export class PackedText implements ExpositionText {
  readonly bytes = new TextBytes(2 * PIECE_BYTES);
  readonly #kept: WeakMap<SeriesBlock, PackedBlock>;
  readonly #exemplars: Exemplars | null;
  readonly #slices: Slices;
  readonly #parts: GzipPart[] = [];

  /** `exemplars`: those that are shown, if any. */
  constructor(sliceMs: number, kept: WeakMap<SeriesBlock, PackedBlock>, exemplars: Exemplars | null) {
    this.#slices = new Slices(sliceMs);
    this.#kept = kept;
    this.#exemplars = exemplars;
  }

  get isOver(): boolean {
    if (this.bytes.length >= PIECE_BYTES) this.#pack();
    return this.#slices.isOver;
  }

  addBlock(copy: BlockCopy, write: WriteSeries): void {
    if (copy.series.length < LEAST_SERIES) {
      for (const each of copy.series) write(this.bytes, each);
      return;
    }
    this.#pack();
    this.#parts.push(this.#partOf(copy, write));
  }

  pause(): Promise<void> {
    return this.#slices.pause();
  }

  finish(): Uint8Array<ArrayBuffer> {
    this.#pack();
    return joinParts(this.#parts);
  }

  #partOf({ block, moves, series }: BlockCopy, write: WriteSeries): GzipPart {
    const exemplars = this.#exemplars;
    const changes = series.reduce((sum, each) => sum + each.changes, 0);
    const kept = this.#kept.get(block);
    if (kept?.moves === moves && kept.changes === changes && (exemplars?.nowMs ?? 0) < kept.untilMs)
      return kept.part;
    for (const each of series) write(this.bytes, each);
    const part = this.#packed();
    const untilMs =
      exemplars === null
        ? Number.POSITIVE_INFINITY
        : Math.min(...series.map((each) => exemplars.untilMs(each)));
    this.#kept.set(block, { part, moves, changes, untilMs });
    return part;
  }

  #pack(): void {
    if (this.bytes.length > 0) this.#parts.push(this.#packed());
  }

  #packed(): GzipPart {
    const part = packPart(this.bytes.written);
    this.bytes.clear();
    return part;
  }
}

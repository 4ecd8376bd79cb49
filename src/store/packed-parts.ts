import type { Window } from '../domain/queries.ts';
import type { PackedHour } from './packed-reading.ts';

/** A batch has so many facts of packed hours at most, or those of one hour. */
const ROWS = 8192;

/** A part of a window: hours that are packed, or a time that is not. */
export type Part = Window & { readonly packed: readonly PackedHour[] | null };

/** The whole window in order, cut where packed hours begin and end. */
export function* partsOf(window: Window, hours: readonly PackedHour[]): Generator<Part> {
  let startMs = window.fromMs;
  for (const packed of inBatches(hours)) {
    const fromMs = packed[0]?.fromMs ?? startMs;
    const toMs = packed.at(-1)?.toMs ?? fromMs;
    if (fromMs > startMs) yield { fromMs: startMs, toMs: fromMs, packed: null };
    yield { fromMs, toMs, packed };
    startMs = toMs;
  }
  if (startMs < window.toMs) yield { fromMs: startMs, toMs: window.toMs, packed: null };
}

/** Hours that follow each other without a gap. */
function* inBatches(hours: readonly PackedHour[]): Generator<readonly PackedHour[]> {
  let batch: PackedHour[] = [];
  let rows = 0;
  for (const hour of hours) {
    const { fromMs, size } = hour;
    const follows = batch.at(-1)?.toMs === fromMs;
    if (batch.length > 0 && (!follows || rows + size > ROWS)) {
      yield batch;
      batch = [];
      rows = 0;
    }
    batch.push(hour);
    rows += size;
  }
  if (batch.length > 0) yield batch;
}

import type { OutboxLimits, ReceiverNote, Settled, Settlement, SinkPlace } from '../domain/outbox.ts';

/* How sinks move through an outbox, and which of its blocks have to go: for every store the same. */

export interface BlockHead {
  readonly first_seq: number;
  readonly count: number;
  readonly bytes: number;
  readonly written_at_ms: number;
}

/** Where a new sink begins. */
export function startingPlace(endSeq: number): SinkPlace {
  return { nextSeq: endSeq, takenSeq: endSeq, safeSeq: endSeq, process: null };
}

/** Null: it does not move. */
export function settledPlace(
  { nextSeq, takenSeq, safeSeq, process }: SinkPlace,
  { endSeq, isKept }: Settlement,
): { readonly settled: Settled; readonly place: SinkPlace | null } {
  const isRepeat = nextSeq < takenSeq;
  if (endSeq <= nextSeq) return { settled: { count: 0, isRepeat }, place: null };
  const place = { nextSeq: endSeq, takenSeq: Math.max(takenSeq, endSeq), process };
  return {
    settled: { count: endSeq - nextSeq, isRepeat },
    place: { ...place, safeSeq: isKept ? safeSeq : endSeq },
  };
}

/** `entries`: how many a restart concerns. */
export function notedPlace(
  { nextSeq, takenSeq, safeSeq: before }: SinkPlace,
  { process, safeSeq: keptSeq, restart }: Omit<ReceiverNote, 'sink'>,
): { readonly entries: number; readonly place: SinkPlace } {
  const safeSeq = Math.max(before, keptSeq);
  const entries = restart === null ? 0 : takenSeq - safeSeq;
  if (restart === 'repeat') return { entries, place: { nextSeq: safeSeq, takenSeq, safeSeq, process } };
  if (restart === 'give_up')
    return { entries, place: { nextSeq: takenSeq, takenSeq, safeSeq: takenSeq, process } };
  return { entries, place: { nextSeq, takenSeq, safeSeq, process } };
}

/** Moves it to the place. `count`: what it lost by that. */
export function passedPlace(
  { nextSeq, takenSeq, safeSeq, process }: SinkPlace,
  seq: number,
): { readonly count: number; readonly repeats: number; readonly place: SinkPlace } {
  return {
    count: Math.max(0, seq - nextSeq),
    repeats: Math.max(0, Math.min(seq, takenSeq) - nextSeq),
    place: {
      nextSeq: Math.max(nextSeq, seq),
      takenSeq: Math.max(takenSeq, seq),
      safeSeq: Math.max(safeSeq, seq),
      process,
    },
  };
}

/**
 * The entries of blocks, which begin at `firstSeq`, from a place on: up to `limit` in weight, but at least one. A
 * place within an entry, which nobody has, would begin with all of it.
 */
export function batchFrom<Entry>(
  entries: readonly Entry[],
  { firstSeq, from, limit }: { readonly firstSeq: number; readonly from: number; readonly limit: number },
  weightOf: (entry: Entry) => number,
): { readonly entries: readonly Entry[]; readonly endSeq: number } {
  let [start, end] = [0, 0];
  let endSeq = from;
  let seq = firstSeq;
  for (const entry of entries) {
    seq += weightOf(entry);
    if (seq <= from) start = end + 1;
    else if (end > start && seq - from > limit) break;
    else endSeq = seq;
    end += 1;
  }
  return { entries: entries.slice(start, end), endSeq };
}

export function weigh<Entry>(entries: readonly Entry[], weightOf: (entry: Entry) => number): number {
  return entries.reduce((sum, entry) => sum + weightOf(entry), 0);
}

export function endOf({ first_seq, count }: Pick<BlockHead, 'first_seq' | 'count'>): number {
  return first_seq + count;
}

/** Why a block has to go, the oldest of so many bytes; null: it may stay. */
export function fateOf(
  { written_at_ms }: Pick<BlockHead, 'written_at_ms'>,
  { beforeMs, maxBytes }: OutboxLimits,
  bytes: number,
): 'expired' | 'overflow' | null {
  if (written_at_ms < beforeMs) return 'expired';
  return bytes > maxBytes ? 'overflow' : null;
}

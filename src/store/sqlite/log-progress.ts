import type { DatabaseSync } from 'node:sqlite';

/** How much is in the log of a database, in frames of one page each, and how much of it in the database too. */
export interface LogProgress {
  readonly frames: number;
  readonly checkpointed: number;
}

/** What the frame of a page takes, and the header before the first (https://www.sqlite.org/fileformat2.html). */
const FRAME_BYTES = 4096 + 24;
const LOG_HEADER_BYTES = 32;

/** Prepares the question, which changes nothing; or, with `PASSIVE`, moves into the database what can be. */
export function openLogProgress(
  database: DatabaseSync,
  mode: 'NOOP' | 'PASSIVE' = 'NOOP',
): () => LogProgress {
  const ask = database.prepare(`PRAGMA wal_checkpoint(${mode})`);
  return () => {
    const { log, checkpointed } = { ...ask.get() };
    return { frames: Math.max(0, Number(log)), checkpointed: Math.max(0, Number(checkpointed)) };
  };
}

/** The least size of the file of a log that holds so many frames. */
export function logBytesOf(frames: number): number {
  return frames === 0 ? 0 : LOG_HEADER_BYTES + frames * FRAME_BYTES;
}

import type { Logger } from '../../domain/contracts.ts';
import { type Monotonic, monotonicMs } from '../../timing/monotonic.ts';
import { type LogProgress, logBytesOf } from './log-progress.ts';

export interface LogLimits {
  /** A log that is larger, and larger than the database, is not left to grow. */
  readonly mostBytes: number;
  /** But for so long somebody may read. Longer than our own questions take. */
  readonly patienceMs: number;
}

export const LOG_LIMITS: LogLimits = { mostBytes: 256 * 1024 ** 2, patienceMs: 60_000 };

export interface LogWatchOptions {
  readonly progress: () => LogProgress;
  /** Moves into the database what can be, and answers the same. */
  readonly checkpoint: () => LogProgress;
  readonly databaseBytes: () => number;
  readonly limits: LogLimits;
  readonly logger: Pick<Logger, 'warn'>;
  readonly monotonic?: Monotonic;
}

/** Whether another program reads and reads: what was written since that began can't be moved into the database. */
export interface LogWatch {
  /** Looks, and answers whether the log has grown too large by that. Says so once, before it is too large. */
  isTooLarge(): boolean;
  /** As of the last look. */
  readonly isHeld: boolean;
}

export function openLogWatch(options: LogWatchOptions): LogWatch {
  const { progress, checkpoint, databaseBytes, limits, logger, monotonic = monotonicMs } = options;
  let known = progress();
  let sinceMs = monotonic();
  let isReported = false;

  function isTooLarge(): boolean {
    const { frames, checkpointed } = progress();
    const isHeld = frames > checkpointed && checkpointed === known.checkpointed && frames >= known.frames;
    known = { frames, checkpointed };
    const bytes = logBytesOf(frames);
    if (!isHeld) {
      sinceMs = monotonic();
      isReported = false;
    }
    // A log that is small is left alone: nobody need be reading.
    if (bytes < limits.mostBytes / 4 || monotonic() - sinceMs < limits.patienceMs) return false;
    if (!isReported) logger.warn('database_log_held', { bytes, seconds: (monotonic() - sinceMs) / 1000 });
    isReported = true;
    if (bytes <= Math.max(limits.mostBytes, databaseBytes())) return false;
    const last = checkpoint();
    return last.frames > last.checkpointed;
  }

  return {
    isTooLarge,
    get isHeld() {
      return isReported;
    },
  };
}

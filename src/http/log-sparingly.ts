import type { Logger } from '../domain/contracts.ts';

/** Warnings that stay few in a flood of requests. */
export interface SparingLog {
  /** Writes the first warning of each reason at once. The following ones are only counted. */
  warn(reason: string, fields: object): void;
  /** Writes the remaining counts. */
  close(): void;
}

/**
 * At most two lines of `message` per reason in `windowMs`: the first, and at the end of the window the number
 * of those that were `left_out`. Reasons must come from a fixed set.
 */
export function logSparingly(logger: Logger, message: string, windowMs = 10_000): SparingLog {
  const windows = new Map<string, { leftOut: number; readonly timer: NodeJS.Timeout }>();

  function open(reason: string): void {
    const timer = setTimeout(summarise, windowMs, reason).unref();
    windows.set(reason, { leftOut: 0, timer });
  }

  function summarise(reason: string): void {
    const leftOut = windows.get(reason)?.leftOut ?? 0;
    windows.delete(reason);
    if (leftOut === 0) return;
    logger.warn(message, { reason, left_out: leftOut });
    open(reason);
  }

  return {
    warn(reason, fields) {
      const current = windows.get(reason);
      if (current !== undefined) {
        current.leftOut += 1;
        return;
      }
      logger.warn(message, { reason, ...fields });
      open(reason);
    },
    close() {
      for (const [reason, { leftOut, timer }] of windows) {
        clearTimeout(timer);
        if (leftOut > 0) logger.warn(message, { reason, left_out: leftOut });
      }
      windows.clear();
    },
  };
}

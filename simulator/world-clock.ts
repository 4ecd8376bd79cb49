/** Translates between the time in a world and real time. */
export interface WorldClock {
  /** When to send what arrives at `worldMs`. */
  dueMs(worldMs: number): number;
  /** The time in the world at the real time `hereMs`. */
  worldMs(hereMs: number): number;
}

/**
 * A world that begins at `worldStartMs` at the real time `startMs` and runs `speed` times as fast, but never
 * ahead of the present: a receiver could not accept times in the future.
 */
export function createWorldClock(worldStartMs: number, startMs: number, speed: number): WorldClock {
  return {
    dueMs: (worldMs) => Math.max(startMs + (worldMs - worldStartMs) / speed, worldMs),
    worldMs: (hereMs) => Math.min(worldStartMs + (hereMs - startMs) * speed, hereMs),
  };
}

/** Translates between the time in a world and the time here. */
export interface WorldClock {
  /** When to send what arrives at `worldMs`. */
  dueMs(worldMs: number): number;
  /** The time in the world when it is `hereMs` here. */
  worldMs(hereMs: number): number;
}

/**
 * A world that begins at `worldStartMs` when it is `startMs` here and runs `speed` times as fast, but never
 * ahead of the present: times of the future would be impossible for a receiver.
 */
export function createWorldClock(worldStartMs: number, startMs: number, speed: number): WorldClock {
  return {
    dueMs: (worldMs) => Math.max(startMs + (worldMs - worldStartMs) / speed, worldMs),
    worldMs: (hereMs) => Math.min(worldStartMs + (hereMs - startMs) * speed, hereMs),
  };
}

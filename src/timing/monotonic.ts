/**
 * Milliseconds since some moment in the past. Never goes back, unlike a clock that shows the time: for
 * durations alone.
 */
export type Monotonic = () => number;

/** That of this thread. */
export const monotonicMs: Monotonic = () => performance.now();

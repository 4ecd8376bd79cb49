/**
 * Milliseconds since some moment in the past. Never goes back, unlike a clock that shows the time: for
 * durations alone.
 */
export type Monotonic = () => number;

/** That of the machine, the same on all threads. It stands still while the machine is suspended. */
export const monotonicMs: Monotonic = () => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
};

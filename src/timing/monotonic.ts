import { uptime } from 'node:os';

/**
 * Milliseconds since some moment in the past. Never goes back, unlike a clock that shows the time: for
 * durations alone.
 */
export type Monotonic = () => number;

/** How long the machine has been up, also while it was suspended: on Linux, what `/proc/uptime` shows. */
export const uptimeMs: Monotonic = () => uptime() * 1000;

/** That of the machine, the same on all threads. It stands still while the machine is suspended. */
export const monotonicMs: Monotonic = () => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
};

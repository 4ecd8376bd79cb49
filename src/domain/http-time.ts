/**
 * Milliseconds since the epoch of a time in a header, or NaN. `Date.parse` alone finds a time in almost
 * anything.
 */
export function httpTimeMs(text: string): number {
  return /^\w{3}, .+ GMT$/.test(text) ? Date.parse(text) : Number.NaN;
}

/**
 * A `Retry-After` in milliseconds, not below 0; null when it can't be read. A time is taken from the server's
 * own `Date`, so that clocks need not agree.
 */
export function readRetryAfterMs(retryAfter: string, date: string): number | null {
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : httpTimeMs(retryAfter) - httpTimeMs(date);
  return Number.isNaN(ms) ? null : Math.max(ms, 0);
}

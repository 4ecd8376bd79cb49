/**
 * The time in a header, in milliseconds since the epoch, or NaN. `Date.parse` alone finds a time in almost
 * anything.
 */
export function httpTimeMs(text: string): number {
  return /^\w{3}, .+ GMT$/.test(text) ? Date.parse(text) : Number.NaN;
}

/**
 * A `Retry-After` in milliseconds, at least 0; null if it can't be read. A date is compared with the server's
 * own `Date`, so clocks need not agree.
 */
export function readRetryAfterMs(retryAfter: string, date: string): number | null {
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : httpTimeMs(retryAfter) - httpTimeMs(date);
  return Number.isNaN(ms) ? null : Math.max(ms, 0);
}

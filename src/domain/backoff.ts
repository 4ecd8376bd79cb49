const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/** How long to wait after this many failed attempts: 1 s, doubled each time, at most a minute. */
export function backoffMs(attempts: number): number {
  return Math.min(FIRST_MS * 2 ** (attempts - 1), LONGEST_MS);
}

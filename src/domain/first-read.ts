/** How far the first reading of the last day has come, in all repositories together. */
export interface FirstRead {
  /** Where it ends: it goes back in time. */
  readonly fromMs: number;
  /** All runs created since then have been read, in every repository; null: not in every repository yet. */
  readonly readUntilMs: number | null;
  readonly runsRead: number;
  /** Of the time that is read, from 0 to 1. */
  readonly share: number;
}

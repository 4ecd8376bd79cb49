/** What is to be read of GitHub's past. */
export interface BackfillRequest {
  /** What ended since then, of runs created up to a day before. */
  readonly sinceMs: number;
  /** As `owner/name`; none: all that are known. */
  readonly repositories: readonly string[];
  /** Only to tell what it would take. */
  readonly isDryRun: boolean;
}

export interface BackfillStatus {
  /** `waiting`: for a rate limit. `done` and `stopped` are for good. */
  readonly state: 'none' | 'estimating' | 'running' | 'waiting' | 'done' | 'stopped';
  readonly repositories: number;
  /** Of them, those that this state is through with. */
  readonly finished: number;
  /** By the estimate: what is not known yet and may have ended since then, and the requests that it takes. */
  readonly runs: number;
  readonly requests: number;
  /** Runs met of which all, or an earlier attempt, ended before and does not count. */
  readonly tooOld: number;
  /** Runs read so far, and deliveries of them that were news. */
  readonly read: number;
  readonly recovered: number;
  readonly waitsUntilMs: number | null;
  /** What could not be read, for people. */
  readonly problems: readonly string[];
}

/** Reads GitHub's past on request, one request at a time. */
export interface Backfill {
  /** False: another one is under way. */
  start(request: BackfillRequest): boolean;
  /** What is read stays. Nothing of it is read again when the same is requested again. */
  stop(): void;
  status(): BackfillStatus;
}

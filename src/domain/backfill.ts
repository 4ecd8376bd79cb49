/** What to read of GitHub's past. */
export interface BackfillRequest {
  /** Everything that ended since then, of runs created up to a day before. */
  readonly sinceMs: number;
  /** As `owner/name`. Empty: all known repositories. */
  readonly repositories: readonly string[];
  /** Only estimate the cost. */
  readonly isDryRun: boolean;
}

export interface BackfillStatus {
  /** `waiting`: for a rate limit. `done` and `stopped` are final. */
  readonly state: 'none' | 'estimating' | 'running' | 'waiting' | 'done' | 'stopped';
  readonly repositories: number;
  /** How many of them are finished in this state. */
  readonly finished: number;
  /** The estimate: unknown runs that may have ended since then, and the requests that they take. */
  readonly runs: number;
  readonly requests: number;
  /** Runs found that ended before, completely or in an earlier attempt, and do not count. */
  readonly tooOld: number;
  /** Runs read so far, and their deliveries that were new. */
  readonly read: number;
  readonly recovered: number;
  readonly waitsUntilMs: number | null;
  /** What could not be read, for people. */
  readonly problems: readonly string[];
}

/** Reads GitHub's past on request. Only one backfill runs at a time. */
export interface Backfill {
  /** Returns false if another one is in progress. */
  start(request: BackfillRequest): boolean | Promise<boolean>;
  /** What was read stays, and is not read again if the same is requested again. */
  stop(): void | Promise<void>;
  status(): BackfillStatus;
}

export const NO_BACKFILL: BackfillStatus = {
  state: 'none',
  repositories: 0,
  finished: 0,
  runs: 0,
  requests: 0,
  tooOld: 0,
  read: 0,
  recovered: 0,
  waitsUntilMs: null,
  problems: [],
};

export function isUnderWay({ state }: BackfillStatus): boolean {
  return state === 'estimating' || state === 'running' || state === 'waiting';
}

/** The note by which a process asks the one that leads for a backfill, or for its end. */
export const BACKFILL_WISH = 'fleet/backfill';

export type BackfillWish = { readonly start: BackfillRequest } | 'stop';

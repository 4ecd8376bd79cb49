import type { BackfillStatus } from './backfill.ts';
import type { FirstRead } from './first-read.ts';
import type { GaugeReading } from './metric.ts';
import type { Follower } from './others-changes.ts';

/*
 * The processes that use one store, as they see each other.
 */

/** What a process says of itself. */
export interface ReplicaSelf {
  readonly host: string;
  readonly version: string;
  /** Equal for equal configurations. */
  readonly configHash: string;
}

export interface ReplicaStatus extends ReplicaSelf {
  readonly id: number;
  readonly isSelf: boolean;
  readonly leads: boolean;
  readonly startedAtMs: number;
  /** When it last said that it lives. */
  readonly seenAtMs: number;
  /** How many transactions it had not followed then. */
  readonly behind: number;
}

/** How a process stands among them. */
export interface Standing {
  /** For so long since `beat` was called it may do what only one may do; 0: it may not. */
  readonly leadsForMs: number;
  /**
   * When a process was last found to have ended without `leave`, by the time of `nowMs`; null: none, or it is
   * longer ago than anybody cares about.
   */
  readonly crashedAtMs: number | null;
  /** By the clock of the store. */
  readonly nowMs: number;
  /** All that live. */
  readonly replicas: readonly ReplicaStatus[];
}

/** Since the start of this process. */
export interface DatabaseStatus {
  readonly openConnections: number;
  /** How much work waits for a connection. */
  readonly waiting: number;
  readonly errors: number;
  /** In the order of all processes. */
  readonly transactions: number;
  /** How long these waited for their turn. */
  readonly turnWaitMs: number;
}

/** The processes that use one store. Of a store that only one can use, that one leads. */
export interface Fleet {
  /** From now on, the follower gets what other processes store: before any later `decide`, and in `catchUp`. */
  follow(follower: Follower): Promise<void>;
  /**
   * Everything that was stored when this was called has been handed over. Rejects with `store_unavailable` if
   * that is not certain.
   */
  catchUp(): Promise<void>;
  /** Makes this process one of them. To be called once, before anything else is written. */
  join(self: ReplicaSelf): Promise<Standing>;
  /**
   * Says that this process lives, and takes or keeps the lead if nobody else has it. `heard` is called before
   * deliveries of a process that has crashed become those of this one.
   */
  beat(heard?: (standing: Standing) => void): Promise<Standing>;
  /** This process ends as it should, and gives up the lead. */
  leave(): Promise<void>;
}

/** The note in which the leader tells the others what only it knows. */
export const LEADER_REPORT = 'fleet/leader';

export interface LeaderReport {
  readonly atMs: number;
  readonly readings: readonly GaugeReading[];
  /** As of `GitHubSync`. */
  readonly refusals: readonly string[];
  /** Absent in a report of an earlier version. */
  readonly leftOut?: readonly string[];
  readonly runnersMissing: string | null;
  /** Why bills can't be read, in sentences; absent in a report of an earlier version. */
  readonly billingMissing?: readonly string[];
  readonly firstRead: FirstRead | null;
  /** Null: it has nothing to log in with. */
  readonly backfill: BackfillStatus | null;
}

/** It is told every few seconds: a leader that is silent for so long is none. */
const SILENT_MS = 60_000;

/** What the note says; null: there is none, or it is old. */
export function readLeaderReport(note: string | null, nowMs: number): LeaderReport | null {
  const report = note === null ? null : (JSON.parse(note) as LeaderReport);
  return report !== null && nowMs - report.atMs < SILENT_MS ? report : null;
}

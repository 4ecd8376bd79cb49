import type { Delivery } from './delivery.ts';
import { LONGEST_RUN_MS } from './forgetting.ts';
import type { ApiResult, Priority } from './github-api.ts';

/*
 * What GitHub can tell of the past, in our words: recovery reads it and knows nothing of GitHub's fields. Everything that it
 * tells comes as deliveries, so that it takes the same way as webhooks do and each fact counts once.
 */

/** A webhook whose log of deliveries can be asked for. */
export interface Hook {
  /** `app`, `organization/ID` or `repository/ID`: what it is remembered by. */
  readonly name: string;
  /** The route of the log, with its placeholders filled from `params`. */
  readonly route: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** Whose credential is to ask; null: the App itself. */
  readonly owner: string | null;
}

/** One attempt of GitHub's to deliver an event. */
export interface DeliveryAttempt {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly deliveredAtMs: number;
  readonly isDelivered: boolean;
  /**
   * Whether we count what it tells: a hook may send other events too, which tell only how far back a log was
   * read.
   */
  readonly isCounted: boolean;
}

/** A run in its latest attempt, as a list of runs tells it. */
export interface ListedRun {
  readonly runId: number;
  readonly runAttempt: number;
  readonly createdAtMs: number;
  /** The start of the latest attempt. */
  readonly startedAtMs: number;
  /** The last change of its record, which may lie years after its end: somebody deleted its log. */
  readonly updatedAtMs: number;
  readonly isCompleted: boolean;
  /**
   * The id of the delivery that marks that all of the run, its earlier attempts too, was read when all of it
   * was over.
   */
  readonly guid: string;
  /** As GitHub told it, for `readRun`. */
  readonly raw: unknown;
}

/**
 * Whether it goes on or may have ended since then. Its end is not told; it lies between the start and the
 * last change.
 */
export function mayHaveEndedSince(run: ListedRun, sinceMs: number): boolean {
  return !run.isCompleted || Math.min(run.updatedAtMs, run.startedAtMs + LONGEST_RUN_MS) >= sinceMs;
}

/** One attempt or one job of a run. */
export interface PastDelivery {
  readonly delivery: Delivery;
  /** The attempt that it is of; null for a job that a re-run carried over from an earlier one. */
  readonly runAttempt: number | null;
  /**
   * When that attempt ended: with its last job. One without jobs ended when it began, as far as can be known:
   * its last change may lie anywhere behind. A job that was carried over ended with itself. Null: it goes on,
   * or has no times.
   */
  readonly endedAtMs: number | null;
}

/**
 * A run as far as it was read: its attempts and all jobs, those of earlier attempts too. To be accepted
 * together and in this order.
 */
export interface ReadRun {
  readonly deliveries: readonly PastDelivery[];
  /**
   * The delivery `ListedRun.guid` that marks that all of a settled run was read; null while it is not
   * settled.
   */
  readonly mark: Delivery | null;
  /** Nothing of it can change but by another attempt. */
  readonly isSettled: boolean;
}

export interface OwnedRepositories {
  /** Full names. */
  readonly names: readonly string[];
  /** What the list is known to lack, for people; null: nothing is known to be missing. */
  readonly leftOut: string | null;
}

export interface GitHubHistory {
  /** The hook of the App, if there is one to log in as. */
  appHook(): Hook | null;
  /**
   * Hooks that send runs and jobs, of an organization (a user has none) or, as `owner/name`, of a repository.
   */
  hooksOf(target: string): Promise<ApiResult<readonly Hook[]>>;
  /**
   * Attempts to deliver anything, the latest first, a page at a time, beginning with the page that is the
   * `next` of an earlier one, if that is told. The first answer that is not `ok` is the last.
   */
  attempts(hook: Hook, from: string | null): AsyncIterable<ApiResult<readonly DeliveryAttempt[]>>;
  /** The event itself, as it was sent; null when it can't be read. */
  delivery(hook: Hook, attempt: DeliveryAttempt): Promise<ApiResult<Delivery | null>>;
  /** The accounts at which the App is installed. */
  installations(): Promise<ApiResult<readonly string[]>>;
  /** The repositories of an account that we may read. */
  repositoriesOf(owner: string): Promise<ApiResult<OwnedRepositories>>;
  /** The runs of a repository, those created last first, a page at a time; as `attempts`. */
  runs(repository: string, priority: Priority): AsyncIterable<ApiResult<readonly ListedRun[]>>;
  /** One run as a list would tell it. */
  run(repository: string, runId: number, priority: Priority): Promise<ApiResult<ListedRun>>;
  /** Reads a run with all its attempts and jobs. */
  readRun(repository: string, run: ListedRun, priority: Priority): Promise<ApiResult<ReadRun>>;
}

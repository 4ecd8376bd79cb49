import type { Delivery } from './delivery.ts';
import { LONGEST_RUN_MS } from './forgetting.ts';
import type { ApiResult, Priority } from './github-api.ts';

/*
 * What GitHub knows of the past, in our words: recovery reads it and knows nothing about GitHub's fields.
 * Everything comes as deliveries, so it goes the same way as webhooks do, and each fact counts once.
 */

/** A webhook whose delivery log can be read. */
export interface Hook {
  /** `app`, `organization/ID` or `repository/ID`: what it is remembered by. */
  readonly name: string;
  /** For people and as a label: `app`, the organization, or `owner/name`. */
  readonly of: string;
  /** Whether it sends runs and jobs. The log of one that sends only one of them closes no gap. */
  readonly isWhole: boolean;
  /** The route of the log, with its placeholders filled from `params`. */
  readonly route: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** Whose credential to use; null: the App itself. */
  readonly owner: string | null;
}

/** How an attempt ended: a class of HTTP statuses, or why there was none. */
export type AttemptStatus = '2xx' | '3xx' | '4xx' | '5xx' | 'timeout' | 'refused' | 'other';

/** One of GitHub's attempts to deliver an event. */
export interface DeliveryAttempt {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly deliveredAtMs: number;
  readonly isDelivered: boolean;
  readonly status: AttemptStatus;
  /** GitHub's words for it. */
  readonly said: string;
  /** How long GitHub waited; null: not known. */
  readonly tookMs: number | null;
  /**
   * Whether we count this event. A hook may send other events too, which only show how far back a log was
   * read.
   */
  readonly isCounted: boolean;
}

/** A run in its latest attempt, as a list of runs shows it. */
export interface ListedRun {
  readonly runId: number;
  readonly runAttempt: number;
  readonly createdAtMs: number;
  /** The start of the latest attempt. */
  readonly startedAtMs: number;
  /** The last change of its record, which may be years after its end: somebody deleted its log. */
  readonly updatedAtMs: number;
  readonly isCompleted: boolean;
  /**
   * The id of the delivery that records that the whole run, including earlier attempts, was read when all of
   * it was completed.
   */
  readonly guid: string;
  /** What is used of it, as GitHub sent it, for `readRun`. */
  readonly raw: unknown;
}

/**
 * Whether it is still active or may have ended since then. A list does not contain its end, which lies
 * between the start and the last change.
 */
export function mayHaveEndedSince(run: ListedRun, sinceMs: number): boolean {
  return !run.isCompleted || Math.min(run.updatedAtMs, run.startedAtMs + LONGEST_RUN_MS) >= sinceMs;
}

/** One attempt or one job of a run. */
export interface PastDelivery {
  readonly delivery: Delivery;
  /** The attempt that it belongs to; null for a job that a re-run carried over from an earlier one. */
  readonly runAttempt: number | null;
  /**
   * When that attempt ended: with its last job. One without jobs ended when it began, as far as can be known,
   * because its last change may be much later. A carried-over job ended when it did itself. Null: it is still
   * active, or has no times.
   */
  readonly endedAtMs: number | null;
}

/**
 * A run as far as it was read: its attempts and all jobs, including those of earlier attempts. Accept them
 * together and in this order.
 */
export interface ReadRun {
  readonly deliveries: readonly PastDelivery[];
  /**
   * The delivery `ListedRun.guid` that records that all of a settled run was read; null until it is settled.
   */
  readonly mark: Delivery | null;
  /** Nothing of it can change except by another attempt. */
  readonly isSettled: boolean;
}

export interface OwnedRepositories {
  /** Full names. */
  readonly names: readonly string[];
  /** What is known to be missing from the list, for people; null if nothing is. */
  readonly leftOut: string | null;
}

export interface GitHubHistory {
  /** The hook of the App, if there is an App to log in as. */
  appHook(): Hook | null;
  /**
   * Hooks that send runs or jobs, of an organization (a user has none) or, as `owner/name`, of a repository.
   */
  hooksOf(target: string): Promise<ApiResult<readonly Hook[]>>;
  /**
   * Attempts to deliver any event, latest first, page by page. Starts with the page that is the `next` of an
   * earlier one, if given. The first result that is not `ok` is the last.
   */
  attempts(hook: Hook, from: string | null): AsyncIterable<ApiResult<readonly DeliveryAttempt[]>>;
  /** The event itself, as it was sent; null if it can't be read. */
  delivery(hook: Hook, attempt: DeliveryAttempt): Promise<ApiResult<Delivery | null>>;
  /** The accounts in which the App is installed. */
  installations(): Promise<ApiResult<readonly string[]>>;
  /** The repositories of an account that we may read. */
  repositoriesOf(owner: string): Promise<ApiResult<OwnedRepositories>>;
  /** The runs of a repository, newest first, page by page; like `attempts`. */
  runs(repository: string, priority: Priority): AsyncIterable<ApiResult<readonly ListedRun[]>>;
  /** One run, in the form of a list. */
  run(repository: string, runId: number, priority: Priority): Promise<ApiResult<ListedRun>>;
  /** Reads a run with all its attempts and jobs. */
  readRun(repository: string, run: ListedRun, priority: Priority): Promise<ApiResult<ReadRun>>;
}

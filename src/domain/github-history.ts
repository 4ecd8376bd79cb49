import type { Delivery } from './delivery.ts';
import type { Answer, Priority } from './github-api.ts';

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
  /** Whether we count what it tells: a hook may send other events too, which tell only how far back a log was read. */
  readonly isCounted: boolean;
}

/** A run in its latest attempt, as a list of runs tells it. */
export interface ListedRun {
  readonly runId: number;
  readonly runAttempt: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly isCompleted: boolean;
  /** The id of the delivery that marks that all of the run, its earlier attempts too, was read when all of it was over. */
  readonly guid: string;
  /** As GitHub told it, for `readRun`. */
  readonly told: unknown;
}

/** A run as far as it was read: its attempts and all jobs, those of earlier attempts too. */
export interface ReadRun {
  /** To be accepted together and in this order: the last of a settled run is its mark, `ListedRun.guid`. */
  readonly deliveries: readonly Delivery[];
  /** Nothing of it can change but by another attempt. */
  readonly isSettled: boolean;
}

export interface GitHubHistory {
  /** The hook of the App, if there is one to log in as. */
  appHook(): Hook | null;
  /** Hooks that send runs and jobs, of an organization (a user has none) or, as `owner/name`, of a repository. */
  hooksOf(place: string): Promise<Answer<readonly Hook[]>>;
  /**
   * Attempts to deliver anything, the latest first, a page at a time, beginning with the page that is the `next` of an earlier one, if
   * that is told. The first answer that is not `ok` is the last.
   */
  attempts(hook: Hook, from: string | null): AsyncIterable<Answer<readonly DeliveryAttempt[]>>;
  /** The event itself, as it was sent; null when it can't be read. */
  delivery(hook: Hook, attempt: DeliveryAttempt): Promise<Answer<Delivery | null>>;
  /** The accounts at which the App is installed. */
  installations(): Promise<Answer<readonly string[]>>;
  /** The full names of the repositories of an account that we may read. */
  repositoriesOf(owner: string): Promise<Answer<readonly string[]>>;
  /** The runs of a repository, those created last first, a page at a time; as `attempts`. */
  runs(repository: string, priority: Priority): AsyncIterable<Answer<readonly ListedRun[]>>;
  /** One run as a list would tell it. */
  run(repository: string, runId: number, priority: Priority): Promise<Answer<ListedRun>>;
  /** Reads a run with all its attempts and jobs. */
  readRun(repository: string, run: ListedRun, priority: Priority): Promise<Answer<ReadRun>>;
}

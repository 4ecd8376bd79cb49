import type { BilledRow } from './billing.ts';
import type { GaugeReading } from './metric.ts';

/*
 * GitHub's REST API as the rest of ant-watcher sees it. It is read-only.
 */

/**
 * What a request is for, most urgent first. `recovery` fetches what webhooks lost and may use the whole
 * quota. `reconcile` checks what is known, and `poll` reads what no webhook reports; both leave a share of
 * the quota unused. `first_read` is a poll that somebody waits for: it spends what it may sooner, but not before
 * other polls. `explain` asks for what adds to numbers that are there already, and leaves half of the quota.
 */
export const PRIORITIES = ['recovery', 'reconcile', 'poll', 'first_read', 'explain'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** The `reason` of a request that failed because the service stops. */
export const CUT_OFF = 'aborted by the shutdown';

/** The result of a request. Nothing that GitHub or the network does is thrown. */
export type ApiResult<T> =
  /** `next`: the URL of the following page, for `GetOptions.from`. */
  | {
      readonly kind: 'ok';
      readonly data: T;
      readonly next: string | null;
      readonly fromCache: boolean;
      /** How long its body was. */
      readonly bytes?: number;
    }
  /** It does not exist, or we may not know that it does. */
  | { readonly kind: 'missing' }
  /** Asking again is useless until a person changes something. */
  | {
      readonly kind: 'forbidden';
      readonly permission: string;
      readonly message: string;
      /**
       * GitHub's own words, of limited length and without secrets; null if it was not asked, because there
       * are no credentials for it.
       */
      readonly said: string | null;
      /** What a person has to do. */
      readonly hint: string;
      /** GitHub does not accept the credential itself (401), so nothing at all can be read with it. */
      readonly refusal?: CredentialRefusal;
    }
  /** Given up after the retries that make sense. `retryAtMs`: when it may work again, if known. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly retryAtMs: number | null;
      readonly implausible?: Implausible;
    };

/**
 * What can't be true in an answer, or what is more than is read of one thing: a faulty server or proxy must
 * not keep us busy without end. In words: `IMPLAUSIBLE`.
 */
export type Implausible = keyof typeof IMPLAUSIBLE;

export const IMPLAUSIBLE = {
  circle: 'the list goes round in a circle',
  repeated_page: 'a page of the list came twice',
  empty_pages: 'the list has nothing but empty pages',
  crowded_page: 'a page of the list has more entries than GitHub sends',
  other_list: 'the next page is of another list',
  not_older: 'the list should go back in time, and does not',
  too_long: 'the list is too long',
  attempts: 'the run has more attempts than a run can have',
  too_complex: 'the JSON is nested too deeply or has too many values',
  stale_etag: 'the same ETag came with different content',
} as const;

/** `missing` in words for people, and what they can do. */
export const MISSING = {
  message: 'GitHub answered 404: it does not exist, or we may not see it',
  hint: 'was it renamed or deleted? Else install the App there, or give the token access to it',
};

/** A credential that GitHub does not accept. */
export interface CredentialRefusal {
  /** The response in GitHub's words, of limited length and without secrets. */
  readonly said: string;
  /** What a person has to do. */
  readonly remedy: string;
}

export interface GetOptions {
  /**
   * The owner whose installation to use; also the value of `{owner}` and `{org}`. Null: the App itself for
   * `/app…`, else the token.
   */
  readonly owner: string | null;
  readonly priority: Priority;
  /** Values for the route's placeholders; the others become the query. */
  readonly params?: Readonly<Record<string, string | number>>;
  /** Whether to keep the response and only ask for changes, which costs no quota if there are none. */
  readonly conditional?: boolean;
  /** Whether a response contains what its reader needs. If not, it is `failed` and not kept. */
  readonly isReadable?: (data: unknown) => boolean;
  /** The `next` of an earlier response: read this page instead of the first. */
  readonly from?: string;
  /** How much `pages` reads; default: a hundred pages. */
  readonly limit?: ListLimit;
}

/** A list that is longer ends as `failed`. The bytes are limited in proportion. */
export interface ListLimit {
  readonly pages: number;
}

/** A way to log in, never with its secret. */
export interface CredentialInfo {
  /** `app:INSTALLATION_ID` or `token`. */
  readonly name: string;
  /** Where the App is installed; null for a token, which sees what its owner sees. */
  readonly owner: string | null;
}

export interface GitHub {
  /** Reads `route`, a path with placeholders as GitHub documents it: `/repos/{owner}/{repo}/actions/runs`. */
  get(route: string, options: GetOptions): Promise<ApiResult<unknown>>;
  /**
   * One result per page. The first that is not `ok` is the last. A list that can't be true, such as one
   * without end, is `failed`.
   */
  pages(route: string, options: GetOptions): AsyncIterable<ApiResult<unknown>>;
  /** Logs and counts that an answer can't be true, and returns the result for that. */
  distrust(route: string, problem: Implausible): ApiResult<never>;
  /** The available credentials: the App's current installations, and the token. */
  credentials(): Promise<ApiResult<readonly CredentialInfo[]>>;
  /** A sentence for each credential that GitHub currently refuses. */
  refusals(): readonly string[];
  /** The rate limits as last reported, for the exposition. */
  readings(): GaugeReading[];
  /** Ends requests in progress, as `failed`. */
  close(): Promise<void>;
}

/** As GitHub spells it: `online` or `offline`; and whether it runs a job. */
interface RunnerState {
  readonly status: string;
  readonly isBusy: boolean;
  readonly count: number;
}

/** The number of self-hosted runners of one group in this state. */
export interface RunnerCount extends RunnerState {
  /** The name of the group. */
  readonly group: string;
}

/** The number of self-hosted runners that have this label and are in this state. */
export interface LabelledRunners extends RunnerState {
  readonly label: string;
}

export interface RunnerGroup {
  /** Stays when the group gets another name; null: there are no groups, or GitHub says none. */
  readonly id: number | null;
  readonly name: string;
  /** Whether one of its runners is online and runs no job. */
  readonly isFree: boolean;
}

export interface RunnerList {
  readonly total: number;
  readonly counts: readonly RunnerCount[];
  /** A runner is in the count of each of its labels. */
  readonly byLabel: readonly LabelledRunners[];
  /** All that exist, with runners or without. */
  readonly groups: readonly RunnerGroup[];
}

/** The prefix of an enterprise as an owner: `enterprises/acme`. No account can have that name. */
export const ENTERPRISES = 'enterprises/';

export interface GitHubRunners {
  /**
   * The self-hosted runners of an organization, for `enterprises/NAME` those of the enterprise, for `owner/name` those
   * of the repository alone. `missing` for a user. All or none: if there are too many to list, it has `failed`.
   */
  listOf(target: string): Promise<ApiResult<RunnerList>>;
}

export interface BilledUse {
  readonly rows: readonly BilledRow[];
  /** The organizations that it is of, in lower case, where the report says so. */
  readonly accounts: readonly string[];
}

export interface GitHubBilling {
  /**
   * What was billed on those days (`2026-11-20`) to an organization or user, or to `enterprises/NAME`. All or none.
   * `missing` where there is no such report.
   */
  usage(owner: string, days: readonly string[]): Promise<ApiResult<BilledUse>>;
}

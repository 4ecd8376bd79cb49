import type { GaugeReading } from './metric.ts';

/*
 * GitHub's REST API as the rest of ant-watcher sees it. It is only ever read.
 */

/**
 * What a request is for, the most urgent first. `recovery` fetches what webhooks lost and may use the whole
 * quota; `reconcile` checks what is known, `poll` looks at what no webhook tells: both leave a share of the
 * quota alone.
 */
export const PRIORITIES = ['recovery', 'reconcile', 'poll'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** What became of a request. Nothing that GitHub or the network does is an exception. */
export type ApiResult<T> =
  /** `next`: the URL of the following page, for `GetOptions.from`. */
  | {
      readonly kind: 'ok';
      readonly data: T;
      readonly next: string | null;
      readonly fromCache: boolean;
    }
  /** There is no such thing, or nothing that we may know of. */
  | { readonly kind: 'missing' }
  /** Asking again is no use until a person changes something. */
  | {
      readonly kind: 'forbidden';
      readonly permission: string;
      readonly message: string;
      /**
       * GitHub's own words, bounded and without secrets; null: it was not asked, for want of anything to ask
       * with.
       */
      readonly said: string | null;
      /** What a person has to do. */
      readonly hint: string;
      /** The credential itself is not taken (401): nothing at all can be read with it. */
      readonly refusal?: CredentialRefusal;
    }
  /** Given up after the retries that make sense. `retryAtMs`: when it may go better, where that is known. */
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAtMs: number | null };

/** `missing` in words for people, and what they can do. */
export const MISSING = {
  message: 'GitHub answered 404: there is no such thing, or none that we may see',
  hint: 'was it renamed or deleted? Else install the App there, or give the token access to it',
};

/** A credential that GitHub does not take. */
export interface CredentialRefusal {
  /** The answer in GitHub's words, bounded and without secrets. */
  readonly said: string;
  /** What a person has to do. */
  readonly remedy: string;
}

export interface GetOptions {
  /**
   * Whose installation is to ask; also the value of `{owner}` and `{org}`. Null: the App itself for `/app…`,
   * else the token.
   */
  readonly owner: string | null;
  readonly priority: Priority;
  /** Values for the route's placeholders; the others become the query. */
  readonly params?: Readonly<Record<string, string | number>>;
  /**
   * Whether to keep the answer and ask only for changes, which costs nothing of the quota when there are
   * none.
   */
  readonly conditional?: boolean;
  /** Whether an answer has in it what its reader needs. One that has not is `failed`, and is not kept. */
  readonly isReadable?: (data: unknown) => boolean;
  /** The `next` of an earlier answer: this page is read in place of the first. */
  readonly from?: string;
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
  /** One answer for each page. The first that is not `ok` is the last. */
  pages(route: string, options: GetOptions): AsyncIterable<ApiResult<unknown>>;
  /** What there is to log in with: the installations that the App has now, and the token. */
  credentials(): Promise<ApiResult<readonly CredentialInfo[]>>;
  /** A sentence for each credential that GitHub does not take at present. */
  refusals(): readonly string[];
  /** The rate limits as last heard, for the exposition. */
  readings(): GaugeReading[];
  /** Ends what is under way, as `failed`. */
  close(): Promise<void>;
}

/** One event with its own time, to be pushed. */
export interface Sample {
  /** The full name, for example `github_actions_event_job_duration_seconds`. */
  readonly metric: string;
  /** Never contains the metric's name. Values may contain anything. Labels without a value are not sent. */
  readonly labels: readonly LabelPair[];
  /** In the exposed unit. */
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

export type LabelPair = readonly [name: string, value: string];

/**
 * The result of a request to a receiver, and so what to do with its content. Reasons are for people: one
 * line, without secrets, of limited length.
 */
export type SendOutcome =
  /** The receiver has accepted everything. */
  | { readonly kind: 'sent' }
  /**
   * It is unknown whether it arrived, or the receiver can't accept it now: send the same again, not before
   * `retryAfterMs` if the receiver asks for that.
   */
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly retryAfterMs: number | null;
      readonly hint?: string;
    }
  /** Send it in smaller parts. */
  | { readonly kind: 'too_large'; readonly reason: string }
  /** The receiver will never accept some of the samples. It may have accepted others of the request. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /**
   * A configuration error (address, credentials, certificate) that affects everything: keep the samples, and
   * report it.
   */
  | { readonly kind: 'refused'; readonly reason: string; readonly hint?: string };

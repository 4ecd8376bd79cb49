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
      /** Nothing listens there: the process may have ended. */
      readonly isAway?: true;
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

/** The process of a receiver, as far as it can be known. */
export type ReceiverProcess =
  | {
      readonly kind: 'answers';
      /** Its start time, which distinguishes it from the process before; null: it does not say. */
      readonly startedAt: string | null;
      /** It is a database itself, not a relay or proxy in front of one: no restart goes unseen. */
      readonly isDatabase: boolean;
      /** A sample of the same series, time and value as a stored one is known to change nothing. */
      readonly isIdempotent: boolean;
    }
  /** Nothing listens there. */
  | { readonly kind: 'away' }
  /** It is unknown whether it lives: no answer in time, or none that is complete. */
  | { readonly kind: 'silent' };

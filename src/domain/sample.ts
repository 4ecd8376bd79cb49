/** One event with its own time, to be pushed. */
export interface Sample {
  /** The full name, for example `github_actions_event_job_duration_seconds`. */
  readonly metric: string;
  /**
   * Never holds the metric's name. Values may hold anything; a label without a value is left out when it is
   * sent.
   */
  readonly labels: readonly LabelPair[];
  /** In the exposed unit. */
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

export type LabelPair = readonly [name: string, value: string];

/**
 * What became of a request to a receiver, and so what to do with what was in it. Reasons are for people: one
 * line, without secrets, bounded.
 */
export type SendOutcome =
  /** The receiver has all of it. */
  | { readonly kind: 'sent' }
  /**
   * Nobody knows whether it arrived, or the receiver can't take it now: send the same again, not before
   * `retryAfterMs` when the receiver asks for that.
   */
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly retryAfterMs: number | null;
      readonly hint?: string;
    }
  /** Send it in smaller parts. */
  | { readonly kind: 'too_large'; readonly reason: string }
  /** Some of the samples will never be taken; others of the same request may have been. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /**
   * An error of configuration (address, credentials, certificate), whatever is sent: keep it and tell people.
   */
  | { readonly kind: 'refused'; readonly reason: string; readonly hint?: string };

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

/** One event with its own time, to be pushed. */
export interface Sample {
  /** The full name, for example `github_actions_event_job_duration_seconds`. */
  readonly metric: string;
  /** Never holds the metric's name. Values may hold anything; a label without a value is left out when it is sent. */
  readonly labels: readonly LabelPair[];
  /** In the exposed unit. */
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

export type LabelPair = readonly [name: string, value: string];

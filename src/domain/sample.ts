/** One event with its own time, as a receiver gets it. */
export interface Sample {
  /** The full name, for example `github_actions_event_job_duration_seconds`. */
  readonly metric: string;
  /** Without the name; a value may hold anything, an empty one is left out when it is sent. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** In the exposed unit. */
  readonly value: number;
  /** In ms since the epoch. */
  readonly atMs: number;
}

/** A sample as a database returns it. */
export interface StoredSample {
  /** With `__name__`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

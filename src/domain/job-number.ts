/** One value of one series. */
export interface JobNumber {
  /** With the prefix. A counter's ends in `_total`; every other is a gauge. */
  readonly metric: string;
  /** Names and values in turn: repository and workflow, then those of the job, by name. */
  readonly labels: readonly string[];
  /** Finite. Handed in, a counter's is what is added; held, what it has come to. */
  readonly value: number;
  readonly atMs: number;
}

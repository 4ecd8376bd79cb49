/** One value of one series. */
export interface JobNumber {
  /** With the prefix. The name of a counter ends in `_total`; anything else is a gauge. */
  readonly metric: string;
  /** Names and values alternately: repository and workflow, then the job's own labels, by name. */
  readonly labels: readonly string[];
  /** Finite. In a push, what to add to a counter; in the store, its total. */
  readonly value: number;
  readonly atMs: number;
}

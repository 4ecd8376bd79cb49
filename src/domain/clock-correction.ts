/** The time has turned out to be another. */
export interface ClockCorrection {
  /** How much later it is; negative: earlier. 0: only what can't be is corrected, as at the start. */
  readonly byMs: number;
  /** The time now. */
  readonly nowMs: number;
}

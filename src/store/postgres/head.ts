/** What the row `head` holds, but for the place in the log. May be changed while the transaction is open. */
export interface Head {
  nextSeriesId: number;
  nextSampleSeq: number;
  outboxBytes: number;
  /** Facts of these hours are in `packed_hours`: from the first until before the last. */
  readonly packedFrom: number;
  readonly packedTo: number;
}

/** A transaction that no other one runs beside, once it is its turn. */
export interface Begun {
  readonly head: Head;
  /** By the clock of the database. */
  readonly nowMs: number;
}

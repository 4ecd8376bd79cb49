/** This process among those that use the database. */
export interface Self {
  /** Of its row in `replicas`, another one after it was taken for dead; 0: it has none. */
  id: number;
  /** The receivers that its configuration names. */
  sinks: readonly string[];
}

/** A repository that deliveries named. */
export interface KnownRepository {
  /** `owner/name`. */
  readonly name: string;
  /** Accurate to an hour. */
  readonly lastSeenAtMs: number;
}

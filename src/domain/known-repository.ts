/** A repository that deliveries told of. */
export interface KnownRepository {
  /** `owner/name`. */
  readonly name: string;
  /** Give or take an hour. */
  readonly lastSeenAtMs: number;
}

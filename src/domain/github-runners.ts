import type { ApiResult } from './github-api.ts';

/** The number of self-hosted runners of one group in this state. */
export interface RunnerCount {
  /** The name of the group. */
  readonly group: string;
  /** As GitHub spells it: `online` or `offline`. */
  readonly status: string;
  readonly isBusy: boolean;
  readonly count: number;
}

export interface GitHubRunners {
  /**
   * The self-hosted runners of an organization or, for `owner/name`, of the repository alone. `missing` for a
   * user. All or none: if there are too many to list, it has `failed`.
   */
  countsOf(target: string): Promise<ApiResult<readonly RunnerCount[]>>;
}

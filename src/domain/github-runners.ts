import type { ApiResult } from './github-api.ts';

/** So many self-hosted runners of one group are in this state. */
export interface RunnerCount {
  /** The group's name. */
  readonly group: string;
  /** As GitHub spells it: `online` or `offline`. */
  readonly status: string;
  readonly isBusy: boolean;
  readonly count: number;
}

export interface GitHubRunners {
  /**
   * The self-hosted runners of an organization or, for `owner/name`, those of the repository alone. `missing`
   * for a user. All or none: where there are too many to list, it has `failed`.
   */
  countsOf(target: string): Promise<ApiResult<readonly RunnerCount[]>>;
}

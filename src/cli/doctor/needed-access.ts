import type { ApiResult } from '../../domain/github-api.ts';
import type { GitHubInspection } from '../../github/inspection.ts';

/*
 * What the service reads, the setting that makes it do so, and the request that proves that it may.
 * docs/configuration.md shows the same table, with the permission of each route.
 */

/** What is asked about, by kind. */
export interface Places {
  readonly repositories: readonly string[];
  readonly owners: readonly string[];
  /** As `github.enterprises` and `github.billing` name them; `annotated`: repositories, if `github.annotations` is on. */
  readonly enterprises: readonly string[];
  readonly billing: readonly string[];
  readonly annotated: readonly string[];
}

export interface NeededAccess {
  /** Null: it is read whatever is set. */
  readonly setting: string | null;
  /** What is read, before the name of the place. */
  readonly what: string;
  /** The routes, as GitHub's documentation writes them; which one depends on the place. */
  readonly routes: readonly string[];
  readonly places: (places: Places) => readonly string[];
  readonly read: (inspection: GitHubInspection, place: string) => Promise<ApiResult<unknown>>;
  /** What it means that it can't be read. */
  readonly level: 'failed' | 'warning';
  /** What to do where GitHub answers 404; null: it is no problem there; absent: as everywhere. */
  readonly ifMissing?: string | null;
}

export const NEEDED_ACCESS: readonly NeededAccess[] = [
  {
    ...{ setting: null, what: 'runs and jobs of', level: 'failed' },
    routes: ['/repos/{owner}/{repo}/actions/runs'],
    places: ({ repositories }) => repositories,
    read: (inspection, repository) => inspection.runs(repository),
  },
  {
    ...{ setting: 'github.annotations', what: 'annotations of jobs of', level: 'failed' },
    routes: ['/repos/{owner}/{repo}/check-runs/{check_run_id}/annotations'],
    places: ({ annotated }) => annotated,
    read: (inspection, repository) => inspection.annotations(repository),
  },
  {
    ...{ setting: null, what: 'runners of', level: 'warning' },
    routes: ['/orgs/{org}/actions/runners'],
    places: ({ owners }) => owners,
    read: (inspection, owner) => inspection.runners(owner),
    // Users have no runners of their own.
    ifMissing: null,
  },
  {
    ...{ setting: 'github.enterprises', what: 'runners of the enterprise', level: 'failed' },
    routes: ['/enterprises/{enterprise}/actions/runners'],
    places: ({ enterprises }) => enterprises,
    read: (inspection, name) => inspection.enterpriseRunners(name),
    ifMissing:
      'is the name right, and has github.token the scope manage_runners:enterprise? It must be a classic token: GitHub answers no App and no fine-grained token',
  },
  {
    ...{ setting: 'github.billing', what: 'the bill of', level: 'failed' },
    routes: [
      '/organizations/{org}/settings/billing/usage',
      '/users/{username}/settings/billing/usage',
      '/enterprises/{enterprise}/settings/billing/usage',
    ],
    places: ({ billing }) => billing,
    read: (inspection, owner) => inspection.bill(owner),
    ifMissing:
      'is the name right, and may this login read its bills? An organization needs Administration: read, a person its own token with Plan: read, an enterprise the token of an owner or billing manager',
  },
];

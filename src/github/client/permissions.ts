/** What a route needs, and what works without it. */
export interface Permission {
  /** As it is named in the settings of an App or a fine-grained token. */
  readonly name: string;
  /** As the API names it in an installation's permissions; null: it can't be granted. */
  readonly key: string | null;
  readonly without: string;
}

const ACTIONS: Permission = {
  name: 'Actions: read (repository)',
  key: 'actions',
  without:
    'webhooks are counted; runs and jobs whose webhooks are lost are not recovered, and without webhooks nothing is read',
};
const RUNNERS = 'numbers of runs and jobs are complete; those of runners are absent';
const BILLING = 'costs are those of list prices, and not compared with what GitHub billed';
const LOST = 'runs and jobs are checked one by one; lost webhooks are not fetched again as they were sent';

/**
 * By prefix of the route, the longest first
 * (https://docs.github.com/rest/authentication/permissions-required-for-github-apps).
 */
const BY_ROUTE: readonly (readonly [string, Permission])[] = [
  [
    '/repos/{owner}/{repo}/actions/runners',
    { name: 'Administration: read (repository)', key: 'administration', without: RUNNERS },
  ],
  ['/repos/{owner}/{repo}/actions', ACTIONS],
  [
    '/repos/{owner}/{repo}/check-runs',
    {
      name: 'Checks: read (repository)',
      key: 'checks',
      without: 'failures are counted by cause; not by what their annotations say',
    },
  ],
  [
    '/repos/{owner}/{repo}/hooks',
    { name: 'Webhooks: read (repository)', key: 'repository_hooks', without: LOST },
  ],
  [
    '/orgs/{org}/actions',
    {
      name: 'Self-hosted runners: read (organization)',
      key: 'organization_self_hosted_runners',
      without: RUNNERS,
    },
  ],
  ['/orgs/{org}/hooks', { name: 'Webhooks: read (organization)', key: 'organization_hooks', without: LOST }],
  [
    '/enterprises/{enterprise}/actions',
    {
      name: 'a personal access token (classic) with the scope manage_runners:enterprise',
      key: null,
      without: RUNNERS,
    },
  ],
  [
    '/enterprises/{enterprise}/settings/billing',
    {
      name: 'a token of an owner or billing manager of the enterprise',
      key: null,
      without: BILLING,
    },
  ],
  [
    '/organizations/{org}/settings/billing',
    { name: 'Administration: read (organization)', key: 'organization_administration', without: BILLING },
  ],
  [
    '/users/{username}/settings/billing',
    { name: 'a token of the person itself, with Plan: read (user)', key: null, without: BILLING },
  ],
  [
    '/user',
    {
      name: 'a token of the person itself',
      key: null,
      without:
        'of the private repositories of persons, only those are known that are named or that send webhooks',
    },
  ],
  ['/app', { name: "the App's id and private key", key: null, without: 'webhooks go on; nothing is read' }],
  [
    '/',
    {
      name: 'Metadata: read (repository)',
      key: 'metadata',
      without: 'only repositories that send webhooks are known',
    },
  ],
];

export function permissionOf(route: string): Permission {
  const entry = BY_ROUTE.find(
    ([begin]) => route === begin || route.startsWith(begin === '/' ? '/' : `${begin}/`),
  );
  if (entry === undefined) throw new TypeError(`${route} is no route`);
  return entry[1];
}

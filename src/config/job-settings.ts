import * as jobKinds from './job-kinds.ts';
import * as kinds from './kinds.ts';
import type { Problem } from './problem.ts';
import { environmentNameOf, setting } from './setting.ts';

/** What jobs hand in themselves, at `POST /push` of the API listener. */
export const JOB_SETTINGS = {
  oidcAudience: setting(
    'jobs.oidc_audience',
    jobKinds.audience(),
    '',
    "The audience that jobs ask GitHub's token for, such as the URL of this service: then they may push with that token. Empty: only with one of `api.tokens`.",
  ),
  oidcIssuer: setting(
    'jobs.oidc_issuer',
    jobKinds.issuer(),
    'https://token.actions.githubusercontent.com',
    'Who issues these tokens. For Enterprise Server: `https://HOST/_services/token`.',
  ),
  allowedOwners: setting(
    'jobs.allowed_owners',
    jobKinds.ids(),
    '',
    'Ids of the accounts whose repositories may push with such a token. Ids, because names change hands: `gh api users/NAME --jq .id`.',
  ),
  allowedRepositories: setting(
    'jobs.allowed_repositories',
    jobKinds.ids(),
    '',
    'Ids of further repositories that may: `gh api repos/OWNER/NAME --jq .id`.',
  ),
  bodyLimitBytes: setting(
    'jobs.body_limit',
    kinds.size({ min: '1KiB', max: '25MiB' }),
    '256KiB',
    'Larger pushes are refused with 413.',
  ),
  maxNumbers: setting(
    'jobs.max_numbers',
    kinds.wholeNumber(1, 10_000, '500'),
    '500',
    'Numbers that one push may have.',
  ),
};

/** Anybody on GitHub can get a token for any audience. */
export function jobProblems({
  oidcAudience,
  allowedOwners,
  allowedRepositories,
}: {
  readonly oidcAudience: string;
  readonly allowedOwners: readonly string[];
  readonly allowedRepositories: readonly string[];
}): Problem[] {
  if (oidcAudience === '' || allowedOwners.length > 0 || allowedRepositories.length > 0) return [];
  const name = 'jobs.allowed_owners';
  const what = 'is not set, and jobs.oidc_audience is: anybody on GitHub can get a token for it';
  const hint = 'set the ids of your accounts (gh api users/NAME --jq .id), or jobs.allowed_repositories';
  return [{ setting: name, where: environmentNameOf(name), what, hint }];
}

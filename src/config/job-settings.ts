import * as jobKinds from './job-kinds.ts';
import * as kinds from './kinds.ts';
import { type ConfigProblem, problemWith } from './problem.ts';
import { setting } from './setting.ts';

/** The numbers that jobs report themselves, at `POST /push` of the API listener. */
export const JOB_SETTINGS = {
  oidcAudience: setting(
    'jobs.oidc_audience',
    jobKinds.audience(),
    '',
    "The audience that jobs request GitHub's OpenID Connect token for, such as the URL of this service. Empty: jobs can only use one of `api.tokens`.",
    'reload',
  ),
  oidcIssuer: setting(
    'jobs.oidc_issuer',
    jobKinds.issuer(),
    'https://token.actions.githubusercontent.com',
    'Issuer of these tokens. For Enterprise Server: `https://HOST/_services/token`.',
    'reload',
  ),
  allowedOwners: setting(
    'jobs.allowed_owners',
    jobKinds.ids(),
    '',
    'Ids of the accounts whose repositories may use such a token. Ids rather than names, because names can change owners: `gh api users/NAME --jq .id`.',
    'reload',
  ),
  allowedRepositories: setting(
    'jobs.allowed_repositories',
    jobKinds.ids(),
    '',
    'Ids of further repositories that may use such a token: `gh api repos/OWNER/NAME --jq .id`.',
    'reload',
  ),
  bodyLimitBytes: setting(
    'jobs.body_limit',
    kinds.size({ min: '1KiB', max: '25MiB' }),
    '256KiB',
    'Larger requests to `POST /push` are refused with 413.',
  ),
  maxNumbers: setting(
    'jobs.max_numbers',
    kinds.wholeNumber(1, 10_000, '500'),
    '500',
    'Maximum count of numbers in one request.',
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
}): ConfigProblem[] {
  if (oidcAudience === '' || allowedOwners.length > 0 || allowedRepositories.length > 0) return [];
  const what = 'is not set, and jobs.oidc_audience is: anybody on GitHub can get a token for it';
  const hint = 'set the ids of your accounts (gh api users/NAME --jq .id), or jobs.allowed_repositories';
  return [problemWith('jobs.allowed_owners', what, hint)];
}

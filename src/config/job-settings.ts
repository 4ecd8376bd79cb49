import * as kinds from './kinds.ts';
import { type ConfigProblem, problemWith } from './problem.ts';
import { setting, type ValuesOf } from './setting.ts';

/** GitHub's ids of accounts or repositories. */
export function ids(): kinds.Kind<readonly string[]> {
  return kinds.listOf({
    expects: 'ids (whole numbers), separated by commas',
    example: '9919, 583231',
    separator: /[\s,]+/,
    readItem: (word) => (/^[1-9]\d{0,18}$/.test(word) ? word : undefined),
    advise: (text) =>
      /[a-z]/i.test(text) ? 'names can change owners: gh api users/NAME --jq .id shows the id' : undefined,
  });
}

/** The audience of a token, or empty. */
export function audience(): kinds.Kind<string> {
  return {
    expects: 'an audience: a text without spaces, such as the URL of this service',
    example: 'https://ant-watcher.example',
    read: ([text = '', ...more]) =>
      more.length === 0 && /^[\x21-\x7e]{0,500}$/.test(text) ? text : undefined,
  };
}

/** The URL of an issuer. For trials on this machine it may be without TLS. */
export function issuer(): kinds.Kind<string> {
  return kinds.single({
    expects: 'an https:// URL',
    example: 'https://token.actions.githubusercontent.com',
    read(text) {
      const url = URL.parse(text);
      const isLocal = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
      const isPlain =
        url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
      return isPlain && (url.protocol === 'https:' || isLocal) ? text : undefined;
    },
  });
}

/** The numbers that jobs report themselves, at `POST /push` of the API listener. */
export const JOB_SETTINGS = {
  oidcAudience: setting(
    'jobs.oidc_audience',
    audience(),
    '',
    "The audience that jobs request GitHub's OpenID Connect token for, such as the URL of this service. Empty: jobs can only use one of `api.tokens`.",
  ),
  oidcIssuer: setting(
    'jobs.oidc_issuer',
    issuer(),
    'https://token.actions.githubusercontent.com',
    'Issuer of these tokens. For Enterprise Server: `https://HOST/_services/token`.',
  ),
  allowedOwners: setting(
    'jobs.allowed_owners',
    ids(),
    '',
    'Ids of the accounts whose repositories may use such a token. Ids rather than names, because names can change owners: `gh api users/NAME --jq .id`.',
  ),
  allowedRepositories: setting(
    'jobs.allowed_repositories',
    ids(),
    '',
    'Ids of further repositories that may use such a token: `gh api repos/OWNER/NAME --jq .id`.',
  ),
  bodyLimitBytes: setting(
    'jobs.body_limit',
    kinds.size({ min: '1KiB', max: '25MiB' }),
    '256KiB',
    'Larger requests to `POST /push` are refused with 413.',
    'restart',
  ),
  maxNumbers: setting(
    'jobs.max_numbers',
    kinds.wholeNumber(1, 10_000, '500'),
    '500',
    'Maximum count of numbers in one request.',
    'restart',
  ),
};

/** Anybody on GitHub can get a token for any audience. */
export function jobProblems(jobs: ValuesOf<typeof JOB_SETTINGS>): ConfigProblem[] {
  const { oidcAudience, allowedOwners, allowedRepositories } = jobs;
  if (oidcAudience === '' || allowedOwners.length > 0 || allowedRepositories.length > 0) return [];
  const what = 'is not set, and jobs.oidc_audience is: anybody on GitHub can get a token for it';
  const hint = 'set the ids of your accounts (gh api users/NAME --jq .id), or jobs.allowed_repositories';
  return [problemWith('jobs.allowed_owners', what, hint)];
}

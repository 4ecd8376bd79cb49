import * as githubKinds from './github-kinds.ts';
import * as kinds from './kinds.ts';
import { type ConfigProblem, problemWith } from './problem.ts';
import { secret, setting } from './setting.ts';

/** How GitHub's API is used for what webhooks do not deliver. */
export const GITHUB_SETTINGS = {
  apiUrl: setting(
    'github.api_url',
    githubKinds.apiUrl(),
    'https://api.github.com',
    "URL of GitHub's REST API. With data residency: `https://SUBDOMAIN.ghe.com`. For Enterprise Server: `https://HOST`.",
    'reload',
  ),
  caFile: setting(
    'github.ca_file',
    kinds.filePath(),
    '',
    "CA certificates in PEM format to trust for GitHub's API and for the keys of its job tokens, in place of those of Node.js. For Enterprise Server, or a proxy that intercepts TLS.",
    'reload',
  ),
  token: secret(
    'github.token',
    githubKinds.secretText(),
    'A personal access token. If a GitHub App is set as well, the token is used where the App is not installed or has no requests left.',
  ),
  appId: setting(
    'github.app_id',
    githubKinds.appId(),
    '',
    'The id or client id of the GitHub App to log in as. Empty: none.',
    'reload',
  ),
  appPrivateKey: secret(
    'github.app_private_key',
    githubKinds.privateKey(),
    "The App's private key in PEM format, as GitHub generates it. Also accepted: on one line, with `\\n` for line breaks or without any, in quotes, or as base64.",
  ),
  repositories: setting(
    'github.repositories',
    githubKinds.repositories(),
    '',
    'Repositories to read: `owner/*` or `owner/name`, separated by commas. Empty: those that webhooks name or the App is installed on.',
    'reload',
  ),
  concurrency: setting(
    'github.concurrency',
    kinds.wholeNumber(1, 100, '8'),
    '8',
    'Concurrent requests. GitHub allows 100 for all programs of an account together.',
    'reload',
  ),
  timeoutMs: setting(
    'github.timeout',
    kinds.duration(),
    '30s',
    'Time limit for a complete response from GitHub.',
    'reload',
  ),
  pollIntervalMs: setting(
    'github.poll_interval',
    kinds.duration({ min: '1s', max: '1d' }),
    '30s',
    'Without `webhook.secret`: how often to read a repository with active runs. A quiet repository is read less and less often, down to every 10 minutes.',
    'reload',
  ),
  reservePercent: setting(
    'github.reserve',
    kinds.wholeNumber(0, 90, '20'),
    '20',
    'Percentage of each rate limit that is reserved for recovering lost webhooks.',
    'reload',
  ),
} as const;

/** Settings that must fit together; undefined if a value is invalid. */
interface GitHubValues {
  readonly token?: string | null;
  readonly appId?: string;
  readonly appPrivateKey?: string | null;
  readonly repositories?: readonly unknown[];
}

/** Whether repositories can be read without any webhook. */
export function canPoll({ token, appPrivateKey, repositories }: GitHubValues): boolean {
  return (repositories ?? []).length > 0 && ((token ?? null) !== null || (appPrivateKey ?? null) !== null);
}

/** What is wrong with the combination of settings, although each of them is valid. */
export function githubProblems(github: Required<GitHubValues>): ConfigProblem[] {
  const { token, appId, appPrivateKey, repositories } = github;
  if (appId !== '' && appPrivateKey === null)
    return [
      problemWith(
        'github.app_private_key',
        'is not set, and github.app_id is',
        "make one on the App's page at GitHub",
      ),
    ];
  if (appId === '' && appPrivateKey !== null)
    return [
      problemWith(
        'github.app_id',
        'is not set, and github.app_private_key is',
        "it stands on the App's page at GitHub",
      ),
    ];
  if (repositories.length === 0 || token !== null || appId !== '') return [];
  const hint = 'set github.token, or github.app_id and github.app_private_key';
  return [problemWith('github.repositories', 'is set, and nothing to read them with is', hint)];
}

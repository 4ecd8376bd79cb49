import { completeApiUrl } from '../github/client/api-url.ts';
import { readAppKeyText } from '../github/client/app-key.ts';
import type { RepositoryPattern } from '../sync/targets.ts';
import * as kinds from './kinds.ts';
import { type ConfigProblem, problemWith } from './problem.ts';
import { SECRET_PLACEHOLDER, secretText } from './secrets.ts';
import { secret, setting, type ValuesOf } from './setting.ts';

const REPOSITORY = /^([A-Za-z0-9][A-Za-z0-9_-]*)\/(\*|(?!\.{1,2}$)[A-Za-z0-9._-]+)$/;
const ENTERPRISE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const OWNER = /^(?:enterprises\/)?[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
/** An id, or a client id as GitHub writes them. */
const APP_ID = /^(|\d{1,15}|Iv[A-Za-z0-9.]{8,60})$/;

/** The base URL of the API, completed. */
export function apiUrl(): kinds.Kind<string> {
  return kinds.single({
    expects: 'the https:// URL of GitHub, of Enterprise Server or of their API',
    example: 'https://github.example.com',
    read(text) {
      const completed = completeApiUrl(text);
      return 'url' in completed ? completed.url : undefined;
    },
    advise(text) {
      const completed = completeApiUrl(text);
      return 'problem' in completed ? `it ${completed.problem}` : undefined;
    },
  });
}

/** The private key of an App, or null: in PEM format, as `readAppKeyText` returns it. */
export function privateKey(): kinds.Kind<string | null> {
  return {
    expects: 'an RSA private key in PEM format, as GitHub generates it',
    example: SECRET_PLACEHOLDER,
    read(texts) {
      const text = texts.join('\n');
      if (text.trim() === '') return null;
      const read = readAppKeyText(text);
      return 'pem' in read ? read.pem : undefined;
    },
    advise(text) {
      const read = readAppKeyText(text);
      return 'hint' in read ? read.hint : undefined;
    },
  };
}

export function appId(): kinds.Kind<string> {
  return kinds.single({
    expects: 'the id of a GitHub App, or its client id',
    example: 'Iv23liAbCdEfGhIjKlMn',
    read: (text) => (APP_ID.test(text) ? text : undefined),
  });
}

export function repositories(): kinds.Kind<readonly RepositoryPattern[]> {
  return kinds.listOf({
    expects: 'repositories as OWNER/NAME or OWNER/*, separated by commas',
    example: 'octo/*, ants/hill',
    readItem(part) {
      const [, owner, name] = REPOSITORY.exec(part) ?? [];
      return owner === undefined || name === undefined
        ? undefined
        : { owner, name: name === '*' ? null : name };
    },
    advise: (text) => (/^[\w-]+$/.test(text.trim()) ? `write ${text.trim()}/* for all of them` : undefined),
  });
}

/** Names of enterprises, as in the addresses of their pages. */
export function enterprises(): kinds.Kind<readonly string[]> {
  return kinds.listOf({
    expects: 'names of enterprises, as in https://github.com/enterprises/NAME, separated by commas',
    example: 'octo-corp',
    readItem: (text) => (ENTERPRISE.test(text) ? text : undefined),
  });
}

/** Organizations, users and enterprises. */
export function owners(): kinds.Kind<readonly string[]> {
  return kinds.listOf({
    expects: 'organizations, users, or enterprises as enterprises/NAME, separated by commas',
    example: 'octo, enterprises/octo-corp',
    readItem: (text) => (OWNER.test(text) ? text : undefined),
  });
}

/** A limit; null: the usual one. */
function rateLimit(): kinds.Kind<number | null> {
  const number = kinds.wholeNumber(0, 1_000_000, '900');
  return {
    ...number,
    expects: `auto, or ${number.expects}`,
    ...(number.form && { form: { ...number.form, pattern: `^auto$|${number.form.pattern}` } }),
    read: (texts) => (texts.length === 1 && texts[0] === 'auto' ? null : number.read(texts)),
  };
}

/** How GitHub's API is used for what webhooks do not deliver. */
export const GITHUB_SETTINGS = {
  apiUrl: setting(
    'github.api_url',
    apiUrl(),
    'https://api.github.com',
    "URL of GitHub's REST API. With data residency: `https://SUBDOMAIN.ghe.com`. For Enterprise Server: `https://HOST`.",
  ),
  caFile: setting(
    'github.ca_file',
    kinds.filePath(),
    '',
    "CA certificates in PEM format to trust for GitHub's API and for the keys of its job tokens, in place of those of Node.js. For Enterprise Server, or a proxy that intercepts TLS.",
  ),
  token: secret(
    'github.token',
    secretText(),
    'A personal access token. If a GitHub App is set as well, the token is used where the App is not installed or has no requests left.',
  ),
  appId: setting(
    'github.app_id',
    appId(),
    '',
    'The id or client id of the GitHub App to log in as. Empty: none.',
  ),
  appPrivateKey: secret(
    'github.app_private_key',
    privateKey(),
    "The App's private key in PEM format, as GitHub generates it. Also accepted: on one line, with `\\n` for line breaks or without any, in quotes, or as base64.",
  ),
  repositories: setting(
    'github.repositories',
    repositories(),
    '',
    'Repositories to read: `owner/*` or `owner/name`, separated by commas. Empty: those that webhooks name or the App is installed on.',
  ),
  enterprises: setting(
    'github.enterprises',
    enterprises(),
    '',
    'Enterprises whose self-hosted runners to count, as named in `https://github.com/enterprises/NAME`. Needs a personal access token (classic) with the scope `manage_runners:enterprise` in `github.token`: GitHub lists these runners to no App and no fine-grained token.',
  ),
  billing: setting(
    'github.billing',
    owners(),
    '',
    'Whose bills to read at GitHub every six hours, to show them beside our estimate of costs: organizations, users, and enterprises as `enterprises/NAME`. Needs the permission *Administration: read* (organization); a token of the person itself, or of an owner or billing manager of the enterprise.',
  ),
  concurrency: setting(
    'github.concurrency',
    kinds.wholeNumber(1, 100, '8'),
    '8',
    'Concurrent requests. GitHub allows 100 for all programs of an account together.',
  ),
  rateLimit: setting(
    'github.rate_limit',
    rateLimit(),
    'auto',
    "Points per minute that each login (an installation of the App, the App itself, the token) may spend, whatever GitHub's headers allow. A request is one point, a new token of an installation five. `auto`: 900 for GitHub.com, as GitHub allows; 3000 for Enterprise Server; no limit on this machine. 0: no limit.",
    'reload',
  ),
  timeoutMs: setting(
    'github.timeout',
    kinds.duration(),
    '30s',
    'Time limit for a complete response from GitHub.',
  ),
  pollIntervalMs: setting(
    'github.poll_interval',
    kinds.duration({ min: '1s', max: '1d' }),
    '30s',
    'Without `webhook.secret`: how often to read a repository with active runs. A quiet repository is read less and less often, down to every 10 minutes.',
  ),
  reservePercent: setting(
    'github.reserve',
    kinds.wholeNumber(0, 90, '20'),
    '20',
    'Percentage of each rate limit that is reserved for recovering lost webhooks.',
  ),
  annotations: setting(
    'github.annotations',
    kinds.flag(),
    'false',
    'Whether to ask GitHub why jobs failed: one request for each job that failed, or was cancelled on its runner, at most 60 a minute and with half of each rate limit left for everything else. Needs the permission Checks: read.',
  ),
} as const;

type GitHubValues = Pick<
  ValuesOf<typeof GITHUB_SETTINGS>,
  'token' | 'appId' | 'appPrivateKey' | 'repositories' | 'enterprises' | 'billing'
>;

/** Whether repositories can be read without any webhook; a value that is invalid is undefined. */
export function canPoll({ token, appPrivateKey, repositories }: Partial<GitHubValues>): boolean {
  return (repositories ?? []).length > 0 && ((token ?? null) !== null || (appPrivateKey ?? null) !== null);
}

/** What is missing for that, where a part of it is there; null: all of it is missing. */
export function whatPollingNeeds({
  token,
  appPrivateKey,
  repositories,
}: Partial<GitHubValues>): string | null {
  const webhooks = 'to receive webhooks, set ANT_WATCHER_WEBHOOK_SECRET';
  if ((token ?? appPrivateKey ?? null) !== null)
    return `to poll without webhooks, name what: ANT_WATCHER_GITHUB_REPOSITORIES=owner/name (or owner/*); ${webhooks}`;
  if ((repositories ?? []).length > 0)
    return `to poll without webhooks, log in: ANT_WATCHER_GITHUB_TOKEN, a token with the permission Actions: read; ${webhooks}`;
  return null;
}

/** What is wrong with the combination of settings, although each of them is valid. */
export function githubProblems(github: GitHubValues): ConfigProblem[] {
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
  if (token !== null || appId !== '') return [];
  const hint = 'set github.token, or github.app_id and github.app_private_key';
  const lists = { repositories, enterprises: github.enterprises, billing: github.billing };
  return Object.entries(lists).flatMap(([name, list]) =>
    list.length === 0
      ? []
      : [problemWith(`github.${name}`, 'is set, and nothing to read them with is', hint)],
  );
}

/** Whether GitHub is asked why jobs failed: nobody would ever ask without a login. */
export function asksReasons(github: {
  readonly annotations: boolean;
  readonly token: string | null;
  readonly appPrivateKey: string | null;
}): boolean {
  return github.annotations && (github.token ?? github.appPrivateKey) !== null;
}

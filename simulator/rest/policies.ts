import type { Account } from '../model.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, notFound, refuse } from './response.ts';

const POLICIES = [
  'ip allow list',
  'SAML',
  'classic tokens forbidden',
  'blocked',
  'suspended',
  'removed',
  'hidden',
] as const;

/**
 * Why an account, or one of its repositories, is suddenly closed to us. `suspended` and `removed` are
 * what happens to the App's installation; `hidden`: as if it did not exist, as for a token that lost its
 * access.
 */
export type Policy = (typeof POLICIES)[number];

/** By the login of an account, or the full name of a repository; may be changed at any time. */
export type Policies = Map<string, Policy>;

const ALTHOUGH = 'Although you appear to have the correct authorization credentials,';

/** In GitHub's words. */
const REFUSALS: Readonly<Record<Policy, (login: string) => ApiResponse>> = {
  'ip allow list': (login) =>
    refuse(
      403,
      `${ALTHOUGH} the \`${login}\` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.`,
    ),
  SAML: () =>
    refuse(
      403,
      'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.',
    ),
  'classic tokens forbidden': (login) =>
    refuse(
      403,
      `\`${login}\` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal access token with fine-grained permissions.`,
    ),
  blocked: () => refuse(451, 'Repository access blocked'),
  suspended: () => refuse(403, 'This installation has been suspended'),
  removed: () => refuse(401, 'Bad credentials'),
  hidden: notFound,
};

/** Why requests for that account or repository are refused now. */
export function refusalByPolicy(
  policies: Policies,
  { path, caller }: Pick<ApiRequest, 'path' | 'caller'>,
  installations: readonly { readonly id: number; readonly account: Account }[],
): ApiResponse | undefined {
  const ofPath = installations.find(({ id }) => String(id) === path.installation_id)?.account.login;
  const ofCaller = caller.kind === 'installation' ? caller.token.installation.account.login : undefined;
  const login = path.owner ?? path.org ?? path.username ?? ofPath ?? ofCaller;
  if (login === undefined) return undefined;
  const policy = policies.get(`${login}/${path.repo}`) ?? policies.get(login);
  if (policy === undefined) return undefined;
  // The App itself is known; its installation is not.
  return policy === 'removed' && caller.kind === 'app' ? notFound() : REFUSALS[policy](login);
}

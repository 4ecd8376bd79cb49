import { timeText } from '../github-text.ts';
import { accountObject, repositoryObject } from '../payload-repository.ts';
import type { Permissions } from './caller.ts';
import type { Installation } from './directory.ts';
import { type ApiContext, type Endpoint, PAGING } from './endpoint.ts';
import { pageOf } from './pages.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, notFound, ok, refuse } from './response.ts';

/*
 * The App and its installations: https://docs.github.com/en/rest/apps/apps
 */

const API = 'https://api.github.com';
const SLUG = 'ant-watcher-simulated';
const MADE_AT = '2026-01-12T09:14:03Z';
const EVENTS = [
  ...['deployment', 'deployment_review', 'deployment_status'],
  ...['workflow_dispatch', 'workflow_job', 'workflow_run'],
];

/** What the App asked for when it was installed. */
const PERMISSIONS: Permissions = {
  actions: 'read',
  administration: 'read',
  checks: 'read',
  deployments: 'read',
  metadata: 'read',
  organization_hooks: 'write',
  organization_self_hosted_runners: 'read',
  organization_administration: 'read',
  repository_hooks: 'write',
};

export const APP_ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/app',
    access: { to: 'app' },
    parameters: [],
    answer: (_, context) => ok(appBody(context)),
  },
  {
    method: 'GET',
    path: '/app/installations',
    access: { to: 'app' },
    parameters: PAGING,
    answer(request, context) {
      const { directory, policies } = context;
      const present = directory.installations.filter(
        ({ account }) => policies.get(account.login) !== 'removed',
      );
      const { entries, links } = pageOf(present, request);
      return ok(
        entries.map((each) => installationBody(each, context)),
        { links },
      );
    },
  },
  {
    method: 'POST',
    path: '/app/installations/{installation_id}/access_tokens',
    access: { to: 'app' },
    parameters: [],
    answer: createToken,
  },
];

function granted({ withdrawn }: ApiContext): Permissions {
  return Object.fromEntries(Object.entries(PERMISSIONS).filter(([name]) => !withdrawn.has(name)));
}

/** A token for everything the App may do, or for the part named in the body. */
function createToken({ path, body }: ApiRequest, context: ApiContext): ApiResponse {
  const { directory, credentials } = context;
  const installation = directory.installations.find((each) => String(each.id) === path.installation_id);
  if (installation === undefined) return notFound();
  const wanted = (body ?? {}) as { permissions?: Permissions; repository_ids?: number[] };
  const all = granted(context);
  const permissions = wanted.permissions ?? all;
  if (Object.keys(permissions).some((name) => !(name in all))) {
    return refuse(422, 'The permissions requested are not granted to this installation.');
  }
  const repositories = directory.repositoriesOf(installation.account);
  const chosen = wanted.repository_ids?.map((id) => repositories.find((each) => each.id === id));
  if (chosen?.includes(undefined)) {
    return refuse(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  }
  const token = credentials.issue(installation, permissions, wanted.repository_ids ?? null);
  return {
    status: 201,
    body: {
      token: token.text,
      expires_at: timeText(token.expiresMs),
      permissions,
      repository_selection: chosen === undefined ? 'all' : 'selected',
      ...(chosen && { repositories: chosen.flatMap((each) => (each ? [listed(each)] : [])) }),
    },
  };
}

function listed(repository: Parameters<typeof repositoryObject>[0]): object {
  const { custom_properties: _, ...body } = repositoryObject(repository) as Record<string, unknown>;
  return body;
}

/** Schema `integration`. */
function appBody(context: ApiContext): object {
  const { directory, app } = context;
  const owner = directory.installations[0]?.account;
  return {
    id: app?.id,
    client_id: app?.clientId,
    slug: SLUG,
    node_id: 'A_kwDOAnrqws4AD-lr',
    owner: owner && accountObject(owner),
    name: 'ant-watcher (simulated)',
    description: 'Numbers you can trust about GitHub Actions',
    external_url: 'https://example.com/ant-watcher',
    html_url: `https://github.com/apps/${SLUG}`,
    created_at: MADE_AT,
    updated_at: MADE_AT,
    permissions: granted(context),
    events: EVENTS,
    installations_count: directory.installations.length,
  };
}

/** Schema `installation`. */
function installationBody({ id, account }: Installation, context: ApiContext): object {
  const isOrganization = account.type === 'Organization';
  const settings = isOrganization ? `organizations/${account.login}/settings` : 'settings';
  return {
    id,
    account: accountObject(account),
    repository_selection: 'all',
    access_tokens_url: `${API}/app/installations/${id}/access_tokens`,
    repositories_url: `${API}/installation/repositories`,
    html_url: `https://github.com/${settings}/installations/${id}`,
    app_id: context.app?.id,
    app_slug: SLUG,
    target_id: account.id,
    target_type: account.type,
    permissions: granted(context),
    events: EVENTS,
    created_at: MADE_AT,
    updated_at: MADE_AT,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    ...(context.policies.get(account.login) === 'suspended'
      ? { suspended_by: accountObject(context.tokenOwner), suspended_at: MADE_AT }
      : { suspended_by: null, suspended_at: null }),
  };
}

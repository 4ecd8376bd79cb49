import { timeText } from '../github-text.ts';
import type { Account, Repository } from '../model.ts';
import { installationOf } from '../payload-context.ts';
import { repositoryUrl } from '../payload-repository.ts';
import { signRequest } from '../signed-request.ts';
import { type LoggedDelivery, statusText } from './delivery-log.ts';
import { type ApiContext, type Endpoint, ofRepository, PAGING } from './endpoint.ts';
import { pageAfterCursor, pageOf } from './pages.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, notFound, ok, refuse } from './response.ts';

/*
 * Webhooks and the outcomes of their deliveries, for the three kinds of hooks:
 * https://docs.github.com/en/rest/apps/webhooks, https://docs.github.com/en/rest/repos/webhooks,
 * https://docs.github.com/en/rest/orgs/webhooks
 */

const CURSOR = ['per_page', 'cursor', 'status'];
const CREATED_AT = '2026-01-12T09:14:03Z';
const API = 'https://api.github.com';

/** Selects the deliveries of the hook in the path; undefined: there is no such hook. */
type Pick = (request: ApiRequest, context: ApiContext) => ((each: LoggedDelivery) => boolean) | undefined;

const ofApp: Pick = (_, { hooks }) => (hooks.includes('app') ? () => true : undefined);

const ofOrganizationHook: Pick = ({ path }, { directory, hooks, hookEvents }) => {
  const account = directory.account(path.org);
  if (!hooks.includes('organization') || account === undefined) return undefined;
  if (path.hook_id !== String(hookIdOf(account))) return undefined;
  return ({ delivery }) => hookEvents.includes(delivery.event) && delivery.repository.owner.id === account.id;
};

const ofRepositoryHook: Pick = ({ path }, { directory, hooks, hookEvents }) => {
  const repository = directory.repository(path.owner, path.repo);
  if (!hooks.includes('repository') || repository === undefined) return undefined;
  if (path.hook_id !== String(hookIdOf(repository))) return undefined;
  return ({ delivery }) => hookEvents.includes(delivery.event) && delivery.repository.id === repository.id;
};

export const HOOK_ENDPOINTS: readonly Endpoint[] = [
  ...deliveryEndpoints('/app/hook', { to: 'app' }, ofApp),
  ...deliveryEndpoints(
    '/repos/{owner}/{repo}/hooks/{hook_id}',
    { to: 'repository', permission: 'repository_hooks' },
    ofRepositoryHook,
  ),
  ...deliveryEndpoints(
    '/orgs/{org}/hooks/{hook_id}',
    { to: 'organization', permission: 'organization_hooks' },
    ofOrganizationHook,
  ),
  ofRepository('/hooks', 'repository_hooks', PAGING, (repository, request, context) => {
    const all = context.hooks.includes('repository') ? [repositoryHook(repository, context)] : [];
    const { entries, links } = pageOf(all, request);
    return ok(entries, { links });
  }),
  {
    method: 'GET',
    path: '/orgs/{org}/hooks',
    access: { to: 'organization', permission: 'organization_hooks' },
    parameters: PAGING,
    answer(request, context) {
      const account = context.directory.account(request.path.org);
      const all =
        account && context.hooks.includes('organization') ? [organizationHook(account, context)] : [];
      const { entries, links } = pageOf(all, request);
      return ok(entries, { links });
    },
  },
];

function deliveryEndpoints(path: string, access: Endpoint['access'], pick: Pick): Endpoint[] {
  const one = `${path}/deliveries/{delivery_id}`;
  const find = (request: ApiRequest, context: ApiContext) => {
    const isOfHook = pick(request, context);
    const entries = isOfHook === undefined ? [] : context.log.entries().filter(isOfHook);
    return entries.find((each) => String(each.id) === request.path.delivery_id);
  };
  return [
    {
      method: 'GET',
      path: `${path}/deliveries`,
      access,
      parameters: CURSOR,
      answer: (request, context) =>
        listDeliveries(pick(request, context), access.to === 'app', request, context),
    },
    {
      method: 'GET',
      path: one,
      access,
      parameters: [],
      answer(request, context) {
        const found = find(request, context);
        return found === undefined ? notFound() : ok(detailOf(found, access.to === 'app', context));
      },
    },
    {
      method: 'POST',
      path: `${one}/attempts`,
      access,
      parameters: [],
      answer(request, context) {
        const found = find(request, context);
        if (found === undefined) return notFound();
        context.redeliver(found.delivery);
        return { status: 202, body: {} };
      },
    },
  ];
}

function listDeliveries(
  isOfHook: ((each: LoggedDelivery) => boolean) | undefined,
  isApp: boolean,
  request: ApiRequest,
  { log }: ApiContext,
): ApiResponse {
  if (isOfHook === undefined) return notFound();
  const status = request.query.get('status');
  const matching = log.entries().filter((each) => isOfHook(each) && hasStatus(each, status));
  const page = pageAfterCursor(matching, request);
  if (page === undefined) return refuse(422, 'Invalid cursor');
  return ok(
    page.entries.map((each) => itemOf(each, isApp)),
    { links: page.links },
  );
}

/** The filter knows only HTTP statuses: a delivery without an answer is neither a success nor a failure. */
function hasStatus({ outcome }: LoggedDelivery, wanted: string | null): boolean {
  const status = outcome.status ?? 0;
  if (wanted === 'success') return status >= 200 && status <= 399;
  return wanted !== 'failure' || (status >= 400 && status <= 599);
}

function itemOf({ id, delivery, deliveredMs, redelivery, outcome }: LoggedDelivery, isApp: boolean): object {
  return {
    id,
    guid: delivery.guid,
    delivered_at: timeText(deliveredMs),
    redelivery,
    duration: Math.round(outcome.tookMs / 10) / 100,
    status: statusText(outcome),
    // Not documented for deliveries without an answer.
    status_code: outcome.status ?? 0,
    event: delivery.event,
    action: delivery.action,
    installation_id: isApp ? installationOf(delivery.repository.owner).id : null,
    repository_id: delivery.repository.id,
    throttled_at: null,
  };
}

function detailOf(entry: LoggedDelivery, isApp: boolean, { secret, webhookUrl }: ApiContext): object {
  const { delivery, outcome } = entry;
  const { event, guid } = delivery;
  const body = delivery.body();
  const hasAnswer = outcome.status !== null;
  return {
    ...itemOf(entry, isApp),
    url: webhookUrl,
    request: {
      headers: signRequest({ event, guid, body }, secret, false).headers,
      payload: JSON.parse(body),
    },
    response: { headers: hasAnswer ? outcome.headers : null, payload: hasAnswer ? outcome.body : null },
  };
}

function hookIdOf({ id }: Account | Repository): number {
  return 500_000_000 + (id % 100_000_000);
}

function repositoryHook(repository: Repository, context: ApiContext): object {
  const url = `${repositoryUrl(repository)}/hooks/${hookIdOf(repository)}`;
  const hook = hookObject('Repository', hookIdOf(repository), url, context);
  return { ...hook, test_url: `${url}/test`, last_response: { code: null, status: 'unused', message: null } };
}

function organizationHook(account: Account, context: ApiContext): object {
  const url = `${API}/orgs/${account.login}/hooks/${hookIdOf(account)}`;
  return hookObject('Organization', hookIdOf(account), url, context);
}

function hookObject(type: string, id: number, url: string, { webhookUrl, hookEvents }: ApiContext): object {
  return {
    type,
    id,
    name: 'web',
    active: true,
    events: hookEvents,
    config: { url: webhookUrl, content_type: 'json', insecure_ssl: '0', secret: '********' },
    url,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    created_at: CREATED_AT,
    updated_at: CREATED_AT,
  };
}

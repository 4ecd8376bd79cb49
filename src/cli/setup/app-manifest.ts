/*
 * What a GitHub App for ant-watcher may read and is sent: no more than is used. GitHub refuses a manifest as a whole
 * if an event has no permission that it belongs to, if an event is listed that every App gets (`installation`), or if
 * the hook has no URL. https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */

/** What the App is for. */
export interface AppPlan {
  readonly name: string;
  /** The organization that owns the App; null: whoever creates it. */
  readonly org: string | null;
  /** Where GitHub sends webhooks: the public address of `webhook.path`. */
  readonly webhookUrl: string;
  readonly parts: readonly AppPart[];
}

interface Need {
  readonly what: string;
  /** Names of permissions as the API has them; each is only to be read. */
  readonly permissions: readonly string[];
  readonly events: readonly string[];
}

/** What people may leave out or add. */
export const APP_PARTS = {
  runs: {
    what: 'runs and jobs, and the recovery of lost webhooks',
    permissions: ['actions', 'metadata'],
    events: ['workflow_job', 'workflow_run'],
  },
  deployments: {
    what: 'deployments and approvals by environment',
    permissions: ['deployments'],
    events: ['deployment', 'deployment_status', 'deployment_review', 'deployment_protection_rule'],
  },
  dispatches: {
    what: 'workflow_dispatch events; GitHub wants this permission for them',
    permissions: ['contents'],
    events: ['workflow_dispatch'],
  },
  annotations: {
    what: 'why a job failed, from its annotations (github.annotations)',
    permissions: ['checks'],
    events: [],
  },
  runners: {
    what: 'self-hosted runners of an organization',
    permissions: ['organization_self_hosted_runners'],
    events: [],
  },
  teams: {
    what: 'changes of custom properties at once (metrics.repository_labels)',
    permissions: ['organization_custom_properties'],
    events: ['custom_property_values', 'repository'],
  },
  billing: {
    what: 'what GitHub billed an organization (github.billing)',
    permissions: ['organization_administration'],
    events: [],
  },
} as const satisfies Readonly<Record<string, Need>>;

export type AppPart = keyof typeof APP_PARTS;

/** Without which there is nothing to count. */
export const NEEDED_PART: AppPart = 'runs';
export const USUAL_PARTS: readonly AppPart[] = [NEEDED_PART, 'deployments', 'runners'];
/** A person's own App can't be given the permissions of an organization, and GitHub refuses to make it. */
const OF_ORGANIZATIONS: readonly AppPart[] = ['runners', 'teams', 'billing'];

export function isPart(text: string): text is AppPart {
  return Object.hasOwn(APP_PARTS, text);
}

/** The part needs an organization. */
export function needsOrganization(part: AppPart): boolean {
  return OF_ORGANIZATIONS.includes(part);
}

export interface AppManifest {
  readonly name: string;
  readonly description: string;
  readonly url: string;
  readonly public: false;
  readonly hook_attributes: { readonly url: string; readonly active: true };
  readonly redirect_url?: string;
  readonly default_permissions: Readonly<Record<string, 'read'>>;
  readonly default_events: readonly string[];
}

/** The manifest, as GitHub takes it. `redirectUrl`: where GitHub sends the browser; null: nowhere. */
export function manifestOf({ name, webhookUrl, parts }: AppPlan, redirectUrl: string | null): AppManifest {
  const needs: readonly Need[] = parts.map((part) => APP_PARTS[part]);
  return {
    name,
    description: 'ant-watcher: numbers about GitHub Actions. It only reads.',
    url: new URL(webhookUrl).origin,
    public: false,
    hook_attributes: { url: webhookUrl, active: true },
    ...(redirectUrl === null ? {} : { redirect_url: redirectUrl }),
    default_permissions: Object.fromEntries(
      needs.flatMap(({ permissions }) => permissions.map((each) => [each, 'read'] as const)),
    ),
    default_events: needs.flatMap(({ events }) => events),
  };
}

/** The page at GitHub that takes a manifest, or the parameters of `formUrlOf`. */
export function newAppUrl(webUrl: string, org: string | null): URL {
  return new URL(
    org === null ? `${webUrl}/settings/apps/new` : `${webUrl}/organizations/${org}/settings/apps/new`,
  );
}

/**
 * The same page with its form filled in, for a browser on another machine.
 * https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-using-url-parameters
 */
export function formUrlOf(webUrl: string, plan: AppPlan): URL {
  const { name, description, url, hook_attributes, default_permissions, default_events } = manifestOf(
    plan,
    null,
  );
  const form = newAppUrl(webUrl, plan.org);
  const fields = { name, description, url, public: 'false', webhook_active: 'true' };
  for (const [key, value] of Object.entries({
    ...fields,
    webhook_url: hook_attributes.url,
    ...default_permissions,
  }))
    form.searchParams.set(key, value);
  for (const event of default_events) form.searchParams.append('events[]', event);
  return form;
}

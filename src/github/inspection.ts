import type { ApiResult, GetOptions, GitHub } from '../domain/github-api.ts';
import { ANNOTATIONS } from './annotations.ts';
import { entriesOf, mapped } from './answers.ts';
import { openBilling } from './billing.ts';
import { integerOf, type Json, objectOf, textOf, textsOf, timeMsOf } from './fields.ts';
import { readOwned } from './owned-repositories.ts';
import { isListOf, isNumbered, isObject, isRepository, isRun } from './shapes.ts';

/*
 * What can be seen of our setup at GitHub: limits, repositories, hooks and their latest deliveries.
 */

/** A webhook; `log` is the route of its delivery log. */
export interface SeenHook {
  /** For people: `the App`, `octo`, `octo/ants`. */
  readonly of: string;
  readonly isActive: boolean;
  readonly events: readonly string[];
  /** Null where it can't be seen. */
  readonly config: HookConfig | null;
  readonly log: string;
  readonly owner: string | null;
  readonly params: Readonly<Record<string, string | number>>;
}

/**
 * Where and how a hook sends
 * (https://docs.github.com/rest/apps/webhooks#get-a-webhook-configuration-for-an-app).
 */
export interface HookConfig {
  /** Never shown: it may contain a key. */
  readonly url: string;
  readonly contentType: string;
  /** Certificates are verified. */
  readonly isVerified: boolean;
  readonly hasSecret: boolean;
}

export interface SeenDelivery {
  readonly guid: string;
  readonly event: string;
  readonly atMs: number | null;
  readonly isDelivered: boolean;
  /** GitHub's words. */
  readonly status: string;
}

export interface Limit {
  readonly limit: number;
  readonly remaining: number;
}

export interface SeenRepository {
  /** Its full name; null: none is seen. */
  readonly name: string | null;
  /** As `OwnedRepositories` has it. */
  readonly leftOut: string | null;
}

export interface GitHubInspection {
  /** The limit of the credential for that owner; with null, of the token. */
  limit(owner: string | null): Promise<ApiResult<Limit | null>>;
  /** Any repository of that owner that we see, and what the list of them is known to lack. */
  anyRepository(owner: string, isInstalled: boolean): Promise<ApiResult<SeenRepository>>;
  /** Whether runs of a repository can be read. */
  runs(repository: string): Promise<ApiResult<unknown>>;
  /** Whether annotations of a job can be read: those of the latest run's first one. `ok` where nothing ran yet. */
  annotations(repository: string): Promise<ApiResult<unknown>>;
  /** Whether runners of an organization can be read. `missing` for a user. */
  runners(owner: string): Promise<ApiResult<unknown>>;
  /** Whether runners of an enterprise can be read. */
  enterpriseRunners(enterprise: string): Promise<ApiResult<unknown>>;
  /** Whether what an organization, user or enterprise is billed can be read. */
  bill(owner: string): Promise<ApiResult<unknown>>;
  appHook(): Promise<ApiResult<readonly SeenHook[]>>;
  /** Of an organization, or as `owner/name` of a repository. */
  hooks(target: string): Promise<ApiResult<readonly SeenHook[]>>;
  /** The latest hundred. */
  deliveries(hook: SeenHook): Promise<ApiResult<readonly SeenDelivery[]>>;
}

const ONE = { per_page: 1 };
const PAGE = { per_page: 100 };
const JOBS = '/repos/{owner}/{repo}/actions/runs/{run_id}/jobs';

type Reader = Pick<GitHub, 'get' | 'pages'>;

export function openInspection(github: Reader): GitHubInspection {
  return {
    limit: async (owner) => mapped(await read(github, '/rate_limit', owner), limitOf),
    anyRepository: (owner, isInstalled) => anyRepository(github, owner, isInstalled),
    runs: (repository) => runsOf(github, repository),
    annotations: (repository) => annotationsOf(github, repository),
    runners: (owner) =>
      read(github, '/orgs/{org}/actions/runners', owner, ONE, isListOf(isObject, 'runners')),
    enterpriseRunners: (enterprise) =>
      read(
        github,
        '/enterprises/{enterprise}/actions/runners',
        null,
        { enterprise, ...ONE },
        isListOf(isObject, 'runners'),
      ),
    bill: (owner) => openBilling(github).usage(owner, [new Date().toISOString().slice(0, 10)]),
    appHook: () => appHook(github),
    hooks: (target) => hooksOf(github, target),
    async deliveries({ log, owner, params }) {
      const found = await read(github, log, owner, { ...params, ...PAGE }, isListOf(isObject));
      return mapped(found, (data) => entriesOf(data).map(deliveryOf));
    },
  };
}

function read(
  github: Reader,
  route: string,
  owner: string | null,
  params: GetOptions['params'] = {},
  isReadable = isObject,
): Promise<ApiResult<unknown>> {
  return github.get(route, { owner, priority: 'recovery', params, isReadable });
}

async function anyRepository(
  github: Reader,
  owner: string,
  isInstalled: boolean,
): Promise<ApiResult<SeenRepository>> {
  const [route, member] = isInstalled
    ? ['/installation/repositories', 'repositories']
    : ['/orgs/{org}/repos', undefined];
  const found = await read(github, route, owner, ONE, isListOf(isRepository, member));
  if (found.kind !== 'missing' || isInstalled)
    return mapped(found, (data) => ({
      name: textOf(entriesOf(data, member)[0]?.['full_name']),
      leftOut: null,
    }));
  const owned = await readOwned(github, owner, false);
  return mapped(owned, ({ names, leftOut }) => ({ name: names[0] ?? null, leftOut }));
}

function runsOf(github: Reader, repository: string): Promise<ApiResult<unknown>> {
  const [owner = '', repo = ''] = repository.split('/');
  const isReadable = isListOf(isRun, 'workflow_runs');
  return read(github, '/repos/{owner}/{repo}/actions/runs', owner, { repo, ...ONE }, isReadable);
}

/** GitHub has no list of all annotations: a job is needed, whose id is that of its check run. */
async function annotationsOf(github: Reader, repository: string): Promise<ApiResult<unknown>> {
  const [owner = '', repo = ''] = repository.split('/');
  const runs = await runsOf(github, repository);
  const runId = firstIdIn(runs, 'workflow_runs');
  if (runId === null) return runs;
  const ofRun = { repo, run_id: runId, ...ONE };
  const jobs = await read(github, JOBS, owner, ofRun, isListOf(isNumbered, 'jobs'));
  const jobId = firstIdIn(jobs, 'jobs');
  if (jobId === null) return jobs;
  return read(github, ANNOTATIONS, owner, { repo, check_run_id: jobId, ...ONE }, isListOf(isObject));
}

function firstIdIn(answer: ApiResult<unknown>, member: string): number | null {
  return answer.kind === 'ok' ? integerOf(entriesOf(answer.data, member)[0]?.['id']) : null;
}

async function appHook(github: Reader): Promise<ApiResult<readonly SeenHook[]>> {
  const answer = await read(github, '/app', null);
  const config = answer.kind === 'ok' ? await read(github, '/app/hook/config', null) : answer;
  return mapped(answer, (data) => {
    const events = textsOf(objectOf(data)?.['events']);
    const sent = { events, config: config.kind === 'ok' ? configOf(config.data) : null };
    const log = '/app/hook/deliveries';
    return [{ of: 'the App', isActive: true, ...sent, log, owner: null, params: {} }];
  });
}

async function hooksOf(github: Reader, target: string): Promise<ApiResult<readonly SeenHook[]>> {
  const [owner = '', repo] = target.split('/');
  const route = repo === undefined ? '/orgs/{org}/hooks' : '/repos/{owner}/{repo}/hooks';
  const params: Record<string, string> = repo === undefined ? {} : { repo };
  const answer = await read(github, route, owner, { ...params, ...PAGE }, isListOf(isNumbered));
  return mapped(answer, (data) => entriesOf(data).flatMap((entry) => hookOf(entry, target, route, params)));
}

function limitOf(data: unknown): Limit | null {
  const core = objectOf(objectOf(objectOf(data)?.['resources'])?.['core']);
  const [limit, remaining] = [integerOf(core?.['limit']), integerOf(core?.['remaining'])];
  return limit === null || remaining === null ? null : { limit, remaining };
}

function hookOf(entry: Json, target: string, route: string, params: Record<string, string>): SeenHook[] {
  const id = integerOf(entry['id']);
  if (id === null) return [];
  const [owner = ''] = target.split('/');
  return [
    {
      of: target,
      isActive: entry['active'] === true,
      events: textsOf(entry['events']),
      config: configOf(entry['config']),
      log: `${route}/{hook_id}/deliveries`,
      owner,
      params: { ...params, hook_id: id },
    },
  ];
}

function configOf(value: unknown): HookConfig | null {
  const config = objectOf(value);
  const url = textOf(config?.['url']);
  if (config === null || url === null) return null;
  return {
    url,
    // GitHub's default.
    contentType: textOf(config['content_type']) ?? 'form',
    isVerified: String(config['insecure_ssl'] ?? '0') === '0',
    hasSecret: (textOf(config['secret']) ?? '') !== '',
  };
}

function deliveryOf(entry: Json): SeenDelivery {
  const status = textOf(entry['status']) ?? 'unknown';
  return {
    guid: textOf(entry['guid']) ?? '',
    event: textOf(entry['event']) ?? '',
    atMs: timeMsOf(entry['delivered_at']),
    isDelivered: status === 'OK',
    status,
  };
}

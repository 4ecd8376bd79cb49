import { timeText } from '../github-text.ts';
import type { Account, Repository } from '../model.ts';
import { accountObject, repositoryObject } from '../payload-repository.ts';
import { workflowObject } from '../payload-run.ts';
import { sees } from './access.ts';
import { type ApiContext, type Endpoint, ofRepository, PAGING } from './endpoint.ts';
import { pageOf } from './pages.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, notFound, ok, refuse } from './response.ts';

/*
 * Repositories and the workflows in their YAML files: https://docs.github.com/en/rest/repos/repos,
 * https://docs.github.com/en/rest/actions/workflows
 */

const ORDER = ['sort', 'direction'];

export const REPOSITORY_ENDPOINTS: readonly Endpoint[] = [
  ofRepository('', 'metadata', [], (repository, _, context) => {
    const pushedMs = pushOf(repository, context);
    return ok(fullBody(repository, pushedMs), { lastModifiedMs: pushedMs });
  }),
  ofRepository('/actions/workflows', 'actions', PAGING, (repository, request) => {
    const { entries, links } = pageOf(repository.workflows, request);
    const workflows = entries.map((each) => workflowObject(repository, each));
    return ok({ total_count: repository.workflows.length, workflows }, { links });
  }),
  {
    method: 'GET',
    path: '/orgs/{org}/repos',
    access: { to: 'organization', permission: 'metadata' },
    parameters: [...PAGING, ...ORDER, 'type'],
    answer: (request, context) =>
      listOf(context.directory.account(request.path.org), 'created', request, context),
  },
  {
    method: 'GET',
    path: '/users/{username}/repos',
    access: { to: 'anyone' },
    parameters: [...PAGING, ...ORDER, 'type'],
    answer(request, context) {
      const account = context.directory.account(request.path.username);
      // For a user it shows what is public, whoever asks.
      return listOf(account, 'full_name', { ...request, caller: { kind: 'anonymous' } }, context);
    },
  },
  {
    method: 'GET',
    path: '/user',
    access: { to: 'person' },
    parameters: [],
    answer: (_, { tokenOwner }) => ok(personBody(tokenOwner)),
  },
  {
    method: 'GET',
    path: '/user/repos',
    access: { to: 'person' },
    parameters: [...PAGING, 'affiliation'],
    answer: listOfPerson,
  },
  {
    method: 'GET',
    path: '/installation/repositories',
    access: { to: 'installation' },
    parameters: PAGING,
    answer: listOfInstallation,
  },
];

function listOf(
  account: Account | undefined,
  order: string,
  request: ApiRequest,
  context: ApiContext,
): ApiResponse {
  if (account === undefined) return notFound();
  const { query, caller } = request;
  const type = query.get('type') ?? 'all';
  const found = context.directory
    .repositoriesOf(account)
    .filter((each) => sees(caller, each) && isOfType(each, type))
    .map((repository) => ({ repository, pushedMs: pushOf(repository, context) }));
  const sort = query.get('sort') ?? order;
  found.sort((a, b) => compare(a, b, sort));
  // By default by name from A on, by time from the newest on.
  const direction = query.get('direction') ?? (sort === 'full_name' ? 'asc' : 'desc');
  const { entries, links } = pageOf(direction === 'asc' ? found : found.reverse(), request);
  return ok(
    entries.map(({ repository, pushedMs }) => minimalBody(repository, pushedMs)),
    { links },
  );
}

function listOfInstallation(request: ApiRequest, context: ApiContext): ApiResponse {
  const { caller } = request;
  if (caller.kind !== 'installation') return notFound();
  const { installation, repositoryIds } = caller.token;
  const all = context.directory
    .repositoriesOf(installation.account)
    .filter((each) => repositoryIds === null || repositoryIds.includes(each.id));
  const { entries, links } = pageOf(all, request);
  const repositories = entries.map((each) => minimalBody(each, pushOf(each, context)));
  return ok(
    {
      total_count: all.length,
      repository_selection: repositoryIds === null ? 'all' : 'selected',
      repositories,
    },
    { links },
  );
}

/**
 * What the person owns; nobody is invited anywhere in this world, and repositories of organizations are not
 * requested.
 */
function listOfPerson(request: ApiRequest, context: ApiContext): ApiResponse {
  const affiliation = request.query.get('affiliation')?.split(',') ?? [];
  if (affiliation.length === 0 || affiliation.includes('organization_member'))
    return refuse(501, 'The simulator lists only owner and collaborator.');
  const found = affiliation.includes('owner') ? context.directory.repositoriesOf(context.tokenOwner) : [];
  const { entries, links } = pageOf(found, request);
  return ok(
    entries.map((each) => minimalBody(each, pushOf(each, context))),
    { links },
  );
}

function isOfType(repository: Repository, type: string): boolean {
  if (type === 'public') return !repository.private;
  return type === 'private' ? repository.private : true;
}

interface Found {
  readonly repository: Repository;
  readonly pushedMs: number;
}

function compare(a: Found, b: Found, sort: string): number {
  if (sort === 'full_name') return a.repository.fullName < b.repository.fullName ? -1 : 1;
  // All repositories in the world were created at the same moment.
  if (sort === 'created') return a.repository.id - b.repository.id;
  return a.pushedMs - b.pushedMs || a.repository.id - b.repository.id;
}

/** The last push that started a run, otherwise the beginning of the world. */
function pushOf(repository: Repository, { history }: ApiContext): number {
  const last = history.runsOf(repository).find((run) => run.event === 'push');
  return last?.createdMs ?? history.world.startMs;
}

/** Schema `minimal-repository`; `custom_properties` only for callers that may see the repository itself. */
function minimalBody(repository: Repository, pushedMs: number): object {
  const { custom_properties: _, ...body } = repositoryObject(repository) as Record<string, unknown>;
  return { ...body, pushed_at: timeText(pushedMs), updated_at: timeText(pushedMs) };
}

/** Schema `public-user`. */
function personBody(account: Account): object {
  const profile = {
    name: null,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
  };
  const counts = { public_repos: 1, public_gists: 0, followers: 2, following: 3 };
  const times = { created_at: '2014-01-28T09:30:11Z', updated_at: '2026-01-12T09:14:03Z' };
  return { ...accountObject(account), ...profile, ...counts, ...times };
}

/** Schema `full-repository`. */
function fullBody(repository: Repository, pushedMs: number): object {
  const { owner } = repository;
  return {
    ...repositoryObject(repository),
    pushed_at: timeText(pushedMs),
    updated_at: timeText(pushedMs),
    network_count: 3,
    subscribers_count: 7,
    ...(owner.type === 'Organization' ? { organization: accountObject(owner) } : {}),
  };
}

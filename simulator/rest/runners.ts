import type { Account, Repository, Runner, RunnerGroup } from '../model.ts';
import { MAX_RUN_MS } from '../run-life.ts';
import { type ApiContext, type Endpoint, ofRepository, PAGING } from './endpoint.ts';
import { ENTERPRISE, isEnterprise } from './enterprise.ts';
import { pageOf } from './pages.ts';
import type { ApiRequest } from './request.ts';
import { type ApiResponse, notFound, ok } from './response.ts';

/*
 * Self-hosted runners: https://docs.github.com/en/rest/actions/self-hosted-runners. Those of an organization
 * are its build machines, which stay, and the ephemeral ones of the jobs under way; a personal repository has
 * those of its jobs.
 */

export const RUNNER_ENDPOINTS: readonly Endpoint[] = [
  ofRepository('/actions/runners', 'administration', [...PAGING, 'name'], (repository, request, context) => {
    if (repository.owner.type === 'Organization') return listRunners([], request);
    return listRunners(
      busyRunners(context, (each) => each.id === repository.id),
      request,
    );
  }),
  {
    method: 'GET',
    path: '/orgs/{org}/actions/runners',
    access: { to: 'organization', permission: 'organization_self_hosted_runners' },
    parameters: [...PAGING, 'name'],
    answer(request, context) {
      const account = context.directory.account(request.path.org);
      return account === undefined ? notFound() : listRunners(runnersOf(account, context), request);
    },
  },
  {
    method: 'GET',
    path: '/orgs/{org}/actions/runner-groups',
    access: { to: 'organization', permission: 'organization_self_hosted_runners' },
    parameters: PAGING,
    answer(request, context) {
      const all = groupsIn(context);
      const { entries, links } = pageOf(all, request);
      const groups = entries.map((group) => groupBody(group, request.path['org'] ?? ''));
      return ok({ total_count: all.length, runner_groups: groups }, { links });
    },
  },
  {
    method: 'GET',
    path: '/enterprises/{enterprise}/actions/runners',
    access: { to: 'enterprise', permission: 'manage_runners:enterprise' },
    parameters: [...PAGING, 'name'],
    answer: (request) =>
      isEnterprise(request.path.enterprise) ? listRunners(OF_ENTERPRISE, request) : notFound(),
  },
  {
    method: 'GET',
    path: '/enterprises/{enterprise}/actions/runner-groups',
    access: { to: 'enterprise', permission: 'manage_runners:enterprise' },
    parameters: PAGING,
    answer(request) {
      if (!isEnterprise(request.path.enterprise)) return notFound();
      return ok({ total_count: 1, runner_groups: [enterpriseGroupBody()] });
    },
  },
];

/** Machines for all organizations of the enterprise. Nothing simulated runs on them. */
const SHARED_GROUP = { id: 1, name: 'Shared machines' };

interface PresentRunner extends Runner {
  readonly labels: readonly string[];
  readonly busy: boolean;
  readonly isOnline: boolean;
  readonly isEphemeral: boolean;
}

const OF_ENTERPRISE: readonly PresentRunner[] = [901, 902, 903].map((id) => ({
  ...{ id, name: `shared-${id}`, groupId: SHARED_GROUP.id, groupName: SHARED_GROUP.name },
  labels: ['self-hosted', 'macOS', 'ARM64'],
  ...{ busy: id === 902, isOnline: true, isEphemeral: false },
}));

function runnersOf(account: Account, context: ApiContext): PresentRunner[] {
  const busy = busyRunners(context, ({ owner }) => owner.id === account.id);
  const machines = groupsIn(context).flatMap(({ id: groupId, name: groupName, machines }) =>
    machines.map(({ id, name, labels, isOffAtRest }): PresentRunner => {
      const idle = { id, name, groupId, groupName, labels };
      const isOnline = !isOffAtRest;
      return busy.find((each) => each.id === id) ?? { ...idle, isOnline, busy: false, isEphemeral: false };
    }),
  );
  return [...machines, ...busy.filter(({ isEphemeral }) => isEphemeral)];
}

function groupsIn({ history }: Pick<ApiContext, 'history'>): readonly RunnerGroup[] {
  return history.world.population.runnerGroups;
}

/** The self-hosted runners that execute a job at this moment, each once. */
function busyRunners(
  { history }: ApiContext,
  isWanted: (repository: Repository) => boolean,
): PresentRunner[] {
  const nowMs = history.nowMs();
  const groups = new Map(groupsIn({ history }).map((group) => [group.id, group]));
  const busy = new Map<number, PresentRunner>();
  for (const run of history.recent(MAX_RUN_MS)) {
    if (!isWanted(run.repository)) continue;
    for (const { kind, runner, labels, startedMs, completedMs } of run.attempts.flatMap(
      (each) => each.jobs,
    )) {
      const isRunning = kind === 'ran' && startedMs <= nowMs && nowMs < completedMs;
      const group = runner === null ? undefined : groups.get(runner.groupId);
      if (!isRunning || runner === null || group === undefined) continue;
      const isEphemeral = group.machines.length === 0;
      busy.set(runner.id, { ...runner, labels, busy: true, isOnline: true, isEphemeral });
    }
  }
  return [...busy.values()].sort((a, b) => a.id - b.id);
}

function listRunners(all: readonly PresentRunner[], request: ApiRequest): ApiResponse {
  const name = request.query.get('name');
  const found = name === null ? all : all.filter((each) => each.name === name);
  const { entries, links } = pageOf(found, request);
  return ok({ total_count: found.length, runners: entries.map(runnerBody) }, { links });
}

/** Schema `runner-groups-enterprise`. */
function enterpriseGroupBody(): object {
  const { id, name } = SHARED_GROUP;
  const address = `https://api.github.com/enterprises/${ENTERPRISE}/actions/runner-groups/${id}`;
  return {
    ...{ id, name, visibility: 'all', default: true, allows_public_repositories: false },
    ...{ runners_url: `${address}/runners`, selected_organizations_url: `${address}/organizations` },
    ...{ restricted_to_workflows: false, selected_workflows: [], workflow_restrictions_read_only: false },
  };
}

/** Schema `runner-groups-org`. */
function groupBody({ id, name }: RunnerGroup, org: string): object {
  return {
    id,
    name,
    visibility: 'all',
    default: name === 'Default',
    runners_url: `https://api.github.com/orgs/${org}/actions/runner-groups/${id}/runners`,
    inherited: false,
    allows_public_repositories: false,
    restricted_to_workflows: false,
    selected_workflows: [],
  };
}

/** Schema `runner`. */
function runnerBody(runner: PresentRunner): object {
  const { id, name, groupId, labels, busy, isOnline, isEphemeral } = runner;
  return {
    id,
    name,
    os: 'linux',
    status: isOnline ? 'online' : 'offline',
    busy,
    ephemeral: isEphemeral,
    runner_group_id: groupId,
    labels: labels.map((label, place) => ({
      id: place + 1,
      name: label,
      type: ['self-hosted', 'linux', 'x64'].includes(label) ? 'read-only' : 'custom',
    })),
  };
}

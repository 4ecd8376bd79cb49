import type { ApiResult, GetOptions, GitHub, GitHubRunners, RunnerCount } from '../domain/github-api.ts';
import { listed, mapped } from './answers.ts';
import { integerOf, type Json, textOf } from './fields.ts';
import { isObject } from './shapes.ts';

/*
 * Self-hosted runners: https://docs.github.com/rest/actions/self-hosted-runners. A runner has the id of its
 * group; the names are in a separate list (https://docs.github.com/rest/actions/self-hosted-runner-groups).
 */

const PAGE = { per_page: 100 };
/** Three thousand runners can be listed in time; if there are more, none are counted. */
const LIMIT = { pages: 30 };

const RUNNERS = {
  isEntry: isObject,
  member: 'runners',
  pick: ({ runner_group_id: id, status, busy }: Json) => [
    { groupId: integerOf(id), status: textOf(status) ?? 'unknown', isBusy: busy === true },
  ],
};
type Runner = ReturnType<typeof RUNNERS.pick>[number];

const GROUPS = {
  isEntry: isObject,
  member: 'runner_groups',
  pick: ({ id, name }: Json) => [[integerOf(id), textOf(name)] as const],
};

export function openRunners(github: Pick<GitHub, 'pages'>): GitHubRunners {
  const optionsOf = (owner: string, params = {}): GetOptions => ({
    owner,
    priority: 'poll',
    conditional: true,
    limit: LIMIT,
    params: { ...params, ...PAGE },
  });

  async function ofOrganization(owner: string): Promise<ApiResult<readonly RunnerCount[]>> {
    const options = optionsOf(owner);
    const runners = await listed(github, '/orgs/{org}/actions/runners', options, RUNNERS);
    if (runners.kind !== 'ok' || runners.data.length === 0) return mapped(runners, () => []);
    const groups = await listed(github, '/orgs/{org}/actions/runner-groups', options, GROUPS);
    return mapped(groups, (all) => countsOf(runners.data, namesOf(all)));
  }

  async function ofRepository(owner: string, repo: string): Promise<ApiResult<readonly RunnerCount[]>> {
    const options = optionsOf(owner, { repo });
    const runners = await listed(github, '/repos/{owner}/{repo}/actions/runners', options, RUNNERS);
    // Only organizations have groups.
    return mapped(runners, (all) => countsOf(all, () => 'Default'));
  }

  return {
    countsOf(target) {
      const [owner = '', repo] = target.split('/');
      return repo === undefined ? ofOrganization(owner) : ofRepository(owner, repo);
    },
  };
}

type NameOf = (groupId: number | null) => string;

/** A group that is not listed is named by its id. */
function namesOf(groups: readonly (readonly [number | null, string | null])[]): NameOf {
  const names = new Map(groups);
  return (groupId) => names.get(groupId) ?? (groupId === null ? 'unknown' : String(groupId));
}

function countsOf(runners: readonly Runner[], nameOf: NameOf): RunnerCount[] {
  const counts = new Map<string, RunnerCount>();
  for (const { groupId, status, isBusy } of runners) {
    const group = nameOf(groupId);
    const key = JSON.stringify([group, status, isBusy]);
    counts.set(key, { group, status, isBusy, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

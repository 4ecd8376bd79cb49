import type { ApiResult, GetOptions, GitHub } from '../domain/github-api.ts';
import type { GitHubRunners, RunnerCount } from '../domain/github-runners.ts';
import { entriesOf, mapped, ok } from './answers.ts';
import { integerOf, type Json, textOf } from './fields.ts';
import { isListOf, isObject } from './shapes.ts';

/*
 * Self-hosted runners: https://docs.github.com/rest/actions/self-hosted-runners. A runner has the id of its
 * group; the names are in a separate list (https://docs.github.com/rest/actions/self-hosted-runner-groups).
 */

const PER_PAGE = 100;
/** Three thousand runners can be listed in time; if there are more, none are counted. */
const MAX_PAGES = 30;

export function openRunners(github: Pick<GitHub, 'pages'>): GitHubRunners {
  async function listed(route: string, options: GetOptions, member: string): Promise<ApiResult<Json[]>> {
    const params = { ...options.params, per_page: PER_PAGE };
    const found: Json[] = [];
    let pages = 0;
    for await (const page of github.pages(route, {
      ...{ ...options, params, conditional: true },
      isReadable: isListOf(isObject, member),
    })) {
      if (page.kind !== 'ok') return page;
      found.push(...entriesOf(page.data, member));
      pages += 1;
      if (pages === MAX_PAGES && page.next !== null)
        return { kind: 'failed', reason: `more than ${found.length} ${member}`, retryAtMs: null };
    }
    return ok(found);
  }

  async function ofOrganization(owner: string): Promise<ApiResult<readonly RunnerCount[]>> {
    const options: GetOptions = { owner, priority: 'poll' };
    const runners = await listed('/orgs/{org}/actions/runners', options, 'runners');
    if (runners.kind !== 'ok' || runners.data.length === 0) return mapped(runners, () => []);
    const groups = await listed('/orgs/{org}/actions/runner-groups', options, 'runner_groups');
    return mapped(groups, (all) => countsOf(runners.data, namesOf(all)));
  }

  async function ofRepository(owner: string, repo: string): Promise<ApiResult<readonly RunnerCount[]>> {
    const options: GetOptions = { owner, priority: 'poll', params: { repo } };
    const runners = await listed('/repos/{owner}/{repo}/actions/runners', options, 'runners');
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
function namesOf(groups: readonly Json[]): NameOf {
  const names = new Map(groups.map(({ id, name }) => [integerOf(id), textOf(name)]));
  return (groupId) => names.get(groupId) ?? (groupId === null ? 'unknown' : String(groupId));
}

function countsOf(runners: readonly Json[], nameOf: NameOf): RunnerCount[] {
  const counts = new Map<string, RunnerCount>();
  for (const runner of runners) {
    const group = nameOf(integerOf(runner['runner_group_id']));
    const status = textOf(runner['status']) ?? 'unknown';
    const isBusy = runner['busy'] === true;
    const key = JSON.stringify([group, status, isBusy]);
    counts.set(key, { group, status, isBusy, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

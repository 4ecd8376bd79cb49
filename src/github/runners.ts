import {
  type ApiResult,
  ENTERPRISES,
  type GetOptions,
  type GitHub,
  type GitHubRunners,
  type LabelledRunners,
  type RunnerCount,
  type RunnerGroup,
  type RunnerList,
} from '../domain/github-api.ts';
import { OTHER_LABEL } from '../domain/label-policy.ts';
import { withoutUnknownIds } from '../domain/own-ids.ts';
import { entriesOf, listed, mapped, ok } from './answers.ts';
import { integerOf, type Json, textOf } from './fields.ts';
import { isObject } from './shapes.ts';

/*
 * Self-hosted runners: https://docs.github.com/rest/actions/self-hosted-runners. A runner has the id of its
 * group; the names are in a separate list (https://docs.github.com/rest/actions/self-hosted-runner-groups).
 */

const PAGE = { per_page: 100 };
/** GitHub allows ten thousand runners in a group; if there are more in all, none are counted. */
const LIMIT = { pages: 100 };

const RUNNERS = {
  isEntry: isObject,
  member: 'runners',
  pick: ({ id, runner_group_id: groupId, status, busy, labels }: Json) => [
    {
      id: integerOf(id),
      groupId: integerOf(groupId),
      status: textOf(status) ?? 'unknown',
      isBusy: busy === true,
      labels: labelsOf(labels),
    },
  ],
};
type Runner = ReturnType<typeof RUNNERS.pick>[number];

const GROUPS = {
  isEntry: isObject,
  member: 'runner_groups',
  pick: ({ id, name }: Json) => [[integerOf(id), textOf(name)] as const],
};
type GroupNames = ReadonlyMap<number | null, string | null>;

/** Labels that are shown of one owner: the first by name. The others are one. */
const MAX_LABELS = 1000;

/** Only organizations and enterprises have groups. */
const WITHOUT_GROUPS = 'Default';

export function openRunners(github: Pick<GitHub, 'pages'>): GitHubRunners {
  async function ofAll(route: string, options: GetOptions): Promise<ApiResult<RunnerList>> {
    const runners = await listed(github, `${route}/runners`, options, RUNNERS);
    if (runners.kind !== 'ok') return runners;
    const groups = await listed(github, `${route}/runner-groups`, options, GROUPS);
    // An old server may have no groups: then their ids are shown.
    const known = groups.kind === 'missing' ? ok([]) : groups;
    return mapped(known, (all) => listOf(runners.data, new Map(all)));
  }

  async function ofRepository(owner: string, repo: string): Promise<ApiResult<RunnerList>> {
    const options = optionsOf(owner, { repo });
    const runners = await listed(github, '/repos/{owner}/{repo}/actions/runners', options, RUNNERS);
    return mapped(runners, (all) =>
      listOf(
        all.map((each) => ({ ...each, groupId: null })),
        new Map([[null, WITHOUT_GROUPS]]),
      ),
    );
  }

  return {
    listOf(target) {
      const [owner = '', name] = target.split('/');
      if (name === undefined) return ofAll('/orgs/{org}/actions', optionsOf(owner));
      return target.startsWith(ENTERPRISES)
        ? ofAll('/enterprises/{enterprise}/actions', optionsOf(null, { enterprise: name }))
        : ofRepository(owner, name);
    },
  };
}

function optionsOf(owner: string | null, params = {}): GetOptions {
  return { owner, priority: 'poll', conditional: true, limit: LIMIT, params: { ...params, ...PAGE } };
}

/** Without ids: tools that start a runner for each run or job put its id into a label. */
function labelsOf(labels: unknown): string[] {
  const names = entriesOf(labels).flatMap(({ name }) => textOf(name) ?? []);
  return [...new Set(names.map(withoutUnknownIds))];
}

/** While the list is read, runners come and go: one that moves to another page is listed twice. */
function eachOnce(runners: readonly Runner[]): Runner[] {
  const nameless = runners.filter(({ id }) => id === null);
  return [...new Map(runners.map((each) => [each.id, each])).values()]
    .filter(({ id }) => id !== null)
    .concat(nameless);
}

function listOf(all: readonly Runner[], names: GroupNames): RunnerList {
  const runners = eachOnce(all);
  return {
    total: runners.length,
    counts: countsOf(runners, names),
    byLabel: byLabelOf(runners),
    groups: groupsOf(runners, names),
  };
}

/** A group that is not listed is named by its id. */
function nameOf(groupId: number | null, names: GroupNames): string {
  return names.get(groupId) ?? (groupId === null ? 'unknown' : String(groupId));
}

function countsOf(runners: readonly Runner[], names: GroupNames): RunnerCount[] {
  const alike = Map.groupBy(runners, ({ groupId, status, isBusy }) =>
    JSON.stringify([nameOf(groupId, names), status, isBusy]),
  );
  return Array.from(alike, ([key, { length: count }]) => {
    const [group, status, isBusy] = JSON.parse(key) as [string, string, boolean];
    return { group, status, isBusy, count };
  });
}

function byLabelOf(runners: readonly Runner[]): LabelledRunners[] {
  const shown = new Set([...new Set(runners.flatMap(({ labels }) => labels))].sort().slice(0, MAX_LABELS));
  const labelled = runners.flatMap(({ labels, status, isBusy }) =>
    [...new Set(labels.map((label) => (shown.has(label) ? label : OTHER_LABEL)))].map((label) =>
      JSON.stringify([label, status, isBusy]),
    ),
  );
  return Array.from(
    Map.groupBy(labelled, (key) => key),
    ([key, { length: count }]) => {
      const [label, status, isBusy] = JSON.parse(key) as [string, string, boolean];
      return { label, status, isBusy, count };
    },
  );
}

function groupsOf(runners: readonly Runner[], names: GroupNames): RunnerGroup[] {
  const free = new Set(
    runners.filter(({ status, isBusy }) => status === 'online' && !isBusy).map(({ groupId }) => groupId),
  );
  const ids = new Set([...names.keys(), ...runners.map(({ groupId }) => groupId)]);
  return Array.from(ids, (id) => ({ id, name: nameOf(id, names), isFree: free.has(id) }));
}

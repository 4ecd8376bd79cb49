import type { Account, CustomProperties, Repository, RunnerGroup, Workflow } from './model.ts';
import { REPOSITORY_PLANS, type RepositoryPlan } from './plans.ts';

/** Who and what there is in a world, before anything happens. */
export interface Population {
  readonly organization: Account;
  readonly people: readonly Account[];
  readonly repositories: readonly Repository[];
  /**
   * The fork of each public repository that outside contributors open pull requests from, by its full name.
   */
  readonly forks: ReadonlyMap<string, Repository>;
  /** Of the self-hosted runners of the organization. */
  readonly runnerGroups: readonly RunnerGroup[];
}

const ORGANIZATION: Account = { login: 'lumen-works', id: 41_548_062, type: 'Organization' };
const OWNER: Account = { login: 'mira-holt', id: 5_106_233, type: 'User' };
const STRANGER: Account = { login: 'passer-by-77', id: 98_200_415, type: 'User' };
const PEOPLE: readonly Account[] = [
  OWNER,
  { login: 'jonas-ek', id: 15_669_918, type: 'User' },
  { login: 'adaeze-o', id: 62_310_540, type: 'User' },
  { login: 'tomasz-wrona', id: 130_482_771, type: 'User' },
  { login: 'renovate[bot]', id: 29_139_614, type: 'Bot' },
];

const FIRST_MACHINE = 301;

/** One of the build machines is switched off when it has nothing to do. */
const RUNNER_GROUPS: readonly RunnerGroup[] = [
  { id: 7, name: 'Default', machines: [] },
  {
    id: 5,
    name: 'Build machines',
    machines: Array.from({ length: 12 }, (_, place) => ({
      id: FIRST_MACHINE + place,
      name: `build-${FIRST_MACHINE + place}.lumen.internal`,
      labels: ['self-hosted', 'linux', 'x64', 'large'],
      isOffAtRest: place === 10,
    })),
  },
];

/**
 * The first `repositories` of an endless list: the plans in their order, then the same ones again under
 * numbered names.
 */
export function populate(repositories: number): Population {
  const made = Array.from({ length: repositories }, (_, index) => repositoryAt(index));
  const forks = made.filter((each) => !each.private).map((each) => [each.fullName, forkOf(each)] as const);
  return {
    ...{ organization: ORGANIZATION, people: PEOPLE, repositories: made, forks: new Map(forks) },
    runnerGroups: RUNNER_GROUPS,
  };
}

function repositoryAt(index: number): Repository {
  const plan = REPOSITORY_PLANS[index % REPOSITORY_PLANS.length] as RepositoryPlan;
  const round = Math.floor(index / REPOSITORY_PLANS.length);
  const owner = plan.personal ? OWNER : ORGANIZATION;
  const name = round === 0 ? plan.name : `${plan.name}-${round + 1}`;
  return repositoryOf({ ...plan, name }, owner, index);
}

/** The repository of a plan, with ids by its place in the world. */
export function repositoryOf(plan: RepositoryPlan, owner: Account, index: number): Repository {
  const { name, description, language, defaultBranch, weight } = plan;
  return {
    id: 591_427_149 + index * 7919,
    owner,
    name,
    fullName: `${owner.login}/${name}`,
    private: plan.private,
    fork: false,
    defaultBranch,
    description,
    language,
    weight,
    properties: owner.type === 'Organization' ? (plan.properties ?? someProperties(index)) : {},
    workflows: plan.workflows.map(
      (each, place): Workflow => ({
        id: 102_823_525 + index * 64 + place,
        name: each.name,
        path: each.file.startsWith('dynamic/') ? each.file : `.github/workflows/${each.file}`,
        plan: each,
        weight: each.weight,
      }),
    ),
  };
}

const TEAMS = ['storefront', 'payments', null, 'platform'];
const PLATFORMS = [['linux'], ['windows', 'linux'], [], null];

/** One of each kind: a selection, a text, several of a selection, yes or no. */
function someProperties(index: number): CustomProperties {
  return {
    team: TEAMS[index % TEAMS.length] ?? null,
    service_tier: index % 5 === 4 ? null : String((index % 3) + 1),
    platforms: PLATFORMS[index % PLATFORMS.length] ?? null,
    on_call: String(index % 2 === 0),
  };
}

function forkOf(original: Repository): Repository {
  const fullName = `${STRANGER.login}/${original.name}`;
  return {
    ...original,
    id: original.id + 300_000_007,
    owner: STRANGER,
    fullName,
    fork: true,
    properties: {},
  };
}

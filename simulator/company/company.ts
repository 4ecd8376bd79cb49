import type { Repository, Run } from '../model.ts';
import { type Population, repositoryOf } from '../population.ts';
import { createRandom } from '../random.ts';
import { createTimeQueue } from '../time-queue.ts';
import { firstIdOf } from '../world.ts';
import { type Change, changesOf } from './changes.ts';
import { COMPANY, ENGINEERS, RENOVATE } from './people.ts';
import { COMPANY_REPOSITORIES } from './repository-plans.ts';
import { rhythmAround } from './rhythm.ts';
import { RunPlay } from './run-play.ts';
import { RUNNER_GROUPS, RunnerPools } from './runner-pools.ts';
import type { Scene } from './scene.ts';

export interface CompanyOptions {
  readonly seed: string;
  /** When the first run is created. */
  readonly startMs: number;
  /** When the demo begins: late morning at the company, and its incidents have begun before. */
  readonly presentMs: number;
}

const CHANGES_PER_HOUR = 300;
/** Somebody pushes around the beginning of the demo, so that something moves at once. */
const CERTAIN_SECONDS = [-2, 0, 1, 3, 6];

/** Who and what there is. */
export function companyPopulation(): Population {
  const repositories = COMPANY_REPOSITORIES.map((plan, index) => repositoryOf(plan, COMPANY, index));
  const people = [...ENGINEERS, RENOVATE];
  return { organization: COMPANY, people, repositories, forks: new Map(), runnerGroups: RUNNER_GROUPS };
}

/**
 * The runs of a company whose engineers share a limited number of runners: what waits, waits because others are
 * first. In order of creation and without an end, each with its whole life.
 */
export function* companyRuns({ seed, startMs, presentMs }: CompanyOptions): Generator<Run> {
  const acts = createTimeQueue<(atMs: number) => void>();
  let nowMs = startMs;
  const scene: Scene = {
    pools: new RunnerPools(),
    presentMs,
    at: (atMs, act) => acts.add(atMs, () => act(atMs)),
  };
  const begin = createRuns(seed, firstIdOf(seed, startMs), scene);
  const { repositories } = companyPopulation();
  const random = createRandom(`${seed}/changes`);
  const rhythm = rhythmAround(presentMs);
  const certainMs = CERTAIN_SECONDS.map((seconds) => presentMs + seconds * 1000);
  const changes = { repositories, rhythm, random, startMs, changesPerHour: CHANGES_PER_HOUR, certainMs };
  const played: RunPlay[] = [];
  for (const change of changesOf(changes)) {
    for (const act of acts.due(change.atMs)) act(nowMs);
    nowMs = change.atMs;
    played.push(...begin(change));
    for (let run = played[0]?.run; run; run = played[0]?.run) {
      played.shift();
      yield run;
    }
  }
}

/** Begins the runs that a change starts; they replace older ones of the same pull request. */
function createRuns(seed: string, firstId: number, scene: Scene): (change: Change) => RunPlay[] {
  const numbers = new Map<number, number>();
  const latest = new Map<string, RunPlay>();
  let index = -1;

  function numberOf(repository: Repository, workflowId: number): number {
    const first = createRandom(`${seed}/number/${repository.id}/${workflowId}`).int(180, 9000);
    const number = (numbers.get(workflowId) ?? first) + 1;
    numbers.set(workflowId, number);
    return number;
  }

  return (change) =>
    change.workflows.map((workflow) => {
      index += 1;
      const number = numberOf(change.repository, workflow.id);
      const random = createRandom(`${seed}/run/${index}`);
      const play = new RunPlay({ index, firstId, number, change, workflow, random }, scene);
      if (change.event !== 'pull_request') return play;
      const group = `${workflow.id}/${change.branch}`;
      latest.get(group)?.cancel(change.atMs + 1000);
      latest.set(group, play);
      return play;
    });
}

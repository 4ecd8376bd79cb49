import { type EngineProcess, startEngineProcess } from './engine-process.ts';
import { medianOf, numberText, type Progress, type Row } from './report.ts';
import { openFolder } from './servers.ts';

export interface FeatureSizes {
  /** The first one is not counted. */
  readonly rounds: number;
  /** In each round. */
  readonly deliveries: number;
}

/** In one transaction. */
const GROUP = 50;
const NONE = { ANT_WATCHER_METRICS_EXEMPLARS: 'false' };
const ALL = {
  ANT_WATCHER_METRICS_REPOSITORY_LABELS: 'team=team, tier=service_tier',
  ANT_WATCHER_METRICS_FAILED_STEPS: 'true',
  ANT_WATCHER_METRICS_BRANCH_BASES: 'true',
};
const ANNOTATIONS = { ANT_WATCHER_GITHUB_ANNOTATIONS: 'true', ANT_WATCHER_GITHUB_TOKEN: 'of-the-bench' };

/**
 * What the engine takes for a delivery with labels of repositories, exemplars, failed steps, bases of branches and
 * deployments, compared with none of them. They take turns.
 */
export async function measureFeatures(sizes: FeatureSizes, progress: Progress): Promise<Row[]> {
  using folder = openFolder();
  await using none = await startEngineProcess(`sqlite:${folder.path}/none.db`, NONE);
  await using all = await startEngineProcess(`sqlite:${folder.path}/all.db`, ALL);
  await using asks = await startEngineProcess(`sqlite:${folder.path}/asks.db`, { ...ALL, ...ANNOTATIONS });
  const [ratios, asking]: [number[], number[]] = [[], []];
  for (let round = 0; round < sizes.rounds; round += 1) {
    const floor = await cpuOf(none, round, sizes, false);
    const [one, other] = [await cpuOf(all, round, sizes, true), await cpuOf(asks, round, sizes, true)];
    progress(`features: ${numberText(one / floor, 2)} ×, with annotations ${numberText(other / floor, 2)} ×`);
    if (round === 0) continue;
    ratios.push(one / floor);
    asking.push(other / floor);
  }
  return [rowOf('without annotations', ratios), rowOf('with annotations', asking)];
}

async function cpuOf(
  engine: EngineProcess,
  round: number,
  { deliveries }: FeatureSizes,
  deployments: boolean,
): Promise<number> {
  return (await engine.run({ seed: `features ${round}`, deliveries, group: GROUP, deployments })).cpuMs;
}

function rowOf(which: string, ratios: readonly number[]): Row {
  const range = `${numberText(Math.min(...ratios), 2)} to ${numberText(Math.max(...ratios), 2)}`;
  return {
    what: `CPU of the engine per delivery: labels, exemplars, failed steps, bases and deployments, ${which} ÷ none of them`,
    measured: `${numberText(medianOf(ratios), 2)} × (${range})`,
    budget: '–',
    isMet: true,
  };
}

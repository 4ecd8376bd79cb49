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
const LABELS = {
  ANT_WATCHER_METRICS_REPOSITORY_LABELS: 'team=team, tier=service_tier',
  ANT_WATCHER_METRICS_FAILED_STEPS: 'true',
  ANT_WATCHER_METRICS_BRANCH_BASES: 'true',
};
const ANNOTATIONS = { ANT_WATCHER_GITHUB_ANNOTATIONS: 'true', ANT_WATCHER_GITHUB_TOKEN: 'of-the-bench' };
const LABELLED = 'labels, exemplars, failed steps, bases and deployments';

interface Variant {
  readonly which: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether the events of deployments arrive, too. */
  readonly deployments: boolean;
}

/** Each is compared with none of it. */
const VARIANTS: readonly Variant[] = [
  { which: `${LABELLED}, without annotations`, env: LABELS, deployments: true },
  { which: `${LABELLED}, with annotations`, env: { ...LABELS, ...ANNOTATIONS }, deployments: true },
  { which: "ARC's names", env: { ...NONE, ANT_WATCHER_METRICS_COMPAT: 'arc' }, deployments: false },
  {
    which: 'names of all exporters',
    env: { ...NONE, ANT_WATCHER_METRICS_COMPAT: 'arc, cpanato, promhippie, live-actions, otel' },
    deployments: false,
  },
];

/** What the engine takes for a delivery with what can be switched on. They take turns. */
export async function measureFeatures(sizes: FeatureSizes, progress: Progress): Promise<Row[]> {
  using folder = openFolder();
  await using engines = new AsyncDisposableStack();
  const start = async (name: string, env: Variant['env']) =>
    engines.use(await startEngineProcess(`sqlite:${folder.path}/${name}.db`, env));
  const none = await start('none', NONE);
  const variants = [];
  for (const [at, variant] of VARIANTS.entries())
    variants.push({ ...variant, engine: await start(`${at}`, variant.env), ratios: [] as number[] });
  for (let round = 0; round < sizes.rounds; round += 1) {
    const floor = await cpuOf(none, round, sizes, false);
    for (const { engine, deployments, which, ratios } of variants) {
      const ratio = (await cpuOf(engine, round, sizes, deployments)) / floor;
      progress(`features: ${which}: ${numberText(ratio, 2)} ×`);
      if (round > 0) ratios.push(ratio);
    }
  }
  return variants.map(({ which, ratios }) => rowOf(which, ratios));
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
    what: `CPU of the engine per delivery: ${which} ÷ none of it`,
    measured: `${numberText(medianOf(ratios), 2)} × (${range})`,
    budget: '–',
    isMet: true,
  };
}

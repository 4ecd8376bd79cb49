import type { ExpectedSample } from './expected-samples.ts';

/*
 * What the queries of docs/queries.md must return, computed from the samples in the plainest way.
 */

/** Values by labels, as `name=value, …` in the order of the names; without the metric's name. */
export type Result = ReadonlyMap<string, number>;

interface Computed {
  readonly of: (world: SampleWorld) => Result;
  /** The allowed error of a result, as a share. */
  readonly tolerance?: number;
}

const EXACT = 1e-9;
/** The width of a bucket of VictoriaMetrics' histograms: 18 in each power of ten. */
const BUCKET = 10 ** (1 / 18) - 1;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const QUANTILES = [0.5, 0.95, 0.99];
const JOB = ['repository', 'workflow', 'job_name'];

export class SampleWorld {
  readonly #samples: readonly ExpectedSample[];
  readonly endMs: number;

  constructor(samples: readonly ExpectedSample[], endMs: number) {
    this.#samples = samples;
    this.endMs = endMs;
  }

  /**
   * The samples of a metric in the window before the end, or so long before it, grouped by labels (by
   * default, by series).
   */
  groups(
    name: string,
    windowMs: number,
    { by, where = () => true, agoMs = 0 }: { by?: readonly string[]; where?: Where; agoMs?: number } = {},
  ): Map<string, ExpectedSample[]> {
    const untilMs = this.endMs - agoMs;
    const inWindow = this.#samples.filter(
      ({ labels, timesMs: [atMs = 0] }) =>
        labels['__name__'] === `github_actions_event_${name}_seconds` &&
        atMs > untilMs - windowMs &&
        atMs <= untilMs &&
        where(labels),
    );
    return Map.groupBy(inWindow, ({ labels }) => keyOf(labels, by));
  }
}

type Labels = Readonly<Record<string, string>>;
type Where = (labels: Labels) => boolean;

/** By heading. */
export const COMPUTED: Readonly<Record<string, Computed>> = {
  'Queue time of each job, percentiles': {
    of: (world) => mapped(world.groups('job_queue', DAY_MS), (values) => quantile(values, 0.95)),
  },
  'Queue time of each job, three percentiles at once': {
    of: (world) => quantiles(world.groups('job_queue', DAY_MS)),
  },
  'Queue time by runner label, mean': {
    of: (world) => mapped(queues(world), (values) => sum(values) / values.length),
  },
  'Queue time by runner label, longest': {
    of: (world) => mapped(queues(world), (values) => Math.max(...values)),
  },
  'Queue time by runner label, share over a minute': {
    of: (world) =>
      mapped(queues(world), (values) => values.filter((each) => each > 60).length / values.length),
  },
  'Queue time by runner label, percentiles': {
    of: (world) => quantiles(queues(world), nearestRank),
    tolerance: BUCKET,
  },
  'Queue time by runner label, compared with the week before': {
    of: (world) =>
      ratio(
        mapped(queues(world), (values) => nearestRank(values, 0.95)),
        mapped(queues(world, WEEK_MS), (values) => nearestRank(values, 0.95)),
      ),
    tolerance: (1 + BUCKET) ** 2 - 1,
  },
  'Queue time of each job, compared with the week before': {
    of: (world) =>
      ratio(
        mapped(world.groups('job_queue', DAY_MS), (values) => quantile(values, 0.95)),
        mapped(world.groups('job_queue', DAY_MS, { agoMs: WEEK_MS }), (values) => quantile(values, 0.95)),
      ),
  },
  'Slowest jobs': {
    of: (world) =>
      top(
        mapped(
          world.groups('job_duration', WEEK_MS, { where: ({ conclusion }) => conclusion === 'success' }),
          (values) => quantile(values, 0.5),
        ),
      ),
  },
  'Failure rate by job': {
    of: (world) => {
      const counted = (conclusions: readonly string[]) =>
        mapped(
          world.groups('job_duration', WEEK_MS, {
            by: JOB,
            where: ({ conclusion = '' }) => conclusions.includes(conclusion),
          }),
          count,
        );
      return ratio(counted(['failure']), counted(['failure', 'success']));
    },
  },
  'Success rate of the default branch by workflow': {
    of: (world) => {
      const counted = (isCounted: Where) =>
        mapped(
          world.groups('run_duration', WEEK_MS, {
            by: ['repository', 'workflow'],
            where: (labels) => labels['branch'] === 'default' && isCounted(labels),
          }),
          count,
        );
      return ratio(
        counted(({ conclusion }) => conclusion === 'success'),
        counted(() => true),
      );
    },
  },
  'Longest runs': {
    of: (world) =>
      top(
        mapped(world.groups('run_duration', WEEK_MS, { by: ['repository', 'workflow'] }), (values) =>
          Math.max(...values),
        ),
      ),
  },
  'When the longest run of each workflow ended': {
    of: (world) =>
      new Map(
        Array.from(world.groups('run_duration', WEEK_MS), ([key, samples]) => {
          const longest = Math.max(...samples.map(({ value }) => value));
          const last = samples.findLast(({ value }) => value === longest);
          return [key, (last?.timesMs[0] ?? 0) / 1000];
        }),
      ),
  },
  'Throughput: jobs in an hour': {
    of: (world) => mapped(world.groups('job_duration', HOUR_MS, { by: [] }), count),
  },
  'Time on runners by repository': {
    of: (world) =>
      mapped(world.groups('job_duration', DAY_MS, { by: ['repository'] }), (values) => sum(values) / 3600),
  },
  'Alert: a job waited for over two minutes': {
    of: (world) =>
      new Map([...mapped(queues(world), (values) => Math.max(...values))].filter(([, value]) => value > 120)),
  },
};

export function toleranceOf({ tolerance = EXACT }: Computed): number {
  return tolerance;
}

export function keyOf(labels: Labels, by?: readonly string[]): string {
  return Object.entries(labels)
    .filter(([name]) => name !== '__name__' && (by?.includes(name) ?? true))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join(', ');
}

function queues(world: SampleWorld, agoMs = 0) {
  return world.groups('job_queue', DAY_MS, { by: ['runs_on'], agoMs });
}

function mapped(groups: Map<string, ExpectedSample[]>, compute: (values: number[]) => number): Result {
  return new Map(Array.from(groups, ([key, samples]) => [key, compute(samples.map(({ value }) => value))]));
}

function quantiles(groups: Map<string, ExpectedSample[]>, compute = quantile): Result {
  return new Map(
    Array.from(groups).flatMap(([key, samples]) => {
      const values = samples.map(({ value }) => value);
      return QUANTILES.map((share) => [withQuantile(key, share), compute(values, share)] as const);
    }),
  );
}

function withQuantile(key: string, share: number): string {
  const pairs = [...key.split(', '), `quantile=${share}`].map((pair) => pair.split('=') as [string, string]);
  return keyOf(Object.fromEntries(pairs));
}

/** Linear interpolation between the two nearest values. */
function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const [below = 0, above = below] = sorted.slice(Math.floor(rank), Math.floor(rank) + 2);
  return below + (above - below) * (rank - Math.floor(rank));
}

/** The smallest value that is not below this share of all. */
function nearestRank(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

function ratio(above: Result, below: Result): Result {
  return new Map(
    [...above].flatMap(([key, value]) => {
      const divisor = below.get(key);
      return divisor === undefined ? [] : [[key, value / divisor] as const];
    }),
  );
}

function top(result: Result): Result {
  return new Map([...result].sort(([, a], [, b]) => b - a).slice(0, 10));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function count(values: readonly number[]): number {
  return values.length;
}

import type { Machine, Runner, RunnerGroup } from '../model.ts';
import { createRandom, type Random } from '../random.ts';

/** Waits for a runner. */
export interface Request {
  /** Called once a runner is free, with the time. It must be released. */
  readonly take: (runner: Runner, atMs: number) => void;
}

interface PoolPlan {
  readonly labels: string;
  readonly group: readonly [id: number, name: string];
  /** How many jobs run at the same time. */
  readonly runners: number;
  /** Seconds from a free runner to the start of the job: least and most. */
  readonly startSeconds: readonly [number, number];
  /** Its runners stay, and so many more are broken and offline. By default it has none that stays. */
  readonly broken?: number;
  readonly nameOf: (place: number, random: Random) => string;
}

const HOSTED = [2, 'GitHub Actions'] as const;
const hosted = (labels: string, runners: number): PoolPlan => ({
  labels,
  group: HOSTED,
  runners,
  startSeconds: [3, 14],
  nameOf: (place) => `GitHub Actions ${1_000_000_000 + place}`,
});

const PLANS: readonly PoolPlan[] = [
  hosted('ubuntu-latest', 80),
  hosted('ubuntu-24.04-arm', 20),
  hosted('windows-latest', 20),
  hosted('macos-15', 10),
  {
    labels: 'ubuntu-latest-8-cores',
    group: [9, 'Default Larger Runners'],
    runners: 7,
    startSeconds: [20, 60],
    nameOf: (_, random) => `ubuntu-latest-8-cores_${random.hex(12)}`,
  },
  {
    labels: 'self-hosted,linux,x64',
    group: [5, 'Build machines'],
    runners: 19,
    broken: 2,
    startSeconds: [1, 4],
    nameOf: (place) => `build-${String(place).padStart(2, '0')}`,
  },
  {
    labels: 'self-hosted,linux,arm64',
    group: [5, 'Build machines'],
    runners: 6,
    broken: 0,
    startSeconds: [1, 4],
    nameOf: (place) => `build-arm-${String(place).padStart(2, '0')}`,
  },
  {
    labels: 'self-hosted,gpu',
    group: [8, 'GPU machines'],
    runners: 3,
    broken: 1,
    startSeconds: [1, 5],
    nameOf: (place) => `gpu-a10-${place}`,
  },
  {
    labels: 'k8s-medium',
    group: [7, 'Kubernetes'],
    runners: 36,
    startSeconds: [18, 50],
    nameOf: (_, random) => `k8s-medium-${random.hex(5)}-runner-${random.hex(5)}`,
  },
];

/** The pools that the company runs itself: their machines, and the pods. */
const SELF_HOSTED = PLANS.map((plan, index) => ({ plan, firstId: firstIdOf(index) })).filter(
  ({ plan }) => plan.broken !== undefined || plan.labels === 'k8s-medium',
);

/** The groups of its own runners, as GitHub lists them. */
export const RUNNER_GROUPS: readonly RunnerGroup[] = Array.from(
  Map.groupBy(SELF_HOSTED, ({ plan }) => plan.group[0]),
  ([id, pools]) => ({
    id,
    name: pools[0]?.plan.group[1] ?? '',
    machines: pools.flatMap(({ plan, firstId }) => machinesOf(plan, firstId)),
  }),
);

function machinesOf({ labels, runners, broken, nameOf }: PoolPlan, firstId: number): Machine[] {
  if (broken === undefined) return [];
  return Array.from({ length: runners + broken }, (_, index) => ({
    id: firstId + index + 1,
    name: nameOf(index + 1, createRandom(`machine/${labels}/${index}`)),
    labels: labels.split(','),
    isOffAtRest: index >= runners,
  }));
}

/** Each pool has its own thousand of ids of runners. */
function firstIdOf(index: number): number {
  return 1000 * (index + 1);
}

/** The runners of the company by label set: each takes the job that has waited longest. */
export class RunnerPools {
  readonly #pools: ReadonlyMap<string, Pool>;

  constructor() {
    this.#pools = new Map(PLANS.map((plan, index) => [plan.labels, new Pool(plan, firstIdOf(index))]));
  }

  of(labels: readonly string[]): Pool {
    const pool = this.#pools.get(labels.join(','));
    if (pool === undefined) throw new Error(`Nobody has runners for ${labels}.`);
    return pool;
  }
}

/** Runners that are alike. */
export class Pool {
  readonly #plan: PoolPlan;
  readonly #firstId: number;
  readonly #free: number[];
  readonly #waiting = new Set<Request>();

  constructor(plan: PoolPlan, firstId: number) {
    this.#plan = plan;
    this.#firstId = firstId;
    this.#free = Array.from({ length: plan.runners }, (_, place) => place + 1);
  }

  /** In order of arrival. */
  request(request: Request, atMs: number, random: Random): void {
    this.#waiting.add(request);
    this.#serve(atMs, random);
  }

  /** It waits no longer. */
  withdraw(request: Request): void {
    this.#waiting.delete(request);
  }

  /** The runner is free again. */
  release({ id }: Runner, atMs: number, random: Random): void {
    this.#free.push(id - this.#firstId);
    this.#serve(atMs, random);
  }

  /** From a free runner to the start of the job. */
  startDelayMs(random: Random): number {
    return random.int(...this.#plan.startSeconds) * 1000;
  }

  #serve(atMs: number, random: Random): void {
    for (const request of this.#waiting) {
      const place = this.#free.shift();
      if (place === undefined) return;
      this.#waiting.delete(request);
      const { group, nameOf } = this.#plan;
      const [groupId, groupName] = group;
      request.take({ id: this.#firstId + place, name: nameOf(place, random), groupId, groupName }, atMs);
    }
  }
}

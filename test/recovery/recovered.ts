import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { SimulatedDelivery } from '../../simulator/deliveries.ts';
import { createRandom } from '../../simulator/random.ts';
import { truthSamplesOf } from '../../simulator/truth-samples.ts';
import { runsOf, type World } from '../../simulator/world.ts';
import { expectSamples, readExpected } from '../push/expected-samples.ts';
import { drained, expectNoneRejected, until } from '../push/receivers.ts';
import type { Samples } from '../samples.ts';
import { type RunningVictoriaMetrics, startVictoriaMetrics } from '../victoria-metrics.ts';
import {
  type LossyGitHub,
  type LossyGitHubOptions,
  letPass,
  openLossyGitHub,
  recoveredFrom,
  runsIn,
  withoutGates,
  worldOf,
} from './lossy-github.ts';
import type { RequestBudget } from './request-budgets.ts';

/*
 * For tests: a service that pushes to a real VictoriaMetrics and asks a simulated GitHub for what it lost,
 * and the expected result.
 */

/** Only reconciliation asks about a single job. */
export const JOB = 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}';
const PATIENCE_MS = 120_000;
const EVENTS = '{__name__=~"github_actions_event_.+"}';
/** They are not checked, unless a test says otherwise. */
/** What is in flight has been so for long enough to be asked about. */
const LINGERED_MS = 6 * 60_000;
export const AMPLE = { pointsPerMinute: 100_000, perHour: 100_000 };

export interface Losing extends LossyGitHub {
  readonly victoria: RunningVictoriaMetrics;
  /** Sends the service these deliveries except the lost ones, whose kinds it counts. */
  lose(
    deliveries: Iterable<SimulatedDelivery>,
    isLost: (delivery: SimulatedDelivery) => boolean,
  ): Promise<void>;
  /** All of these are lost, each at its own time in the world. */
  fail(deliveries: Iterable<SimulatedDelivery>): void;
  /** Waits until GitHub was asked about a single job: not about one that lists have just reported. */
  reconciled(): Promise<void>;
  /** Restarts the service. */
  restart(): Promise<void>;
  /** The same, as if the last pass of recovery was when the world began: what was lost since is missing. */
  restartBehind(world: World): Promise<void>;
  /** `returned`, for everything that was lost. */
  fetched(): Promise<void>;
  /**
   * `/metrics` and the receiver have the truth and nothing else, except the metrics `without`, within the
   * allowed number of requests.
   */
  expectRecovered(
    budget: RequestBudget,
    context: TestContext,
    without?: readonly string[],
  ): Promise<Recovered>;
}

export interface Recovered {
  readonly lost: number;
  /** How many deliveries were recovered, by source. */
  from(source: 'redelivery' | 'api'): number;
}

export async function openLosing({ env = {}, ...options }: LossyGitHubOptions): Promise<Losing> {
  await using stack = new AsyncDisposableStack();
  const victoria = stack.use(await startVictoriaMetrics());
  const pushing = {
    ANT_WATCHER_PUSH_URL: victoria.url,
    ANT_WATCHER_PUSH_BATCH_AGE: '20ms',
    // Checked all the time, from the start.
    // There is a pass at each start, and none in between: so the requests are the same on a slow machine.
    ANT_WATCHER_RECOVERY_INTERVAL: '1d',
    ANT_WATCHER_RECOVERY_RECONCILE_AFTER: '1m',
  };
  const lossy = stack.use(
    await openLossyGitHub({
      limits: AMPLE,
      patienceMs: PATIENCE_MS,
      ...options,
      env: { ...pushing, ...env },
    }),
  );
  const opened = stack.move();
  const runs = new Set<number>();
  let lost = 0;
  return {
    ...lossy,
    victoria,
    async lose(deliveries, isLost) {
      const outcome = await lossy.send(deliveries, isLost);
      lost += outcome.lost;
      for (const id of outcome.lostRuns) runs.add(id);
    },
    fail(deliveries) {
      const all = [...deliveries];
      for (const delivery of all) lossy.github.log.recordLost(delivery);
      lost += all.length;
      for (const id of runsIn(all)) runs.add(id);
    },
    reconciled: () => until('nothing is reconciled', () => lossy.github.requests.total(JOB) > 0),
    async restart() {
      await lossy.service.stop();
      await lossy.service.start();
    },
    async restartBehind(world) {
      await lossy.service.stop();
      letPass(lossy.service.folder, Date.now() - world.startMs);
      await lossy.service.start();
    },
    fetched: () => lossy.returned(lost),
    async expectRecovered(budget, context, without = []) {
      const samples = await expectTruth(lossy, victoria, options.world, without);
      expectFewRequests(lossy, budget, { runs: runs.size, lost }, context);
      return { lost, from: (source) => recoveredFrom(samples, source) };
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Without gates; some runs have more than one attempt. */
export function rerunWorld(seed: string, options: Parameters<typeof worldOf>[1] = {}): World {
  const world = withoutGates(worldOf(seed, { agoMs: LINGERED_MS, ...options }));
  const reruns = [...runsOf(world)].filter(({ attempts }) => attempts.length > 1);
  assert.ok(reruns.length > 0, `${reruns.length} re-runs`);
  return world;
}

/** Loses a share of the deliveries, always the same ones in the same world. */
export function aShare(world: World, share: number): () => boolean {
  const random = createRandom(`${world.seed}/losses`);
  return () => random.chance(share);
}

async function expectTruth(
  lossy: LossyGitHub,
  victoria: RunningVictoriaMetrics,
  world: World,
  without: readonly string[],
): Promise<Samples> {
  const { samples, faults } = await lossy.whole(without);
  assert.deepEqual(faults, []);
  await drained(lossy.service);
  const expected = readExpected(truthSamplesOf(world));
  assert.ok(
    expected.some(({ timesMs }) => timesMs.length > 1),
    'executions that later attempts report again',
  );
  expectSamples(await victoria.samples(EVENTS), expected, 'victoria');
  await expectNoneRejected(lossy.service);
  return samples;
}

/** Every request counts, whatever its outcome. */
function expectFewRequests(
  { github }: LossyGitHub,
  budget: RequestBudget,
  { runs, lost }: { readonly runs: number; readonly lost: number },
  context: TestContext,
): void {
  const [requests, asked] = [github.requests.total(), github.requests.total(JOB)];
  const perThousandRuns = Math.round((1000 * requests) / runs);
  const perWebhook = Math.round((100 * requests) / lost) / 100;
  const text =
    `${budget.name}: ${perThousandRuns} for 1,000 runs, ${perWebhook} for a webhook ` +
    `(${requests} requests, ${runs} runs, ${lost} webhooks; ${asked} requests about jobs under way)`;
  context.diagnostic(text);
  assert.ok(perThousandRuns <= budget.perThousandRuns && perWebhook <= budget.perWebhook, text);
}

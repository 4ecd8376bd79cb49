import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatedDelivery } from '../../simulator/deliveries.ts';
import {
  openSimulatedGitHub,
  type SimulatedGitHub,
  type SimulatedGitHubOptions,
} from '../../simulator/rest/simulated-github.ts';
import { liveRun } from '../../simulator/run-life.ts';
import { truthOf } from '../../simulator/truth.ts';
import { pastWorld, type World } from '../../simulator/world.ts';
import { countedAtOnce } from '../counted-at-once.ts';
import { TOKEN, testApp } from '../fixtures/simulated-rest.ts';
import { until } from '../push/receivers.ts';
import { parseExposition, type Samples, sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';

/*
 * For tests: a simulated GitHub whose webhooks are delivered or lost as the test says, while its API knows
 * everything.
 */

/** A separate event, which is in no list of runs. */
export const DISPATCHES = 'github_actions_dispatches_total';
const LAST_SUCCESS = 'ant_watcher_recovery_last_success_timestamp_seconds';
/** They are checked separately: the truth of a world does not contain them. */
const RUNNERS = ['github_actions_runners', 'github_actions_runner_group_'];

const HOUR_MS = 3_600_000;
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 200;
const TOGETHER = 40;
const DELIVERED = { status: 202, error: null, tookMs: 5, headers: {}, body: '' };

/** A world that ends now, or a little earlier, so that nothing in it is stale unless intended. */
export function worldOf(
  seed: string,
  options: { readonly runs?: number; readonly spanMs?: number; readonly agoMs?: number } = {},
): World {
  const { runs = 70, spanMs = 12 * HOUR_MS, agoMs = 0 } = options;
  return pastWorld({ seed, runs, spanMs, inFlight: 0.1, endMs: Date.now() - agoMs });
}

/**
 * The same world without approval gates, which lists of jobs do not show, and without jobs that failed before
 * a runner took them: a list does not show whether a gate refused them, so their cause is counted ten minutes
 * later, and those of a runner group that were never reported queued look like check runs.
 */
export function withoutGates(world: World): World {
  return {
    ...world,
    *births() {
      for (const birth of world.births()) {
        const jobs = liveRun(birth).attempts.flatMap((attempt) => attempt.jobs);
        const isHard = jobs.some(
          ({ plan, failure }) => plan?.environment !== undefined || failure === 'startup',
        );
        if (!isHard) yield birth;
      }
    },
  };
}

export interface LossyGitHub extends AsyncDisposable {
  /** The settings of GitHub and of the test. */
  readonly env: Readonly<Record<string, string>>;
  readonly github: SimulatedGitHub;
  readonly service: Service;
  /** Sends these to the service, or loses those that `isLost` selects; GitHub's log says which. */
  send(
    deliveries: Iterable<SimulatedDelivery>,
    isLost?: (delivery: SimulatedDelivery) => boolean,
  ): Promise<{ readonly lossy: number; readonly lost: number; readonly lostRuns: ReadonlySet<number> }>;
  /** Waits until the log returned so many lost deliveries: the numbers may be complete before. */
  returned(count: number): Promise<void>;
  /** Waits until a pass has read everything that it was to read: what was lost may be back before. */
  passed(kind: 'hook_log' | 'listing'): Promise<void>;
  /**
   * Waits until all `github_actions_` lines except those of `without` are the world's truth; after a while
   * returns the first that are not.
   */
  whole(
    without?: readonly string[],
  ): Promise<{ readonly samples: Samples; readonly faults: readonly string[] }>;
}

export interface LossyGitHubOptions extends Partial<SimulatedGitHubOptions> {
  readonly world: World;
  /** The part of the world to be counted; by default all of it. */
  readonly counted?: World;
  readonly env?: Readonly<Record<string, string>>;
  /** Use a token instead of an App. */
  readonly token?: boolean;
  /** How long `whole` waits for the truth. */
  readonly patienceMs?: number;
}

export async function openLossyGitHub(lossy: LossyGitHubOptions): Promise<LossyGitHub> {
  const { world, counted = world, env = {}, token = false, patienceMs = PATIENCE_MS, ...options } = lossy;
  const { privateKey, app } = testApp();
  await using stack = new AsyncDisposableStack();
  const github = stack.use(
    await openSimulatedGitHub({
      world,
      clock: Date.now,
      personalTokens: [TOKEN],
      app,
      touched: 0,
      ...options,
    }),
  );
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const login: Record<string, string> = token
    ? { ANT_WATCHER_GITHUB_TOKEN: TOKEN }
    : { ANT_WATCHER_GITHUB_APP_ID: String(app.id), ANT_WATCHER_GITHUB_APP_PRIVATE_KEY: pem };
  const shared = { ANT_WATCHER_GITHUB_API_URL: github.url, ANT_WATCHER_RECOVERY_INTERVAL: '1s' };
  const settings = { ...shared, ...login, ...env };
  const service = stack.use(await startService({ env: settings }));
  const opened = stack.move();

  async function send(delivery: SimulatedDelivery): Promise<void> {
    const { event, guid } = delivery;
    const { status } = await service.post(event, delivery.body(), { guid });
    if (status !== 202) throw new Error(`A delivery was answered ${status}.`);
    github.log.record(delivery, DELIVERED, Date.now());
  }

  return {
    env: settings,
    github,
    service,
    async send(deliveries, isLost = () => false) {
      const all = [...deliveries];
      const lost = new Set(all.filter(isLost));
      for (let start = 0; start < all.length; start += TOGETHER) {
        const part = all.slice(start, start + TOGETHER);
        for (const delivery of part) if (lost.has(delivery)) github.log.recordLost(delivery, Date.now());
        await Promise.all(part.filter((delivery) => !lost.has(delivery)).map(send));
      }
      return { lossy: all.length - lost.size, lost: lost.size, lostRuns: runsIn([...lost]) };
    },
    ...waitsFor(service),
    async whole(without = []) {
      const wanted = (samples: Samples) =>
        countedAtOnce(samples).filter(
          (line) => ![...without, ...RUNNERS].some((name) => line.startsWith(name)),
        );
      const truth = wanted(parseExposition(truthOf(counted)));
      const deadlineMs = Date.now() + patienceMs;
      for (;;) {
        const samples = await service.settled();
        const faults = differences(wanted(samples), truth);
        if (faults.length === 0 || Date.now() > deadlineMs) return { samples, faults };
        await sleep(LOOK_EVERY_MS);
      }
    },
    async [Symbol.asyncDispose]() {
      await opened.disposeAsync();
    },
  };
}

function waitsFor(service: Service): Pick<LossyGitHub, 'returned' | 'passed'> {
  return {
    returned: (count) =>
      until(
        'not all that was lost came back',
        async () => recoveredFrom(await service.metrics(), 'redelivery') === count,
      ),
    passed: (kind) =>
      until(
        `no ${kind} pass is complete`,
        async () => sumOf(await service.metrics(), LAST_SUCCESS, { kind }) > 0,
      ),
  };
}

/** How many deliveries were recovered, by source. */
export function recoveredFrom(samples: Samples, source: 'redelivery' | 'api'): number {
  return sumOf(samples, 'ant_watcher_recovered_deliveries_total', { source });
}

/** The runs in these deliveries; a dispatch has none. */
export function runsIn(deliveries: readonly SimulatedDelivery[]): Set<number> {
  const ids = deliveries.map((delivery): number | undefined => {
    const { workflow_run: run, workflow_job: job } = JSON.parse(delivery.body());
    return run?.id ?? job?.run_id;
  });
  return new Set(ids.filter((id) => id !== undefined));
}

function differences(shown: readonly string[], truth: readonly string[]): string[] {
  const [a, b] = [new Set(shown), new Set(truth)];
  const faults = [
    ...shown.filter((line) => !b.has(line)).map((line) => `shown ${line}`),
    ...truth.filter((line) => !a.has(line)).map((line) => `true  ${line}`),
  ];
  return faults.slice(0, 20);
}

/** As if so much time had passed since the service stopped. */
export function letPass(folder: string, ms: number): void {
  using database = new DatabaseSync(join(folder, 'ant-watcher.db'));
  assert.ok(database.prepare('UPDATE marks SET value = value - ?').run(ms).changes > 0);
}

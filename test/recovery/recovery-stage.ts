import { MAX_DELAY_MS } from '../../simulator/deliveries.ts';
import {
  openSimulatedGitHub,
  type SimulatedGitHub,
  type SimulatedGitHubOptions,
} from '../../simulator/rest/simulated-github.ts';
import { truthOf } from '../../simulator/truth.ts';
import type { World } from '../../simulator/world.ts';
import { openHistory } from '../../src/github/history.ts';
import { RetryCounts } from '../../src/sync/backoff.ts';
import { HookWatch } from '../../src/sync/hook-watch.ts';
import { recoverOnce } from '../../src/sync/recover-lost.ts';
import { Report } from '../../src/sync/report.ts';
import { countedAtOnce } from '../counted-at-once.ts';
import { openTestClient, type TestClient } from '../fixtures/fake-github.ts';
import { SILENT } from '../fixtures/logger.ts';
import { END_MS, testApp } from '../fixtures/simulated-rest.ts';
import { openPipeline, type Pipeline } from '../pipeline.ts';
import { parseExposition, type Samples } from '../samples.ts';

/*
 * For tests: recovery from a simulated GitHub, all in this process; time passes only while something waits.
 */

const INTERVAL_MS = 15 * 60_000;
const MOST_PASSES = 300;

export interface Stage extends AsyncDisposable {
  readonly github: SimulatedGitHub;
  readonly client: TestClient;
  readonly pipeline: Pipeline;
  readonly time: { nowMs: number };
  /**
   * Passes one after the other until `/metrics` shows the truth; returns what is wrong in the end, and how
   * many passes it took.
   */
  /** One pass; then it is time for the next one. */
  pass(): Promise<void>;
  /** What `/metrics` shows, and the truth. */
  numbers(): Promise<{ readonly shown: Samples; readonly truth: Samples }>;
  recover(without?: string): Promise<{ readonly faults: readonly string[]; readonly passes: number }>;
}

/** A world that has ended, at a GitHub with limits of its own. */
export async function openStage(world: World, options: Partial<SimulatedGitHubOptions>): Promise<Stage> {
  const time = { nowMs: END_MS + MAX_DELAY_MS };
  const clock = () => time.nowMs;
  const { privateKey, app } = testApp();
  const github = await openSimulatedGitHub({ world, clock, app, touched: 0, ...options });
  const privateKeyPem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const login = { token: null, app: { id: String(app.id), privateKeyPem } };
  const client = openTestClient(github.url, { ...login, timeoutMs: 300 }, time);
  const pipeline = await openPipeline({ clock: time });
  for (const name of ['begin', 'pass']) await pipeline.store.writeMark(`recovery/${name}`, world.startMs);
  const shared = {
    history: openHistory({ github: client.github, hasApp: true, clock, steady: clock }),
    engine: pipeline.engine,
    patterns: [],
    retentionMs: null,
    meter: { add() {} },
    report: new Report({ clock, steady: clock, logger: SILENT, meter: { add() {} } }),
    retries: new RetryCounts(),
    hookWatch: new HookWatch({ steady: clock, logger: SILENT }),
    clock,
    steady: clock,
    startedMs: clock(),
    logger: SILENT,
    signal: new AbortController().signal,
  };
  async function numbers() {
    await pipeline.process();
    const [shown, truth] = [await pipeline.text(), truthOf(world, time.nowMs)].map(parseExposition);
    return { shown, truth } as { shown: Samples; truth: Samples };
  }
  async function faultsNow(without: string): Promise<string[]> {
    const both = await numbers();
    const [shown, truth] = [both.shown, both.truth].map((samples) =>
      countedAtOnce(samples).filter((line) => !line.startsWith(without)),
    ) as [string[], string[]];
    return [
      ...shown.filter((line) => !truth.includes(line)),
      ...truth.filter((line) => !shown.includes(line)),
    ];
  }
  async function pass(): Promise<void> {
    const retryAtMs = await recoverOnce(shared);
    time.nowMs = Math.max(
      time.nowMs + 1000,
      Math.min(time.nowMs + INTERVAL_MS, retryAtMs ?? Number.POSITIVE_INFINITY),
    );
  }
  return {
    github,
    client,
    pipeline,
    time,
    pass,
    numbers,
    async recover(without = 'nothing') {
      for (let passes = 1; ; passes += 1) {
        await pass();
        const faults = (await faultsNow(without)).slice(0, 10);
        if (faults.length === 0 || passes === MOST_PASSES) return { faults, passes };
      }
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await pipeline[Symbol.asyncDispose]();
      await github[Symbol.asyncDispose]();
    },
  };
}

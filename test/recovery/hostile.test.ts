import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf, MAX_DELAY_MS } from '../../simulator/deliveries.ts';
import { createRandom } from '../../simulator/random.ts';
import { openSimulatedGitHub, type SimulatedGitHub } from '../../simulator/rest/simulated-github.ts';
import { truthOf } from '../../simulator/truth.ts';
import { pastWorld, type World } from '../../simulator/world.ts';
import { openHistory } from '../../src/github/history.ts';
import { RetryCounts } from '../../src/sync/backoff.ts';
import { recoverOnce } from '../../src/sync/recover-lost.ts';
import { Report } from '../../src/sync/report.ts';
import { openTestClient, type TestClient } from '../fixtures/fake-github.ts';
import { SILENT } from '../fixtures/logger.ts';
import { END_MS, newApp } from '../fixtures/simulated-rest.ts';
import { deliveryOf, openPipeline, type Pipeline } from '../pipeline.ts';
import { linesOf, parseExposition } from '../samples.ts';
import { DISPATCHES, withoutGates } from './lossy-github.ts';

/*
 * Recovery through everything that GitHub's API may do to it: exhausted limits, errors, cut connections,
 * invalid or missing answers, expiring tokens. All in this process; time passes only while something waits.
 */

const HOUR_MS = 3_600_000;
const INTERVAL_MS = HOUR_MS / 4;
const MOST_PASSES = 300;

interface Stage extends AsyncDisposable {
  readonly github: SimulatedGitHub;
  readonly client: TestClient;
  readonly pipeline: Pipeline;
  readonly time: { nowMs: number };
  /**
   * Passes one after the other until `/metrics` shows the truth; returns what is wrong in the end, and how
   * many passes it took.
   */
  recover(without?: string): Promise<{ readonly faults: readonly string[]; readonly passes: number }>;
}

async function openStage(world: World): Promise<Stage> {
  const time = { nowMs: END_MS + MAX_DELAY_MS };
  const clock = () => time.nowMs;
  const { privateKey, app } = newApp();
  const limits = { perHour: 40, pointsPerMinute: 15 };
  const github = await openSimulatedGitHub({ world, clock, app, limits, touched: 0 });
  github.faults.shares = { error: 0.05, reset: 0.04, garbage: 0.03, hang: 0.01 };
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
    clock,
    steady: clock,
    logger: SILENT,
    signal: new AbortController().signal,
  };
  async function faultsNow(without: string): Promise<string[]> {
    await pipeline.process();
    const [shown, truth] = [await pipeline.text(), truthOf(world, time.nowMs)].map((text) =>
      linesOf(parseExposition(text), 'github_actions_').filter((line) => !line.startsWith(without)),
    ) as [string[], string[]];
    return [
      ...shown.filter((line) => !truth.includes(line)),
      ...truth.filter((line) => !shown.includes(line)),
    ];
  }
  return {
    github,
    client,
    pipeline,
    time,
    async recover(without = 'nothing') {
      for (let passes = 1; ; passes += 1) {
        const retryAtMs = await recoverOnce(shared);
        const faults = (await faultsNow(without)).slice(0, 10);
        if (faults.length === 0 || passes === MOST_PASSES) return { faults, passes };
        time.nowMs = Math.max(
          time.nowMs + 1000,
          Math.min(time.nowMs + INTERVAL_MS, retryAtMs ?? Number.POSITIVE_INFINITY),
        );
      }
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await pipeline[Symbol.asyncDispose]();
      await github[Symbol.asyncDispose]();
    },
  };
}

function smallWorld(seed: string): World {
  return pastWorld({ seed, runs: 40, inFlight: 0.1, endMs: END_MS, spanMs: 6 * HOUR_MS });
}

test('both limits, errors, cut connections and expiring tokens: the delivery log completes the numbers in the end', async () => {
  const world = withoutGates(smallWorld('hostile-log'));
  await using stage = await openStage(world);
  const random = createRandom('losses');
  for (const delivery of deliveriesOf(world)) {
    const { guid, event, atMs } = delivery;
    if (random.chance(0.6)) stage.github.log.recordLost(delivery);
    else {
      stage.github.log.record(delivery, { status: 202, error: null, tookMs: 5, headers: {}, body: '' });
      await stage.pipeline.accept([deliveryOf({ guid, event, body: delivery.body() }, atMs)]);
    }
  }
  const { faults, passes } = await stage.recover();
  assert.deepEqual(faults, []);
  assertHostile(stage, passes);
});

test('lists of runs complete the numbers under the same conditions', async () => {
  const world = withoutGates(smallWorld('hostile-list'));
  await using stage = await openStage(world);
  stage.github.limits.slowDown(90);
  const { faults, passes } = await stage.recover(DISPATCHES);
  assert.deepEqual(faults, []);
  assertHostile(stage, passes);
});

/** It was worth it. */
function assertHostile({ github, client, time }: Stage, passes: number): void {
  assert.ok(passes > 1);
  const statuses = new Set(Object.keys(client.counts()).map((name) => /,(\w+)\}$/.exec(name)?.[1]));
  for (const status of ['200', '403', 'network', 'timeout']) assert.ok(statuses.has(status), status);
  assert.ok(time.nowMs - END_MS > HOUR_MS);
  const minted = github.requests.answers('POST /app/installations/{installation_id}/access_tokens');
  assert.ok((minted.get(201) ?? 0) > 2);
}

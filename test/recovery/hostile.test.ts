import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { createRandom } from '../../simulator/random.ts';
import { pastWorld, type World } from '../../simulator/world.ts';
import { END_MS } from '../fixtures/simulated-rest.ts';
import { deliveryOf } from '../pipeline.ts';
import { DISPATCHES, withoutGates } from './lossy-github.ts';
import { openStage, type Stage } from './recovery-stage.ts';

/*
 * Recovery through everything that GitHub's API may do to it: exhausted limits, errors, cut connections,
 * invalid or missing answers, expiring tokens. All in this process; time passes only while something waits.
 */

const HOUR_MS = 3_600_000;

/** Not much is allowed, and one request in eight goes wrong. */
async function openHostile(world: World): Promise<Stage> {
  const stage = await openStage(world, { limits: { perHour: 40, pointsPerMinute: 15 } });
  stage.github.faults.shares = { error: 0.05, reset: 0.04, garbage: 0.03, hang: 0.01 };
  return stage;
}

function smallWorld(seed: string): World {
  return pastWorld({ seed, runs: 40, inFlight: 0.1, endMs: END_MS, spanMs: 6 * HOUR_MS });
}

test('both limits, errors, cut connections and expiring tokens: the delivery log completes the numbers in the end', async () => {
  const world = withoutGates(smallWorld('hostile-log'));
  await using stage = await openHostile(world);
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
  await using stage = await openHostile(world);
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

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf, type SimulatedDelivery } from '../../simulator/deliveries.ts';
import { createRandom } from '../../simulator/random.ts';
import { statusText } from '../../simulator/rest/delivery-log.ts';
import type { Outcome } from '../../simulator/signed-request.ts';
import { pastWorld } from '../../simulator/world.ts';
import { attemptStatusOf } from '../../src/domain/hook-attempts.ts';
import { OVERLAP_MS } from '../../src/sync/checkpoints.ts';
import { END_MS } from '../fixtures/simulated-rest.ts';
import { deliveryOf } from '../pipeline.ts';
import { linesOf, parseExposition, sumOf } from '../samples.ts';
import { withoutGates } from './lossy-github.ts';
import { openStage, type Stage } from './recovery-stage.ts';

/*
 * What GitHub's log of a hook says about the deliveries, as `/metrics` shows it.
 */

const HOUR_MS = 3_600_000;
const JOBS = [
  'github_actions_jobs_total',
  'github_actions_job_duration_seconds',
  'github_actions_job_failures_total',
];
const OUTCOMES: readonly Outcome[] = [
  { status: 202, error: null, tookMs: 40, headers: {}, body: '' },
  { status: 503, error: null, tookMs: 110, headers: {}, body: '' },
  { status: 401, error: null, tookMs: 30, headers: {}, body: '' },
  { status: null, error: 'ETIMEDOUT', tookMs: 10_000, headers: {}, body: '' },
  { status: null, error: 'ECONNREFUSED', tookMs: 0, headers: {}, body: '' },
];

async function arrive({ pipeline }: Stage, { guid, event, atMs, body }: SimulatedDelivery): Promise<void> {
  await pipeline.accept([deliveryOf({ guid, event, body: body() }, atMs)]);
}

function smallWorld(seed: string, repositories = 3) {
  return pastWorld({ seed, runs: 40, inFlight: 0, endMs: END_MS, spanMs: 12 * HOUR_MS, repositories });
}

test("the numbers of the App's hook are those of GitHub's log, though its limits break off most readings", async () => {
  const world = smallWorld('hook-numbers');
  await using stage = await openStage(world, { limits: { perHour: 60, pointsPerMinute: 1000 } });
  const random = createRandom('outcomes');
  const all = [...deliveriesOf(world)];
  for (const delivery of all) {
    const outcome = random.pick(random.chance(0.7) ? OUTCOMES.slice(0, 1) : OUTCOMES);
    if (outcome.status === 202) await arrive(stage, delivery);
    stage.github.log.record(delivery, outcome);
  }
  const entries = stage.github.log.entries().filter(({ deliveredMs }) => deliveredMs >= world.startMs);
  const { faults, passes } = await stage.recover();
  assert.deepEqual(faults, []);
  assert.ok(passes > 3, `${passes} passes`);
  for (let more = 0; more < 20; more += 1) await stage.pass();

  const shown = parseExposition(await stage.pipeline.text('ant_watcher_hook_'));
  const expected = Map.groupBy(entries, ({ delivery: { event }, outcome }) => {
    const status = attemptStatusOf(statusText(outcome), outcome.status);
    return `ant_watcher_hook_deliveries_total{hook="app",event="${event}",status="${status}"}`;
  });
  assert.ok(entries.every(({ deliveredMs }) => deliveredMs < stage.time.nowMs - OVERLAP_MS));
  assert.deepEqual(
    linesOf(shown, 'ant_watcher_hook_deliveries_total').filter((line) => !line.endsWith(' 0')),
    Array.from(expected, ([series, { length }]) => `${series} ${length}`).sort(),
  );
  const tookMs = entries.reduce((sum, { outcome }) => sum + Math.round(outcome.tookMs / 10) * 10, 0);
  assert.equal(sumOf(shown, 'ant_watcher_hook_delivery_seconds_sum'), tookMs / 1000);
  assert.equal(sumOf(shown, 'ant_watcher_hook_delivery_seconds_count'), entries.length);
});

for (const kind of ['organization', 'repository'] as const)
  test(`a hook (${kind}) that sends only jobs recovers them from its log as they were sent, and the lists have the runs`, async () => {
    const world = withoutGates(smallWorld(`only-jobs-${kind}`, 1));
    await using stage = await openStage(world, { hooks: [kind], hookEvents: ['workflow_job'] });
    const random = createRandom('jobs');
    const lost = new Set<string>();
    for (const delivery of deliveriesOf(world)) {
      if (delivery.event !== 'workflow_job') continue;
      const isLost = random.chance(0.3);
      stage.github.log.record(delivery, OUTCOMES[isLost ? 4 : 0] ?? assert.fail());
      if (isLost) lost.add(delivery.guid);
      else await arrive(stage, delivery);
    }
    assert.ok(lost.size > 20);
    await stage.pass();
    assert.deepEqual(await stage.pipeline.engine.unseen([...lost]), []);
    const { shown, truth } = await stage.numbers();
    const jobsIn = (samples: typeof shown) => JOBS.flatMap((name) => linesOf(samples, name));
    assert.deepEqual(jobsIn(shown), jobsIn(truth));
    const { faults } = await stage.recover('github_actions_dispatches_total');
    assert.deepEqual(faults, [], 'the lists have the runs');
  });

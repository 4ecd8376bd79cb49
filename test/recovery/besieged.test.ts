import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliveriesOf, type SimulatedDelivery } from '../../simulator/deliveries.ts';
import { FAULT_KINDS } from '../../simulator/rest/faults.ts';
import type { SimulatedGitHub } from '../../simulator/rest/simulated-github.ts';
import type { World } from '../../simulator/world.ts';
import { sumOf } from '../samples.ts';
import { DISPATCHES } from './lossy-github.ts';
import { aShare, type Losing, openLosing, rerunWorld } from './recovered.ts';
import { BUDGETS } from './request-budgets.ts';

/*
 * The real process while GitHub's API does everything that it may do at once: both limits run out again and
 * again, tokens expire early, and answers are errors, not JSON, cut off, late or missing. Meanwhile webhooks
 * arrive and reconciliation asks.
 */

const MINT = 'POST /app/installations/{installation_id}/access_tokens';
const LOGGED = 'GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}';
const JOBS = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs';
const PARTS = 12;
const PAUSE_MS = 500;
const SLOW_MS = 600;
const HOSTILE = {
  limits: { perHour: 400, hourMs: 6000, pointsPerMinute: 80, minuteMs: 2000 },
  tokenLifeMs: 4000,
  patienceMs: 100_000,
  env: {
    ANT_WATCHER_GITHUB_TIMEOUT: '1s',
    ANT_WATCHER_RECOVERY_INTERVAL: '3s',
    ANT_WATCHER_RECOVERY_RECONCILE_AFTER: '10s',
  },
};
const SHARES = { error: 0.03, reset: 0.03, garbage: 0.02, hang: 0.01, slow: 0.02 };

test("a third of the webhooks is lost and the API is hostile; the hooks' logs restore everything", async (context) => {
  const world = rerunWorld('besieged-log', { runs: 40 });
  // These logs are read with installation tokens. They contain no dispatches, so none is lost.
  await using lossy = await openLosing({ world, hooks: ['repository'], ...HOSTILE });
  using _ = besiege(lossy.github, LOGGED);
  const isLost = aShare(world, 1 / 3);
  await sendSlowly(lossy, world, (delivery) => isLost() && delivery.event !== 'workflow_dispatch');
  await lossy.reconciled();
  const { lost, from } = await lossy.expectRecovered(BUDGETS.hostileLog, context);
  // When the list of hooks failed, a list of runs was read first.
  assert.ok(from('redelivery') > lost / 2);
  await assertHostile(lossy);
});

test('a third is silently lost and the API is hostile; lists of runs and jobs restore everything', async (context) => {
  const world = rerunWorld('besieged-lists', { runs: 40 });
  await using lossy = await openLosing({ world, hooks: [], ...HOSTILE });
  using _ = besiege(lossy.github, JOBS);
  await lossy.restartBehind(world);
  await sendSlowly(lossy, world, aShare(world, 1 / 3));
  await lossy.reconciled();
  const { from } = await lossy.expectRecovered(BUDGETS.hostileLists, context, [DISPATCHES]);
  assert.deepEqual([from('redelivery'), from('api') > 0], [0, true]);
  await assertHostile(lossy);
});

/**
 * Until it is disposed. Each fault happens at random, and at least once to `endpoint`. Each limit is hit as
 * soon as possible, and then again and again.
 */
function besiege({ faults, limits }: SimulatedGitHub, endpoint: string): Disposable {
  faults.shares = SHARES;
  faults.slowMs = SLOW_MS;
  for (const kind of FAULT_KINDS) faults.next(kind, 1, endpoint);
  let seconds = 0;
  const timer = setInterval(() => {
    seconds++;
    if (seconds % 5 === 0 || limits.refused.secondary === 0) limits.slowDown(1);
    // As if other programs had used up what is left.
    else if (seconds % 20 === 3 || limits.refused.primary === 0) limits.useUp();
  }, 1000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Chosen so that recovery is working while webhooks arrive. */
async function sendSlowly(
  lossy: Losing,
  world: World,
  isLost: (delivery: SimulatedDelivery) => boolean,
): Promise<void> {
  const all = [...deliveriesOf(world)];
  const length = Math.ceil(all.length / PARTS);
  for (let start = 0; start < all.length; start += length) {
    await lossy.lose(all.slice(start, start + length), isLost);
    await sleep(PAUSE_MS);
  }
}

/** It was worth it: the process met every fault. */
async function assertHostile({ github, service }: Losing): Promise<void> {
  const { primary, secondary } = github.limits.refused;
  const samples = await service.metrics();
  const answered = (status: string) => sumOf(samples, 'ant_watcher_github_requests_total', { status });
  const met = ['200', '401', '403', 'network', 'timeout'].map(
    (status) => [status, answered(status)] as const,
  );
  const failed = ['500', '502', '503'].reduce((sum, status) => sum + answered(status), 0);
  const minted = github.requests.answers(MINT).get(201) ?? 0;
  const story = { ...Object.fromEntries(met), failed, primary, secondary, minted };
  for (const [what, times] of Object.entries(story))
    assert.ok(times > 0, `${what}: ${JSON.stringify(story)}`);
  assert.ok(minted > 2);
}

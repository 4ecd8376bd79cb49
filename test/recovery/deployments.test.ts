import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf, type SimulatedDelivery } from '../../simulator/deliveries.ts';
import { pastWorld } from '../../simulator/world.ts';
import { sumOf } from '../samples.ts';
import { openLossyGitHub } from './lossy-github.ts';

/*
 * What GitHub says about deployments comes back from the log of the App's hook, as everything else; lists of runs
 * have nothing of it.
 */

const HOUR_MS = 3_600_000;
/** What is only certain ten minutes after an end, and what no world has. */
const NOT_YET = ['job', 'reruns', 'run_queue', 'runner', 'wasted'].map((name) => `github_actions_${name}`);

test('the events of deployments that were lost come back from the log, and the numbers are the truth', async () => {
  const world = pastWorld({
    ...{ seed: 'deployed', runs: 150, spanMs: 12 * HOUR_MS, inFlight: 0.1, endMs: Date.now() },
    ...{ refusals: 0.3, deployments: true },
  });
  await using lossy = await openLossyGitHub({ world });
  let count = 0;
  const isLost = ({ event }: SimulatedDelivery) => event.startsWith('deployment') && count++ % 3 > 0;
  const { lost } = await lossy.send(deliveriesOf(world), isLost);
  assert.ok(lost > 30, `${lost} were lost`);
  await lossy.returned(lost);
  const { samples, faults } = await lossy.whole(NOT_YET);
  assert.deepEqual(faults, []);
  for (const state of ['success', 'failure'])
    assert.ok(sumOf(samples, 'github_actions_deployments_total', { state }) > 0, state);
  for (const state of ['approved', 'rejected'])
    assert.ok(sumOf(samples, 'github_actions_deployment_reviews_total', { state }) > 0, state);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { truthOf } from '../simulator/truth.ts';
import { pastWorld } from '../simulator/world.ts';
import { countedAtOnce } from './counted-at-once.ts';
import { deliver, disordered } from './delivered-world.ts';
import { expectReadApiTruth } from './read-api-truth.ts';
import { startAntWatcher } from './run-ant-watcher.ts';
import { parseExposition, type Samples, sumOf } from './samples.ts';
import { type Service, startService } from './service.ts';
import { expectWholeTruth } from './whole-truth.ts';

/*
 * A whole simulated GitHub, badly delivered, against the real process; afterwards `/metrics` is compared with
 * what the simulator knows of its world.
 */

/**
 * Ends that GitHub never reported are stale after a day, or after 35: the worlds have to be that old. All of
 * them is kept, to be compared with counters, which forget nothing.
 */
const WORLDS = [
  '--seed ants --deployments --runs 90 --span 36h --duplicates 0.2 --reorder 0.4',
  '--seed mites --deployments --runs 90 --span 30h --duplicates 0.05 --reorder 1 --reorder-window 12h --form',
  '--seed fleas --deployments --runs 90 --span 2000h --duplicates 0.5 --reorder 0.2 --in-flight 0.4',
];

/**
 * The present, because what is in flight must not be stale; in the name of the test, so that it can be
 * repeated.
 */
const END = new Date().toISOString();

for (const world of WORLDS.map((flags) => `${flags} --end ${END}`)) {
  test(`simulate ${world}: /metrics and the read API show the truth, and again after a restart`, async () => {
    await using service = await startService({ env: { ANT_WATCHER_STORAGE_RETENTION: '120d' } });
    const truth = await simulate(service, world);
    await expectTruth(service, truth);

    const { code } = await service.stop();
    assert.equal(code, 0);
    await service.start();
    await expectTruth(service, truth);
  });
}

test('with metrics.branch_bases, pull requests and merge queues are counted by where they merge into', async () => {
  const endMs = Date.parse(END);
  const spanMs = 36 * 3_600_000;
  const world = pastWorld({ seed: 'bases', runs: 150, inFlight: 0.1, endMs, spanMs });
  const truth = parseExposition(truthOf(world, endMs, { hasBases: true }));
  for (const branch of ['pull_request:default', 'pull_request', 'merge_queue:default'])
    assert.ok(sumOf(truth, 'github_actions_runs_total', { branch }) > 0, branch);
  await using service = await startService({ env: { ANT_WATCHER_METRICS_BRANCH_BASES: 'true' } });
  assert.deepEqual(countedAtOnce(await deliver(service, disordered(world))), countedAtOnce(truth));
});

async function simulate(service: Service, world: string): Promise<Samples> {
  const file = join(service.folder, 'truth.txt');
  const args = ['simulate', ...world.split(' '), '--url', service.webhookUrl, '--truth', file];
  using simulator = startAntWatcher(args, { env: { ANT_WATCHER_WEBHOOK_SECRET: service.secret } });
  const { code, stderr } = await simulator.ended();
  assert.equal(code, 0, stderr);
  return parseExposition(readFileSync(file, 'utf8'));
}

async function expectTruth(service: Service, truth: Samples): Promise<void> {
  const samples = await service.settled();
  expectWholeTruth(samples, truth);
  assert.equal(sumOf(samples, 'ant_watcher_queue_deliveries', { state: 'parked' }), 0);
  assert.ok(sumOf(samples, 'ant_watcher_deliveries_total', { outcome: 'duplicate' }) > 0);
  await expectReadApiTruth(service, samples);
}

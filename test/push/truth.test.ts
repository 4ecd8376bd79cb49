import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAntWatcher } from '../run-ant-watcher.ts';
import { sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import { type ExpectedSample, readExpected } from './expected-samples.ts';
import { drained, pushingTo, sendLetters, startReceivers, urlsOf } from './receivers.ts';
import { sentWorld } from './sent-world.ts';

/*
 * A whole simulated GitHub, badly delivered, against the real process and two real receivers at once:
 * afterwards they have exactly what the simulator knows of its world, label by label, value by value,
 * millisecond by millisecond.
 */

const END = new Date().toISOString();
const WORLD = `--seed ants --runs 60 --span 12h --end ${END} --duplicates 0.2 --reorder 0.4 --reorder-window 6h`;
const SINKS = ['vm', 'prom'];

test(`simulate ${WORLD}: both receivers have its samples, exactly, and nothing is sent again`, async () => {
  await using receivers = await startReceivers();
  await using service = await startService({ env: pushingTo(urlsOf(receivers)) });
  const expected = await simulate(service, WORLD);
  await drained(service);
  await receivers.expect(expected);
  expectKinds(expected);
  await expectCounted(service, expected.length);

  await service.stop();
  await service.start();
  await drained(service);
  await receivers.expect(expected);
  await expectCounted(service, expected.length);
});

test('labels left out by the policy are not on samples either, and each event stays one sample', async () => {
  const { letters, expected } = sentWorld('label policy', 20);
  await using receivers = await startReceivers();
  const env = pushingTo(urlsOf(receivers), {
    ANT_WATCHER_METRICS_LABEL_POLICY: 'event_job_queue_seconds: repository, runs_on',
  });
  await using service = await startService({ env });
  await sendLetters(service, letters);
  await drained(service);
  await receivers.expect(expected.map(withoutJob));
});

function withoutJob(sample: ExpectedSample): ExpectedSample {
  if (sample.labels['__name__'] !== 'github_actions_event_job_queue_seconds') return sample;
  const { workflow: _, job_name: __, ...labels } = sample.labels;
  return { ...sample, labels };
}

async function simulate(service: Service, world: string): Promise<ExpectedSample[]> {
  const file = join(service.folder, 'truth-samples.txt');
  const args = ['simulate', ...world.split(' '), '--url', service.webhookUrl, '--truth-samples', file];
  using simulator = startAntWatcher(args, { env: { ANT_WATCHER_WEBHOOK_SECRET: service.secret } });
  const { code, stderr } = await simulator.ended();
  assert.equal(code, 0, stderr);
  return readExpected(readFileSync(file, 'utf8'));
}

/** The world was rich enough: every kind of sample, and executions that later attempts reported again. */
function expectKinds(expected: readonly ExpectedSample[]): void {
  const names = new Set(expected.map(({ labels }) => labels['__name__']));
  assert.deepEqual([...names].sort(), [
    'github_actions_event_job_duration_seconds',
    'github_actions_event_job_queue_seconds',
    'github_actions_event_run_duration_seconds',
  ]);
  assert.ok(expected.some(({ timesMs }) => timesMs.length > 1));
}

async function expectCounted(service: Service, count: number): Promise<void> {
  const metrics = await service.metrics();
  for (const sink of SINKS) {
    assert.equal(sumOf(metrics, 'ant_watcher_samples_total', { sink, outcome: 'sent' }), count, sink);
    assert.equal(sumOf(metrics, 'ant_watcher_samples_total', { sink }), count, sink);
  }
}

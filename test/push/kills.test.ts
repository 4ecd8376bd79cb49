import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../simulator/random.ts';
import { hasAccepted, Resender } from '../resender.ts';
import { sumOf } from '../samples.ts';
import { startService } from '../service.ts';
import {
  allSafe,
  drained,
  expectNoneRejected,
  pushingTo,
  startReceivers,
  until,
  urlsOf,
} from './receivers.ts';
import { sentWorld } from './sent-world.ts';

/*
 * Either side may be killed at any moment: what is pushed stays exact. VictoriaMetrics loses what it accepted
 * in the seconds before, so that is sent again.
 */

const SENDERS = 8;
/** More for a long proof. */
const KILLS = Number(process.env['ANT_WATCHER_TEST_KILLS'] ?? 5);
const RUNS = 8 * KILLS;
/** Longer than VictoriaMetrics takes to write to the disk. */
const WINDOW = { ANT_WATCHER_PUSH_RESEND_WINDOW: '8s' };

test('the receivers are killed while a world is sent: both have its samples, exactly', async () => {
  const random = createRandom('kill receivers');
  const { letters, expected } = sentWorld('receivers', RUNS);
  await using receivers = await startReceivers();
  await using service = await startService({ env: pushingTo(urlsOf(receivers), WINDOW) });
  const restarts = async (sink: string) =>
    sumOf(await service.metrics(), 'ant_watcher_receiver_restarts_total', { sink });
  const fresh = letters.values();
  const resender = new Resender(service, SENDERS, () => fresh.next().value);
  const running = resender.run();
  for (let kill = 1; kill <= KILLS; kill++) {
    await hasAccepted(resender, (letters.length * kill) / (KILLS + 1), running);
    const [which, sink] = kill % 2 === 1 ? (['victoria', 'vm'] as const) : (['prometheus', 'prom'] as const);
    const before = await restarts(sink);
    await receivers.stop(which);
    await sleep(random.int(0, 300));
    await receivers.start(which);
    await until(`the restart of ${which} is not noticed`, async () => (await restarts(sink)) > before);
  }
  await running;
  await resender.finish();
  await drained(service);
  await allSafe(service);
  await expectNoneRejected(service);
  await receivers.expect(expected);
  // Otherwise it would prove nothing.
  const metrics = await service.metrics();
  assert.ok(
    sumOf(metrics, 'ant_watcher_push_requests_total', { outcome: 'retry' }) > 0,
    'no request was lost',
  );
  assert.ok(
    sumOf(metrics, 'ant_watcher_repeated_samples_total', { outcome: 'sent' }) > 0,
    'nothing was repeated',
  );
  assert.equal(sumOf(metrics, 'ant_watcher_samples_total', { outcome: 'sent' }), 2 * expected.length);
});

test(`ant-watcher is killed ${KILLS} times while a world is sent, and the receivers with it: both receivers have its samples, exactly`, async () => {
  const random = createRandom('kill ant-watcher');
  const { letters, expected } = sentWorld('watcher', RUNS);
  await using receivers = await startReceivers();
  await using service = await startService({ env: pushingTo(urlsOf(receivers), WINDOW) });
  const fresh = letters.values();
  const resender = new Resender(service, SENDERS, () => fresh.next().value);
  let cut = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    const running = resender.run();
    await hasAccepted(resender, (letters.length * kill) / (KILLS + 1), running);
    await sleep(random.int(0, 60));
    await service.kill();
    await running;
    if (kill % 2 === 0) await receivers.stop();
    cut += resender.unanswered;
    if (kill % 2 === 0) await receivers.start();
    await service.start();
  }
  await resender.finish();
  await drained(service);
  await allSafe(service);
  await expectNoneRejected(service);
  await receivers.expect(expected);
  const sent = sumOf(await service.metrics(), 'ant_watcher_samples_total', { outcome: 'sent' });
  assert.equal(sent, 2 * expected.length);
  assert.ok(cut >= KILLS, `${cut} deliveries were cut off`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../simulator/random.ts';
import { hasAccepted, Resender } from '../resender.ts';
import { sumOf } from '../samples.ts';
import { startService } from '../service.ts';
import { drained, expectNoneRejected, pushingTo, startReceivers, urlsOf } from './receivers.ts';
import { toldWorld } from './told-world.ts';

/*
 * Either side may stop at any moment: what is pushed stays exact.
 */

const SENDERS = 8;
const KILLS = 5;
const RUNS = 40;

test('the receivers stop and start again while a world is sent: both have its samples, exactly', async () => {
  const random = createRandom('kill receivers');
  const { letters, expected } = toldWorld('receivers', RUNS);
  await using receivers = await startReceivers();
  await using service = await startService({ env: pushingTo(urlsOf(receivers)) });
  const fresh = letters.values();
  const resender = new Resender(service, SENDERS, () => fresh.next().value);
  const running = resender.run();
  for (let kill = 1; kill <= KILLS; kill++) {
    await hasAccepted(resender, (letters.length * kill) / (KILLS + 1), running);
    const which = kill % 2 === 1 ? 'victoria' : 'prometheus';
    await receivers.stop(which);
    await sleep(random.int(0, 300));
    await receivers.start(which);
  }
  await running;
  await resender.finish();
  await drained(service);
  await expectNoneRejected(service);
  await receivers.expect(expected);
  // Otherwise it would prove nothing.
  const retries = sumOf(await service.metrics(), 'ant_watcher_push_requests_total', { outcome: 'retry' });
  assert.ok(retries > 0, 'no request was lost');
});

test(`ant-watcher is killed ${KILLS} times while a world is sent: both receivers have its samples, exactly`, async () => {
  const random = createRandom('kill ant-watcher');
  const { letters, expected } = toldWorld('watcher', RUNS);
  await using receivers = await startReceivers();
  await using service = await startService({ env: pushingTo(urlsOf(receivers)) });
  const fresh = letters.values();
  const resender = new Resender(service, SENDERS, () => fresh.next().value);
  let cut = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    const running = resender.run();
    await hasAccepted(resender, (letters.length * kill) / (KILLS + 1), running);
    await sleep(random.int(0, 60));
    await service.kill();
    await running;
    cut += resender.unanswered;
    await service.start();
  }
  await resender.finish();
  await drained(service);
  await expectNoneRejected(service);
  await receivers.expect(expected);
  const sent = sumOf(await service.metrics(), 'ant_watcher_samples_total', { outcome: 'sent' });
  assert.equal(sent, 2 * expected.length);
  assert.ok(cut >= KILLS, `${cut} deliveries were cut off`);
});

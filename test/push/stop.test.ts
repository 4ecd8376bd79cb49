import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Service, startService } from '../service.ts';
import { FAULTS, startHostileProxy } from './hostile-proxy.ts';
import { drained, pushingTo, sendLetters, startReceivers, until, urlsOf, waiting } from './receivers.ts';
import { sentWorld } from './sent-world.ts';

/*
 * What SIGTERM does with waiting samples.
 */

const PATIENT = { ANT_WATCHER_PUSH_BATCH_AGE: '1h' };

test('SIGTERM sends what waits, however long it could wait', async () => {
  const { letters, expected } = sentWorld('flush', 12);
  await using receivers = await startReceivers();
  await using service = await startService({ env: pushingTo(urlsOf(receivers), PATIENT) });
  await sendLetters(service, letters);
  await service.settled();
  assert.equal(await waiting(service), 2 * expected.length);
  await expectOrderlyEnd(service);
  await receivers.expect(expected);
});

test('samples that cannot be sent in the grace period are kept, and sent after the next start', async () => {
  const { letters, expected } = sentWorld('grace', 12);
  await using receivers = await startReceivers();
  const urls = urlsOf(receivers);
  let isSlow = true;
  // Accepts three requests, and then does not answer.
  const judge = (_: unknown, number: number) =>
    isSlow && number > 3 ? FAULTS['does not answer'] : undefined;
  await using victoria = await startHostileProxy(urls.victoria, judge);
  await using prometheus = await startHostileProxy(urls.prometheus, judge);
  const env = pushingTo(
    { victoria: victoria.url, prometheus: prometheus.url },
    { ANT_WATCHER_SHUTDOWN_GRACE: '4s' },
  );
  await using service = await startService({ env });
  await sendLetters(service, letters);
  await service.settled();
  await until('the receivers do not hang', () => victoria.requests() > 3 && prometheus.requests() > 3);
  await expectOrderlyEnd(service);
  isSlow = false;
  await service.start();
  await drained(service);
  await receivers.expect(expected);
});

test('SIGTERM does not wait for a snapshot that a receiver does not answer', async () => {
  const hang = FAULTS['does not answer'];
  await using hanging = await startHostileProxy('http://127.0.0.1:9', () => hang);
  await using service = await startService({
    env: {
      ANT_WATCHER_PUSH_URL: hanging.url,
      ANT_WATCHER_PUSH_SNAPSHOT_INTERVAL: '1s',
      ANT_WATCHER_SHUTDOWN_GRACE: '4s',
    },
  });
  await until('no snapshot is sent', () => hanging.requests() > 0);
  await expectOrderlyEnd(service);
});

async function expectOrderlyEnd(service: Service): Promise<void> {
  const { code, log } = await service.stop();
  assert.equal(code, 0, log);
}

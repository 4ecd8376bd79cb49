import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../simulator/random.ts';
import { startService } from '../service.ts';
import { FAULTS, type Fault, startHostileProxy } from './hostile-proxy.ts';
import { drained, expectNoneRejected, pushingTo, sendLetters, startReceivers, urlsOf } from './receivers.ts';
import { sentWorld } from './sent-world.ts';

/*
 * Receivers that accept what they are sent and say otherwise, or do not accept it, in every way.
 */

const PUSH = { ANT_WATCHER_PUSH_TIMEOUT: '500ms', ANT_WATCHER_PUSH_BATCH_SAMPLES: '20' };

test('whatever goes wrong on the way, both receivers get exactly the samples of a world', async () => {
  const { letters, expected } = sentWorld('hostile', 40);
  await using receivers = await startReceivers();
  const urls = urlsOf(receivers);
  const toVictoria = faultsInTurn('to VictoriaMetrics');
  const toPrometheus = faultsInTurn('to Prometheus');
  await using victoria = await startHostileProxy(urls.victoria, toVictoria.judge);
  await using prometheus = await startHostileProxy(urls.prometheus, toPrometheus.judge);
  const env = pushingTo({ victoria: victoria.url, prometheus: prometheus.url }, PUSH);
  await using service = await startService({ env });
  await sendLetters(service, letters);
  await drained(service);
  await expectNoneRejected(service);
  await receivers.expect(expected);
  assert.deepEqual([toVictoria.left(), toPrometheus.left()], [[], []], 'faults that did not happen');
});

/** Each fault once, in a random order, with honest requests in between, so that the waits do not add up. */
function faultsInTurn(seed: string) {
  const random = createRandom(seed);
  const order = Object.keys(FAULTS).sort(() => random.next() - 0.5);
  return {
    judge(_: unknown, number: number): Fault | undefined {
      const name = number % 2 === 0 ? order.shift() : undefined;
      return name === undefined ? undefined : FAULTS[name];
    },
    left: () => order,
  };
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentWorld } from '../push/sent-world.ts';
import { leaderOf, type Replica, samplesOf, settled, startFleet, until } from '../replicas/fleet.ts';
import { type Letter, Resender } from '../resender.ts';
import { sumOf } from '../samples.ts';
import { assertOnce, setOf, startFakeCollector } from './fake-collector.ts';

/*
 * Two replicas on one PostgreSQL: one of them sends, and when it can't any more the other one does.
 */

test('of two replicas one sends spans; while it is suspended the other one does, and each span is counted as sent once', async () => {
  const { letters } = sentWorld('replicas that trace', 20);
  const third = Math.floor(letters.length / 3);
  await using collector = await startFakeCollector();
  await using whole = await startFakeCollector();
  const endpoint = `otlp=${collector.url},whole=${whole.url}`;
  await using fleet = await startFleet({ count: 2, env: () => ({ ANT_WATCHER_OTLP_ENDPOINT: endpoint }) });
  const [first, second] = fleet.replicas;
  assert.ok(first !== undefined && second !== undefined);
  await Promise.all([
    sendTo(first, letters.slice(0, third)),
    sendTo(second, letters.slice(third, 2 * third)),
  ]);
  await settled(fleet);
  await until('spans wait', async () => (await waitingIn(first)) === 0);
  assertOnce(collector);
  assert.deepEqual(setOf(collector), setOf(whole));

  const leader = (await leaderOf(fleet)) ?? assert.fail('nobody leads');
  const other = leader === first ? second : first;
  const before = collector.spans.length;
  leader.service.signal('SIGSTOP');
  await sendTo(other, letters.slice(2 * third));
  await until('nobody goes on', async () => (await waitingIn(other)) === 0);
  assert.ok(collector.spans.length > before);
  leader.service.signal('SIGCONT');
  await settled(fleet);
  await until('spans wait', async () => (await waitingIn(other)) === 0);
  assertOnce(collector);
  assert.deepEqual(setOf(collector), setOf(whole));
  for (const sink of ['otlp', 'whole']) {
    const samples = (await samplesOf(other.service)) ?? new Map();
    const sent = sumOf(samples, 'ant_watcher_spans_total', { sink, outcome: 'sent' });
    assert.equal(sent, whole.spans.length, sink);
  }
});

async function sendTo({ service }: Replica, letters: readonly Letter[]): Promise<void> {
  const fresh = letters.values();
  await new Resender(service, 4, () => fresh.next().value).finish();
}

/** How many spans wait for any endpoint, as this replica knows; null: it does not answer. */
async function waitingIn({ service }: Replica): Promise<number | null> {
  const samples = await samplesOf(service);
  return samples === null ? null : sumOf(samples, 'ant_watcher_trace_outbox_spans');
}

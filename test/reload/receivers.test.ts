import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ExpectedSample, expectSamples } from '../push/expected-samples.ts';
import { answering, startHostileProxy } from '../push/hostile-proxy.ts';
import { drained } from '../push/receivers.ts';
import { sentWorld } from '../push/sent-world.ts';
import { hasAccepted, Resender } from '../resender.ts';
import { sumOf } from '../samples.ts';
import type { Service } from '../service.ts';
import { startVictoriaMetrics } from '../victoria-metrics.ts';
import { type Configuration, startConfigured, until } from './configured.ts';

/*
 * Receivers are added, removed and changed while a world is sent: each has exactly its own samples.
 */

const EVENTS = '{__name__=~"github_actions_event_.*"}';
const RUNS = 60;
const SENDERS = 8;

function pushingTo(
  urls: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
  ofEach: Readonly<Record<string, string>> = {},
) {
  const sinks = Object.entries(urls).map(([name, url]) => ({ name, url, ...ofEach }));
  return { sinks, push: { batch_age: '10ms', batch_samples: 20, ...more } } satisfies Configuration;
}

test('receivers are added and changed under load: the one that stays has all samples, exactly', async () => {
  const { letters, expected } = sentWorld('reloaded receivers', RUNS);
  await using kept = await startVictoriaMetrics();
  await using added = await startVictoriaMetrics();
  await using configured = await startConfigured(pushingTo({ kept: kept.url }));
  const { service } = configured;
  const fresh = letters.values();
  const resender = new Resender(service, SENDERS, () => fresh.next().value);
  const running = resender.run();
  const steps: readonly Configuration[] = [
    pushingTo({ kept: kept.url }, { extra_labels: '', timeout: '10s' }),
    pushingTo({ added: added.url, kept: kept.url }),
    pushingTo({ added: added.url, kept: `${kept.url}/` }, { batch_samples: '5' }, { headers: 'X-One: 1' }),
    pushingTo({ kept: kept.url, added: added.url }, {}, { token: 'for-all' }),
    pushingTo({ kept: kept.url }),
    { ...pushingTo({ kept: kept.url, added: added.url }), metrics: { max_series: 5000 } },
  ];
  for (const [index, step] of steps.entries()) {
    await hasAccepted(resender, (letters.length * (index + 1)) / (steps.length + 1), running);
    assert.ok((await configured.change(step)).applied?.some((name) => /^(push\.|sinks$)/.test(name)));
  }
  await running;
  await resender.finish();
  await drained(service);
  expectSamples(await kept.samples(EVENTS), expected, 'kept');
  expectPart(await added.samples(EVENTS), expected);
  const sent = sumOf(await service.metrics(), 'ant_watcher_samples_total', { sink: 'kept', outcome: 'sent' });
  assert.equal(sent, expected.length);
});

/** Some of the expected, and none that is not. */
function expectPart(stored: Parameters<typeof expectSamples>[0], expected: readonly ExpectedSample[]): void {
  assert.ok(stored.length > 0 && stored.length < expected.length, `${stored.length} of ${expected.length}`);
  const keys = new Set(expected.flatMap((each) => each.timesMs.map((atMs) => keyOf({ ...each, atMs }))));
  assert.deepEqual(
    stored.map(keyOf).filter((key) => !keys.has(key)),
    [],
  );
}

function keyOf({ labels, value, atMs }: Parameters<typeof expectSamples>[0][number]): string {
  return JSON.stringify([Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)), value, atMs]);
}

test('an unreachable receiver keeps its place across reloads, and gets everything once it is back', async () => {
  const { letters, expected } = sentWorld('away', 20);
  await using victoria = await startVictoriaMetrics();
  const at = (more: Readonly<Record<string, string>>) => pushingTo({ vm: victoria.url }, more);
  await using configured = await startConfigured(at({}));
  const { service } = configured;
  await victoria.stop();
  const fresh = letters.values();
  await new Resender(service, SENDERS, () => fresh.next().value).finish();
  await service.settled();
  for (const timeout of ['5s', '6s', '7s']) await configured.change(at({ timeout }));
  assert.equal(sumOf(await service.metrics(), 'ant_watcher_outbox_samples'), expected.length);
  await victoria.start();
  await configured.change(at({ timeout: '8s' }));
  await drained(service);
  expectSamples(await victoria.samples(EVENTS), expected, 'vm');
});

test('no waiting sample is lost when a token changes in its file, or the URL of a name changes', async () => {
  const first = sentWorld('another token', 10);
  const second = sentWorld('another URL', 10);
  await using plain = await startVictoriaMetrics();
  await using guarded = await startVictoriaMetrics();
  let right = 'Bearer right';
  await using guard = await startHostileProxy(guarded.url, ({ authorization }) =>
    authorization === right ? undefined : answering(401),
  );
  const push = { batch_age: '10ms' };
  const sinks = [
    { name: 'plain', url: plain.url },
    { name: 'guarded', url: guard.url, token_file: 'token' },
  ];
  await using configured = await startConfigured({ push, sinks }, { files: { token: 'wrong' } });
  const { service } = configured;
  const sendOnly = async ({ letters }: typeof first) => {
    const fresh = letters.values();
    await new Resender(service, SENDERS, () => fresh.next().value).finish();
    await until('the other receiver waits as well', async () => (await waitingFor(service, 'plain')) === 0);
  };
  await sendOnly(first);
  assert.equal(await waitingFor(service, 'guarded'), first.expected.length);
  configured.writeFile('token', 'right');
  assert.deepEqual((await configured.change({ push, sinks })).applied, ['sinks']);
  await drained(service);
  expectSamples(await guarded.samples(EVENTS), first.expected, 'guarded');

  right = 'Bearer none';
  await sendOnly(second);
  assert.equal(await waitingFor(service, 'guarded'), second.expected.length);
  await configured.change({ push, sinks: [{ name: 'guarded', url: guarded.url }, ...sinks.slice(0, 1)] });
  await drained(service);
  for (const [name, receiver] of Object.entries({ plain, guarded }))
    expectSamples(await receiver.samples(EVENTS), [...first.expected, ...second.expected], name);
});

async function waitingFor(service: Service, sink: string): Promise<number> {
  return sumOf(await service.settled(), 'ant_watcher_outbox_samples', { sink });
}

test('pushing begins with a reload, with the events from then on, and ends with one', async () => {
  const { letters, expected } = sentWorld('begin', 20);
  await using victoria = await startVictoriaMetrics();
  await using configured = await startConfigured({});
  const { service } = configured;
  const { applied } = await configured.change(pushingTo({ vm: victoria.url }));
  assert.deepEqual(applied, ['push.batch_samples', 'push.batch_age', 'sinks']);
  const fresh = letters.values();
  await new Resender(service, SENDERS, () => fresh.next().value).finish();
  await drained(service);
  expectSamples(await victoria.samples(EVENTS), expected, 'vm');
  await victoria.stop();
  await configured.change({});
  const more = sentWorld('not pushed', 5).letters.values();
  await new Resender(service, SENDERS, () => more.next().value).finish();
  const metrics = await service.settled();
  assert.equal(sumOf(metrics, 'ant_watcher_outbox_samples'), 0);
});

test('snapshots of all metrics begin, and end, with a reload', async () => {
  await using victoria = await startVictoriaMetrics();
  await using configured = await startConfigured(pushingTo({ vm: victoria.url }));
  const { service } = configured;
  const taken = async () => sumOf(await service.metrics(), 'ant_watcher_push_snapshots_total');
  assert.equal(await taken(), 0);
  await configured.change(pushingTo({ vm: victoria.url }, { snapshot_interval: '1s' }));
  while ((await taken()) < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok((await victoria.samples('ant_watcher_build_info')).length > 0);
  await configured.change(pushingTo({ vm: victoria.url }));
  const ended = await taken();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.ok((await taken()) <= ended + 1);
});

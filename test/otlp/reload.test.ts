import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentWorld } from '../push/sent-world.ts';
import { type Configuration, startConfigured, until } from '../reload/configured.ts';
import { hasAccepted, Resender } from '../resender.ts';
import { sumOf } from '../samples.ts';
import type { Service } from '../service.ts';
import { assertOnce, type FakeCollector, setOf, startFakeCollector } from './fake-collector.ts';

/*
 * Endpoints are added, removed and renamed while a world is sent: each has exactly its own spans.
 */

function tracingTo(endpoint: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) {
  const text = Object.entries(endpoint).map((pair) => pair.join('='));
  return { otlp: { endpoint: text.join(','), ...more } } satisfies Configuration;
}

async function drained(service: Service): Promise<void> {
  await service.settled();
  await until('spans still wait', async () => {
    return sumOf(await service.metrics(), 'ant_watcher_trace_outbox_spans') === 0;
  });
}

/** Some of what the other one has, and nothing else. */
function assertPart(part: FakeCollector, whole: FakeCollector): void {
  const all = new Set(setOf(whole));
  const own = setOf(part);
  assert.ok(own.length > 0 && own.length < all.size, `${own.length} of ${all.size}`);
  assert.deepEqual(
    own.filter((text) => !all.has(text)),
    [],
  );
}

test('endpoints are added, removed and changed under load: the one that stays has all spans, once', async () => {
  const { letters } = sentWorld('reloaded endpoints', 40);
  await using kept = await startFakeCollector();
  await using added = await startFakeCollector();
  await using whole = await startFakeCollector();
  const urls = { kept: kept.url, whole: whole.url };
  await using configured = await startConfigured(tracingTo(urls));
  const { service } = configured;
  const fresh = letters.values();
  const resender = new Resender(service, 8, () => fresh.next().value);
  const running = resender.run();
  const steps: readonly Configuration[] = [
    tracingTo(urls, { timeout: '9s' }),
    tracingTo({ added: added.url, ...urls }, { compression: 'none' }),
    tracingTo({ ...urls, kept: `${kept.url}/v1/traces` }, { headers: 'whole/X-One: 1' }),
    tracingTo(urls, { compression: 'gzip' }),
  ];
  for (const [index, step] of steps.entries()) {
    await hasAccepted(resender, (letters.length * (index + 1)) / (steps.length + 1), running);
    // It is removed now, and spans wait for others before they are sent.
    if (step === steps[2]) await until('the added one has nothing', async () => added.spans.length > 0);
    const { applied = [] } = await configured.change(step);
    assert.ok(
      applied.some((name) => name.startsWith('otlp.')),
      applied.join(),
    );
  }
  await running;
  await resender.finish();
  await drained(service);
  assertOnce(whole);
  assertOnce(kept);
  assert.deepEqual(setOf(kept), setOf(whole));
  assertPart(added, whole);
});

test('what waits for an endpoint goes with its name: a new URL gets it, a removed name loses it', async () => {
  const { letters } = sentWorld('renamed endpoints', 8);
  await using whole = await startFakeCollector();
  await using late = await startFakeCollector();
  const nowhere = 'http://127.0.0.1:9';
  await using configured = await startConfigured(
    tracingTo({ whole: whole.url, moved: nowhere, gone: nowhere }),
  );
  const { service } = configured;
  const fresh = letters.values();
  await new Resender(service, 8, () => fresh.next().value).finish();
  await service.settled();
  const waiting = async (sink: string) =>
    sumOf(await service.metrics(), 'ant_watcher_trace_outbox_spans', { sink });
  await until('the first has not all', async () => (await waiting('whole')) === 0);
  const count = await waiting('gone');
  assert.ok(count > 0);
  await configured.change(tracingTo({ whole: whole.url, moved: late.url }));
  await drained(service);
  assert.deepEqual(setOf(late), setOf(whole));
  assert.match(service.log, new RegExp(`"dropped":${count},.*Spans of removed endpoints dropped`));
});

test('traces that are switched off are made no more, and metrics of GitHub Actions go on', async () => {
  const { letters } = sentWorld('switched off', 6);
  const half = Math.floor(letters.length / 2);
  await using collector = await startFakeCollector();
  await using configured = await startConfigured(tracingTo({ otlp: collector.url }));
  const { service } = configured;
  const send = async (some: typeof letters) => {
    const fresh = some.values();
    await new Resender(service, 8, () => fresh.next().value).finish();
    await service.settled();
  };
  await send(letters.slice(0, half));
  await drained(service);
  const before = collector.spans.length;
  assert.ok(before > 0);
  await configured.change(tracingTo({ otlp: collector.url }, { traces: 'false' }));
  await send(letters.slice(half));
  assert.equal(sumOf(await service.metrics(), 'ant_watcher_trace_outbox_spans'), 0);
  assert.equal(collector.spans.length, before);
});

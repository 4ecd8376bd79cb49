import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import type { StoredSample } from '../stored-sample.ts';
import { type RunningVictoriaMetrics, startVictoriaMetrics } from '../victoria-metrics.ts';
import { type ExpectedSample, expectSamples } from './expected-samples.ts';
import { allSafe, drained, sendLetters, until } from './receivers.ts';
import { sentWorld } from './sent-world.ts';

/*
 * VictoriaMetrics loses what it accepted in the seconds before it is killed.
 */

const EVENTS = '{__name__=~"github_actions_event_.+"}';

function pushingTo(url: string, window: string): Record<string, string> {
  return {
    ANT_WATCHER_PUSH_URL: url,
    ANT_WATCHER_PUSH_BATCH_AGE: '20ms',
    ANT_WATCHER_PUSH_RESEND_WINDOW: window,
  };
}

test('samples that an idle receiver loses are sent again, from a store in memory too', async () => {
  await Promise.all(
    [undefined, 'memory:'].map(async (storage) => {
      const { letters, expected } = sentWorld('quiet', 12);
      await using victoria = await startVictoriaMetrics();
      const env = pushingTo(victoria.url, '8s');
      await using service = await startService({ env, ...(storage && { storage }) });
      await sendLetters(service, letters);
      await drained(service);
      await victoria.stop('SIGKILL');
      // Longer than the window, which counts back from the last answer.
      await sleep(9000);
      await victoria.start();
      await until('nothing is sent again', async () => (await counted(service, 'repeated_samples')) > 0);
      await drained(service);
      expectSamples(await victoria.samples(EVENTS), expected, storage ?? 'sqlite');
      assert.equal(await counted(service, 'samples', { outcome: 'sent' }), expected.length);
    }),
  );
});

test('where a repeated sample would be stored twice, nothing is repeated, and the possible loss is logged', async () => {
  const { letters, expected } = sentWorld('plain', 12);
  await using victoria = await startVictoriaMetrics({ deduplicates: false });
  await using service = await startService({ env: pushingTo(victoria.url, '30s') });
  await sendLetters(service, letters);
  await drained(service);
  await victoria.stop('SIGKILL');
  await victoria.start();
  await until('the restart is not noticed', async () => (await counted(service, 'repeated_samples')) > 0);
  const stored = await victoria.samples(EVENTS);
  const lost = expected.filter((each) => !stored.some((other) => isSame(other, each)));
  expectSamples(
    stored,
    expected.filter((each) => !lost.includes(each)),
    'what is left',
  );
  assert.equal(await counted(service, 'repeated_samples', { outcome: 'given_up' }), expected.length);
  assert.equal(await counted(service, 'receiver_restarts'), 1);
  const { log } = await service.stop();
  const told = log.split('\n').filter((line) => line.includes('Receiver restarted; samples may be lost'));
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', new RegExp(`"samples":${expected.length}\\b`));
});

test('a receiver that hides its metrics has restarted once it refuses connections and answers', async () => {
  await Promise.all(
    [false, true].map(async (knowsKey) => {
      const { letters, expected } = sentWorld('hidden', 12);
      const half = Math.floor(letters.length / 2);
      await using victoria = await startVictoriaMetrics({ metricsKey: 'a-key' });
      const env = pushingTo(`${victoria.url}${knowsKey ? '?authKey=a-key' : ''}`, '30s');
      await using service = await startService({ env });
      await sendLetters(service, letters.slice(0, half));
      await drained(service);
      await victoria.stop('SIGKILL');
      await sendLetters(service, letters.slice(half));
      const isRefused = async () => (await counted(service, 'push_requests', { outcome: 'retry' })) > 0;
      await until('nothing is refused', isRefused);
      await victoria.start();
      await until('the restart is not noticed', async () => (await counted(service, 'repeated_samples')) > 0);
      await drained(service);
      const other = await counted(service, 'repeated_samples', { outcome: knowsKey ? 'given_up' : 'sent' });
      assert.equal(other, 0);
      assert.equal(await counted(service, 'receiver_restarts'), 1);
      if (knowsKey) expectSamples(await victoria.samples(EVENTS), expected, 'all of it');
    }),
  );
});

test('a receiver whose disk is restored from a copy gets again the samples within the window', async () => {
  const { letters, expected } = sentWorld('restored', 12);
  const [third, two] = [Math.floor(letters.length / 3), Math.floor((2 * letters.length) / 3)];
  await using victoria = await startVictoriaMetrics();
  await using quick = await startService({ env: pushingTo(victoria.url, '1s') });
  const sendPart = async (service: Service, from: number, to: number) => {
    await sendLetters(service, letters.slice(from, to));
    await drained(service);
    return victoria.samples(EVENTS);
  };
  await sendPart(quick, 0, third);
  await allSafe(quick);
  const copied = await copyOf(victoria);
  const before = await sendPart(quick, third, two);
  await allSafe(quick);
  await quick.stop();
  // What comes now is surely within the window.
  const storage = `sqlite:${quick.folder}/ant-watcher.db`;
  await using patient = await startService({ env: pushingTo(victoria.url, '30s'), storage });
  const after = await sendPart(patient, two, letters.length);
  expectSamples(after, expected, 'all of it');
  const repeated = await counted(patient, 'repeated_samples');
  await victoria.stop('SIGKILL');
  await restore(victoria);
  await victoria.start();
  const fresh = after.length - before.length;
  assert.ok(fresh > 0 && before.length > copied.length);
  const isDone = async () => (await counted(patient, 'repeated_samples')) >= repeated + fresh;
  await until('nothing is sent again', isDone);
  await drained(patient);
  assert.equal(await counted(patient, 'repeated_samples'), repeated + fresh);
  assert.equal((await victoria.samples(EVENTS)).length, copied.length + fresh);
});

/** Stops it in order, so that the copy is complete. */
async function copyOf(victoria: RunningVictoriaMetrics): Promise<StoredSample[]> {
  const samples = await victoria.samples(EVENTS);
  await victoria.stop();
  await cp(victoria.dataPath, `${victoria.dataPath}-copy`, { recursive: true });
  await victoria.start();
  return samples;
}

async function restore({ dataPath }: RunningVictoriaMetrics): Promise<void> {
  await rm(dataPath, { recursive: true });
  await cp(`${dataPath}-copy`, dataPath, { recursive: true });
}

async function counted(service: Service, name: string, labels: Record<string, string> = {}): Promise<number> {
  return sumOf(await service.metrics(), `ant_watcher_${name}_total`, labels);
}

function isSame({ labels, value, atMs }: StoredSample, expected: ExpectedSample): boolean {
  const isLabelled = Object.entries(expected.labels).every(([name, text]) => labels[name] === text);
  return isLabelled && value === expected.value && expected.timesMs.includes(atMs);
}

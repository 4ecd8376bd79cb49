import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelsOf, type Samples, sumOf } from '../samples.ts';
import { startService } from '../service.ts';
import type { StoredSample } from '../stored-sample.ts';
import {
  drained,
  expectNoneRejected,
  pushingTo,
  sendLetters,
  startReceivers,
  until,
  urlsOf,
} from './receivers.ts';
import { sentWorld } from './sent-world.ts';

/*
 * For sites that do not scrape: all of `/metrics`, pushed.
 */

const EXTRA = { site: 'ant hill', job: 'ant-watcher' };
const SELECTOR = '{__name__=~"github_actions_.+",__name__!~"github_actions_event_.+"}';

test('snapshots carry every series of /metrics to both receivers, with the extra labels', async () => {
  const { letters } = sentWorld('snapshots', 20);
  await using receivers = await startReceivers();
  const { victoria, prometheus } = receivers;
  const env = pushingTo(urlsOf(receivers), {
    ANT_WATCHER_PUSH_SNAPSHOT_INTERVAL: '1s',
    ANT_WATCHER_PUSH_EXTRA_LABELS: 'site=ant hill, job=ant-watcher',
  });
  await using service = await startService({ env });
  await sendLetters(service, letters);
  await drained(service);
  const expected = labelled(await service.metrics());
  const taken = async (sink: string) =>
    sumOf(await service.metrics(), 'ant_watcher_push_snapshots_total', { sink, outcome: 'sent' });
  const twoMore = async (sink: string) => {
    const before = await taken(sink);
    await until(`${sink} takes no snapshots`, async () => (await taken(sink)) > before + 1);
  };
  await Promise.all([twoMore('vm'), twoMore('prom')]);
  assert.deepEqual(newest(await victoria.samples(SELECTOR)), expected);
  assert.deepEqual(newest(await prometheus.samples(SELECTOR, Date.now())), expected);
  await expectNoneRejected(service);
});

/**
 * The series of the exposition as a receiver has them: with extra labels unless it has one of that name,
 * without empty ones.
 */
function labelled(metrics: Samples): string[] {
  return [...metrics]
    .map(([key, value]) => ({ ...labelsOf(key), value }))
    .filter(({ name }) => name.startsWith('github_actions_'))
    .map(({ name, labels, value }) => {
      const own = Object.fromEntries(Object.entries(labels).filter(([, text]) => text !== ''));
      return lineOf({ ...EXTRA, ...own, __name__: name }, value);
    })
    .sort();
}

/** The newest snapshot: what has ended (a job that was queued) is in older ones only. */
function newest(stored: readonly StoredSample[]): string[] {
  const newestMs = stored.reduce((latest, { atMs }) => Math.max(latest, atMs), 0);
  return stored
    .filter(({ atMs }) => atMs === newestMs)
    .map(({ labels, value }) => lineOf(labels, value))
    .sort();
}

function lineOf(labels: Readonly<Record<string, string>>, value: number): string {
  return `${JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))} ${value}`;
}

import assert from 'node:assert/strict';
import { longTest } from '../long-form.ts';
import { startPrometheus } from '../prometheus.ts';
import { sendLetters, until } from '../push/receivers.ts';
import { sentWorld } from '../push/sent-world.ts';
import { sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import { type RunningVictoriaMetrics, startVictoriaMetrics } from '../victoria-metrics.ts';
import { startCollector } from './collector.ts';
import {
  linesOfPoints,
  linesOfSeries,
  type MetricsRequest,
  newestComplete,
  pointsIn,
  type StoredSeries,
} from './metric-lines.ts';
import { expectShown, sendingTo } from './sent-metrics.ts';

/*
 * Metrics by OTLP to the real programs, each with a whole world: docs/otlp-metrics.md has what they make of the names.
 */

async function startSending(
  seed: string,
  endpoints: string,
  env: Record<string, string> = {},
): Promise<Service> {
  const { letters } = sentWorld(seed, 60);
  const service = await startService({ env: sendingTo(endpoints, env) });
  await sendLetters(service, letters);
  await service.settled();
  return service;
}

for (const protocol of ['http/protobuf', 'http/json'])
  longTest(`a real Collector understands every number that is sent as ${protocol}`, async () => {
    await using collector = await startCollector();
    await using service = await startSending(protocol, collector.url, {
      ANT_WATCHER_OTLP_PROTOCOL: protocol,
    });
    const newest = () => newestComplete(collector.accepted('metrics') as MetricsRequest[]);
    await expectShown(service, () => linesOfPoints(newest()));
    assert.ok(newest().every(({ temporality }) => temporality === 2));
  });

longTest('a Collector that was away gets the newest numbers, and none of the time before', async () => {
  await using collector = await startCollector();
  await collector.stop('SIGKILL');
  await using service = await startSending('away', collector.url);
  await until('nothing fails', async () => (await snapshots(service, 'retry')) > 2);
  const startMs = Date.now();
  await collector.start();
  const requests = () => collector.accepted('metrics') as MetricsRequest[];
  await expectShown(service, () => linesOfPoints(newestComplete(requests())));
  const times = pointsIn(requests()).map(({ timeUnixNano }) => Number(BigInt(timeUnixNano) / 1_000_000n));
  // One may have been under way.
  assert.ok(Math.min(...times) > startMs - 2000);
});

async function snapshots(service: Service, outcome: string): Promise<number> {
  return sumOf(await service.metrics(), 'ant_watcher_push_snapshots_total', { outcome });
}

longTest(
  'VictoriaMetrics 1.151 has every number, under the names of OpenTelemetry and under those of Prometheus',
  async () => {
    const naming = ['-opentelemetry.usePrometheusNaming'];
    await using plain = await startVictoriaMetrics({ program: 'victoria-metrics-new' });
    await using renaming = await startVictoriaMetrics({ program: 'victoria-metrics-new', flags: naming });
    const endpoints = `plain=${plain.url}/opentelemetry,renaming=${renaming.url}/opentelemetry`;
    await using service = await startSending('victoria', endpoints);
    for (const database of [plain, renaming])
      await expectShown(service, async () => linesOfSeries(await newestSeries(database)));
  },
);

async function newestSeries(database: RunningVictoriaMetrics): Promise<StoredSeries[]> {
  const newest = new Map<string, StoredSeries & { readonly atMs: number }>();
  for (const sample of await database.samples('{__name__!=""}')) {
    const key = JSON.stringify(sample.labels);
    if (sample.atMs >= (newest.get(key)?.atMs ?? 0)) newest.set(key, sample);
  }
  return [...newest.values()];
}

longTest('VictoriaMetrics does not take JSON, and says so', async () => {
  await using database = await startVictoriaMetrics({ program: 'victoria-metrics-new' });
  await using service = await startSending('json', `${database.url}/opentelemetry`, {
    ANT_WATCHER_OTLP_PROTOCOL: 'http/json',
  });
  await until('nothing is refused', async () => (await snapshots(service, 'rejected')) > 0);
  assert.equal(await snapshots(service, 'sent'), 0);
});

longTest('Prometheus 3 has every number, under the names that /metrics/compat/otel has', async () => {
  const promoted = ['vcs.owner.name', 'vcs.repository.name'];
  await using database = await startPrometheus({}, [], 'prometheus-new', {
    features: ['created-timestamp-zero-ingestion'],
    otlp: { promote_resource_attributes: promoted },
  });
  await using service = await startSending('prometheus', `${database.url}/api/v1/otlp`);
  const series = () => database.query('{__name__=~"(cicd|ant_watcher_job)_.+"}');
  await expectShown(service, async () => linesOfSeries(await series()));
  const stored = await series();
  const names = new Set(stored.map(({ labels }) => labels['__name__']));
  const shown = (await (await service.get('/metrics/compat/otel')).text()).matchAll(/^([a-z_]+)\{/gm);
  for (const [, name = ''] of shown) assert.ok(names.has(name), name);
  for (const { labels } of stored)
    assert.equal(`${labels['vcs_owner_name']}/${labels['vcs_repository_name']}`, labels['instance']);
  // It has a 0 from before the first failure.
  const least = await database.query('min_over_time(cicd_pipeline_run_errors_total[1d])');
  assert.ok(least.length > 0 && least.every(({ value }) => value === 0));
});

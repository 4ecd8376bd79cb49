import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { negotiateFormat } from '../src/api/content-negotiation.ts';
import { METRICS } from '../src/domain/catalogue.ts';
import type { ExpositionFormat, Logger } from '../src/domain/contracts.ts';
import { countOf, type GaugeReading, histogramIncrements, type Metric } from '../src/domain/metric.ts';
import { renderExposition } from '../src/metrics/exposition.ts';
import { Registry, type RegistryOptions } from '../src/metrics/registry.ts';
import { SILENT } from './fixtures/logger.ts';
import { parseOpenMetrics } from './openmetrics.ts';
import { type PrometheusSeries, startPrometheus } from './prometheus.ts';
import { expectNoComplaint } from './promtool.ts';

/* The exposition of every metric of the catalogue, as the real Prometheus and promtool read it. */

/** Label values that are hard to write down. */
const VALUES = ['plain', 'say "hi"', 'back\\slash\\n', 'two\nlines', 'ants 🐜, {braces}=#'];

const isStored = ({ name, type }: Metric) => type !== 'gauge' && !/^(process|nodejs)_/.test(name);

function renderAll(format: ExpositionFormat): Promise<Uint8Array> {
  const registry = new Registry(METRICS, registryOptions(SILENT));
  const readings: GaugeReading[] = [];
  for (const metric of METRICS) {
    for (const [index, value] of VALUES.slice(0, metric.labels.length === 0 ? 1 : undefined).entries()) {
      const labels = metric.labels.map((label, place) => (place === 0 ? value : label));
      if (!isStored(metric)) readings.push({ metric: metric.name, labels, value: index + 0.5 });
      else if (metric.type === 'counter') registry.apply([countOf(metric, labels, index + 1)]);
      else registry.apply([100, 4_321, 90_000_000].flatMap((ms) => histogramIncrements(metric, labels, ms)));
    }
  }
  return renderExposition({ registry, readings, format });
}

/** Samples are only pushed. */
const EXPOSED = METRICS.filter(({ type }) => type !== 'sample');

test('promtool accepts the text with every metric of the catalogue without complaint', async () => {
  expectNoComplaint(await renderAll('text'));
});

test('OpenMetrics with every metric of the catalogue follows the specification', async () => {
  const families = parseOpenMetrics(Buffer.from(await renderAll('openmetrics')).toString());
  assert.deepEqual(
    families.map(({ name, type }) => ({ name, type })),
    EXPOSED.map(({ name, type }) => ({
      name: type === 'counter' ? name.replace(/_total$/, '') : name,
      type,
    })),
  );
  assert.deepEqual(
    families.map(({ help }) => help.replace(/\\(.)/g, '$1')),
    EXPOSED.map(({ help }) => help),
  );
});

test('Prometheus stores every series and value of both formats', async () => {
  const contentTypes = new Set<string>();
  await using asOffered = await serveMetrics(contentTypes, (accept) => accept);
  await using asText = await serveMetrics(contentTypes, () => 'text/plain');
  await using prometheus = await startPrometheus({ openmetrics: asOffered.address, text: asText.address });

  const expected = parseOpenMetrics(Buffer.from(await renderAll('openmetrics')).toString()).flatMap(
    ({ samples }) =>
      samples.map(({ name, labels, value }) => ({ labels: { __name__: name, ...labels }, value })),
  );
  for (const job of ['openmetrics', 'text']) {
    const stored = await settled(
      () => prometheus.query(`{job="${job}",__name__!~"up|scrape_.*"}`),
      expected.length,
    );
    assert.deepEqual(comparable(stored.map(asExposed)), comparable(expected), `job ${job}`);
  }
  assert.deepEqual([...contentTypes].map((type) => type.split(';')[0]).sort(), [
    'application/openmetrics-text',
    'text/plain',
  ]);
});

async function serveMetrics(
  contentTypes: Set<string>,
  acceptOf: (accept: string | undefined) => string | undefined,
) {
  const server: Server = createServer(async (request, response) => {
    const { format, contentType } = negotiateFormat(acceptOf(request.headers.accept));
    contentTypes.add(contentType);
    response.setHeader('content-type', contentType).end(await renderAll(format));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return {
    address: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Polls until so many series are stored, or 30 seconds have passed. */
async function settled(ask: () => Promise<PrometheusSeries[]>, count: number): Promise<PrometheusSeries[]> {
  const deadline = Date.now() + 30_000;
  let series = await ask();
  while (series.length < count && Date.now() < deadline) {
    await wait(200);
    series = await ask();
  }
  return series;
}

/** In one order, with bounds as numbers. */
function comparable(series: readonly PrometheusSeries[]): string[] {
  return series
    .map(({ labels: { le, ...labels }, value }) => {
      const bound = le === undefined ? {} : { le: String(Number(le.replace('Inf', 'Infinity'))) };
      return JSON.stringify([Object.entries({ ...labels, ...bound }).sort(), value]);
    })
    .sort();
}

/** The labels as they were exposed: without those that Prometheus adds for the target. */
function asExposed({ labels, value }: PrometheusSeries): PrometheusSeries {
  const { job: _, instance: __, ...others } = labels;
  return { labels: others, value };
}

/** Everything is admitted. */
function registryOptions(logger: Logger): RegistryOptions {
  return { logger, steady: Date.now, labelPolicy: new Map(), maxSeries: 1_000_000 };
}

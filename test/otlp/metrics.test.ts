import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type Arrived, startReplying } from '../fixtures/push-server.ts';
import { sendLetters, until } from '../push/receivers.ts';
import { sentWorld } from '../push/sent-world.ts';
import { parseExposition } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import {
  type FoundPoint,
  linesOfExpositions,
  linesOfPoints,
  type MetricsRequest,
  newestComplete,
} from './metric-lines.ts';
import { readOtlp } from './read-otlp.ts';

/*
 * Metrics by OTLP: the same numbers as `/metrics`, at the same moment.
 */

function sending(port: number, env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    ANT_WATCHER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    ANT_WATCHER_OTLP_METRICS_INTERVAL: '1s',
    ANT_WATCHER_OTLP_TRACES: 'false',
    ANT_WATCHER_METRICS_COMPAT: 'otel',
    ...env,
  };
}

/** What arrived, whatever its encoding and compression. */
function requestsIn(arrived: readonly Arrived[]): MetricsRequest[] {
  return arrived.map(({ path, headers, body }) => {
    assert.equal(path, '/v1/metrics');
    const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    const read =
      headers['content-type'] === 'application/json'
        ? JSON.parse(plain.toString())
        : readOtlp('metrics', plain);
    return read as MetricsRequest;
  });
}

async function linesShown(service: Service): Promise<string[]> {
  const compat = await (await service.get('/metrics/compat/otel')).text();
  return linesOfExpositions(parseExposition(compat), await service.metrics());
}

/** The newest snapshot says what `/metrics` says, which does not change meanwhile. */
async function expectSame(service: Service, requests: () => MetricsRequest[]): Promise<void> {
  let shown: string[] = [];
  let sent: string[] = [];
  await until('what is sent is not what is shown', async () => {
    shown = await linesShown(service);
    sent = linesOfPoints(newestComplete(requests()));
    return sent.length > 0 && sent.join('\n') === shown.join('\n');
  }).catch(() => assert.deepEqual(sent, shown));
}

for (const [name, env] of Object.entries({
  'protobuf with gzip': {},
  'JSON without compression': {
    ANT_WATCHER_OTLP_PROTOCOL: 'http/json',
    ANT_WATCHER_OTLP_COMPRESSION: 'none',
  },
}))
  test(`every number of /metrics with a name in OpenTelemetry is sent as ${name}, and no other`, async () => {
    const { letters } = sentWorld('otlp-metrics', 60);
    await using endpoint = await startReplying([{ status: 200 }]);
    await using service = await startService({ env: sending(endpoint.port, env) });
    await sendLetters(service, letters);
    await service.settled();
    await expectSame(service, () => requestsIn(endpoint.arrived));
    const points = newestComplete(requestsIn(endpoint.arrived));
    const names = new Set(points.map(({ metric }) => metric));
    for (const wanted of ['cicd.pipeline.run.active', 'cicd.pipeline.run.errors', 'ant_watcher.job.duration'])
      assert.ok(names.has(wanted), wanted);
    assert.ok(points.every(({ temporality }) => temporality === 2));
  });

test('a restart changes neither a value nor since when it counts', async () => {
  const { letters } = sentWorld('otlp-restart', 20);
  await using endpoint = await startReplying([{ status: 200 }]);
  await using service = await startService({ env: sending(endpoint.port) });
  await sendLetters(service, letters);
  await service.settled();
  await expectSame(service, () => requestsIn(endpoint.arrived));
  const before = newestComplete(requestsIn(endpoint.arrived));
  const last = endpoint.arrived.length;
  await service.kill();
  await service.start();
  await expectSame(service, () => requestsIn(endpoint.arrived.slice(last)));
  const after = newestComplete(requestsIn(endpoint.arrived.slice(last)));
  assert.deepEqual(startsOf(after), startsOf(before));
});

/** Since when each counts; what there is at the moment has no start. */
function startsOf(points: readonly FoundPoint[]): unknown[] {
  const counting = points.filter(({ isMonotonic, count }) => isMonotonic || count !== undefined);
  assert.ok(
    counting.length > 0 && counting.every(({ startTimeUnixNano }) => startTimeUnixNano !== undefined),
  );
  assert.ok(points.every((point) => counting.includes(point) || point.startTimeUnixNano === undefined));
  return counting
    .map(({ metric, labels, startTimeUnixNano }) =>
      [metric, JSON.stringify(labels), startTimeUnixNano].join(' '),
    )
    .sort();
}

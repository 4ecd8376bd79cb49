import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type Arrived, startReplying } from '../fixtures/push-server.ts';
import { sendLetters, until } from '../push/receivers.ts';
import { sentWorld } from '../push/sent-world.ts';
import { startService } from '../service.ts';
import { type FoundPoint, linesOfPoints, type MetricsRequest, newestComplete } from './metric-lines.ts';
import { readOtlp } from './read-otlp.ts';
import { expectShown, sendingTo } from './sent-metrics.ts';

/*
 * Metrics by OTLP: the same numbers as `/metrics`, at the same moment.
 */

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
    await using service = await startService({ env: sendingTo(`http://127.0.0.1:${endpoint.port}`, env) });
    await sendLetters(service, letters);
    await service.settled();
    await expectShown(service, () => linesOfPoints(newestComplete(requestsIn(endpoint.arrived))));
    const points = newestComplete(requestsIn(endpoint.arrived));
    const names = new Set(points.map(({ metric }) => metric));
    for (const wanted of ['cicd.pipeline.run.active', 'cicd.pipeline.run.errors', 'ant_watcher.job.duration'])
      assert.ok(names.has(wanted), wanted);
    assert.ok(points.every(({ temporality }) => temporality === 2));
  });

test('a restart changes neither a value nor since when it counts', async () => {
  const { letters } = sentWorld('otlp-restart', 20);
  await using endpoint = await startReplying([{ status: 200 }]);
  await using service = await startService({ env: sendingTo(`http://127.0.0.1:${endpoint.port}`) });
  await sendLetters(service, letters);
  await service.settled();
  await expectShown(service, () => linesOfPoints(newestComplete(requestsIn(endpoint.arrived))));
  const before = newestComplete(requestsIn(endpoint.arrived));
  const last = endpoint.arrived.length;
  await service.kill();
  await service.start();
  await expectShown(service, () => linesOfPoints(newestComplete(requestsIn(endpoint.arrived.slice(last)))));
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

test('an endpoint whose path names a signal is sent that alone', async () => {
  const { letters } = sentWorld('otlp-signals', 6);
  await using both = await startReplying([{ status: 200 }]);
  await using spans = await startReplying([{ status: 200 }]);
  await using numbers = await startReplying([{ status: 200 }]);
  const at = (port: number) => `http://127.0.0.1:${port}`;
  const endpoints = `both=${at(both.port)},spans=${at(spans.port)}/v1/traces,numbers=${at(numbers.port)}/x/v1/metrics`;
  await using service = await startService({
    env: sendingTo(endpoints, { ANT_WATCHER_OTLP_TRACES: 'true' }),
  });
  await sendLetters(service, letters);
  await service.settled();
  const pathsOf = ({ arrived }: typeof both) => [...new Set(arrived.map(({ path }) => path))].sort().join();
  await until('an endpoint lacks something', () => {
    return pathsOf(both).includes(',') && [spans, numbers].every(({ arrived }) => arrived.length > 0);
  });
  assert.deepEqual([both, spans, numbers].map(pathsOf), [
    '/v1/metrics,/v1/traces',
    '/v1/traces',
    '/x/v1/metrics',
  ]);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PushProtocol } from '../protocols.ts';
import { metricsUrlOf, processOf } from './receiver-process.ts';

const IMPORT = 'http://h/api/v1/import/prometheus';
const WRITE = 'http://h/api/v1/write';

/** As VictoriaMetrics 1.79 writes them. */
function victoria(interval: string): string {
  return [
    'process_start_time_seconds 1795915713',
    'vm_app_version{version="victoria-metrics-20220713-v1.79.0", short_version="v1.79.0"} 1',
    'vm_app_start_timestamp 1795915713',
    `flag{name="dedup.minScrapeInterval", value="${interval}", is_set="true"} 1`,
    '',
  ].join('\n');
}

const PROMETHEUS = [
  '# TYPE process_start_time_seconds gauge',
  'process_start_time_seconds 1.79591571521e+09',
  'prometheus_build_info{version="2.42.0"} 1',
  '',
].join('\n');
/** Of vmagent, vminsert and vmauth, which store nothing themselves. */
const RELAY = victoria('').replace(
  /^flag.*\n/m,
  'flag{name="remoteWrite.url",value="secret",is_set="true"} 1\n',
);

function found(status: number, text: string, url = IMPORT, protocol: PushProtocol = 'victoriametrics') {
  const answer = { status, headers: new Headers(), body: Buffer.from(text) };
  return processOf(answer, new URL(url), protocol);
}

test('VictoriaMetrics reports its start, and whether it deduplicates', () => {
  const told = { kind: 'answers', startedAt: '1795915713', isDatabase: true };
  for (const interval of ['1ms', '30s', '0.5s'])
    assert.deepEqual(found(200, victoria(interval)), { ...told, isIdempotent: true });
  for (const interval of ['0s', '0'])
    assert.deepEqual(found(200, victoria(interval)), { ...told, isIdempotent: false });
  // Newer releases write no blanks.
  const dense = victoria('1ms').replaceAll('", ', '",');
  assert.deepEqual(found(200, dense, WRITE, 'remote_write'), { ...told, isIdempotent: true });
  assert.deepEqual(found(200, victoria('0s'), WRITE, 'remote_write'), { ...told, isIdempotent: false });
});

test('Prometheus stores a repeated sample once', () => {
  assert.deepEqual(found(200, PROMETHEUS, WRITE, 'remote_write'), {
    kind: 'answers',
    startedAt: '1.79591571521e+09',
    isDatabase: true,
    isIdempotent: true,
  });
});

test('nothing is known of the database behind a relay of VictoriaMetrics', () => {
  for (const protocol of ['victoriametrics', 'remote_write'] as const) {
    const { isDatabase, isIdempotent } = found(200, RELAY, WRITE, protocol) as Record<string, unknown>;
    assert.deepEqual([isDatabase, isIdempotent], [false, false]);
  }
});

test('a receiver without readable metrics is idempotent only if its protocol and URL rule out others', () => {
  const idempotent = (url: string, protocol: PushProtocol) =>
    [401, 404].map((status) => {
      const { startedAt, isIdempotent } = found(status, PROMETHEUS, url, protocol) as Record<string, unknown>;
      assert.equal(startedAt, null);
      return isIdempotent;
    });
  assert.deepEqual(idempotent('http://mimir/api/v1/push', 'remote_write'), [true, true]);
  assert.deepEqual(idempotent('http://aps/workspaces/ws-1/api/v1/remote_write', 'remote_write'), [
    true,
    true,
  ]);
  assert.deepEqual(idempotent(WRITE, 'remote_write'), [false, false]);
  assert.deepEqual(idempotent(IMPORT, 'victoriametrics'), [false, false]);
});

test('an unreachable receiver is distinguished from one that does not answer', () => {
  const failed = (failure: 'network' | 'timeout', code: string) =>
    processOf({ failure, reason: '', code }, new URL(IMPORT), 'victoriametrics').kind;
  assert.equal(failed('network', 'ECONNREFUSED'), 'away');
  assert.equal(failed('network', 'ECONNRESET'), 'silent');
  assert.equal(failed('timeout', ''), 'silent');
  // A proxy with nothing behind it, and servers that start or are overloaded.
  assert.equal(found(502, 'Bad Gateway').kind, 'away');
  for (const status of [429, 500, 503, 504]) assert.equal(found(status, '').kind, 'silent');
});

test('the metrics URL is next to the endpoint, and at the root of a cluster', () => {
  const metrics = (path: string) => metricsUrlOf(new URL(`http://h${path}`)).href;
  assert.equal(metrics('/api/v1/import/prometheus'), 'http://h/metrics');
  assert.equal(metrics('/api/v1/import/prometheus/metrics/job/a/b'), 'http://h/metrics');
  assert.equal(metrics('/vm/api/v1/write?authKey=k'), 'http://h/vm/metrics?authKey=k');
  assert.equal(metrics('/insert/0/prometheus/api/v1/import/prometheus'), 'http://h/metrics');
  assert.equal(metrics('/x/insert/multitenant/prometheus/api/v1/write'), 'http://h/x/metrics');
  assert.equal(metrics('/api/prom/push'), 'http://h/api/prom/metrics');
  assert.equal(metrics('/api/v1/receive'), 'http://h/metrics');
});

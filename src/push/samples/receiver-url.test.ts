import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointUrl } from '../../outbound/endpoint-url.ts';
import { completeReceiverUrl } from './receiver-url.ts';

const IMPORT = '/api/v1/import/prometheus';
const TENANT = 'http://insert:8480/insert/42:7/prometheus';

function complete(text: string, protocol: Parameters<typeof completeReceiverUrl>[1]): EndpointUrl {
  const completed = completeReceiverUrl(text, protocol);
  assert.ok(!('problem' in completed), `${text}: ${JSON.stringify(completed)}`);
  return completed;
}

function sampleProblem(text: string, protocol: Parameters<typeof completeReceiverUrl>[1]): string {
  const completed = completeReceiverUrl(text, protocol);
  assert.ok('problem' in completed, `${text} has no problem`);
  return completed.problem;
}

test('a URL without an endpoint gets the one of its protocol', () => {
  for (const [given, base] of [
    ['http://vm:8428', 'http://vm:8428'],
    ['http://vm:8428/', 'http://vm:8428'],
    ['https://vm', 'https://vm'],
    ['HTTPS://VM.Example/metrics-db/', 'https://vm.example/metrics-db'],
    ['http://[::1]:8428', 'http://[::1]:8428'],
    [TENANT, TENANT],
    ['http://insert:8480/insert/0/prometheus/', 'http://insert:8480/insert/0/prometheus'],
    ['http://insert:8480/insert/multitenant/prometheus', 'http://insert:8480/insert/multitenant/prometheus'],
    ['http://vm:8428/#part', 'http://vm:8428'],
    // Only a whole segment is an endpoint.
    ['http://vm:8428/overwrite', 'http://vm:8428/overwrite'],
  ] as const) {
    assert.equal(complete(given, 'victoriametrics').url.href, `${base}${IMPORT}`);
    assert.equal(complete(given, 'remote_write').url.href, `${base}/api/v1/write`);
  }
});

test('a URL that names an endpoint stays, except for a slash at its end', () => {
  for (const given of [
    `http://vm:8428${IMPORT}`,
    `http://vm:8428/prefix${IMPORT}`,
    `${TENANT}${IMPORT}`,
    `http://insert:8480/insert/multitenant/prometheus${IMPORT}`,
    `http://vm:8428${IMPORT}/metrics/job/x`,
    `http://vm:8428${IMPORT}/metrics/job/x/instance/y`,
  ]) {
    assert.equal(complete(given, 'victoriametrics').url.href, given);
    assert.equal(complete(`${given}/`, 'victoriametrics').url.href, given);
  }
  for (const given of [
    'http://prometheus:9090/api/v1/write',
    `${TENANT}/api/v1/write`,
    'http://mimir/api/v1/push',
    'https://prometheus-prod.grafana.net/api/prom/push',
    'http://thanos:19291/api/v1/receive',
    'https://aps.example/workspaces/ws-1/api/v1/remote_write',
  ]) {
    assert.equal(complete(given, 'remote_write').url.href, given);
    assert.equal(complete(`${given}/`, 'remote_write').url.href, given);
  }
});

test('the query stays, and is not shown', () => {
  const { url, shown } = complete('http://vm:8428?extra_label=a%3Db&authKey=hunter2', 'victoriametrics');
  assert.equal(url.href, `http://vm:8428${IMPORT}?extra_label=a%3Db&authKey=hunter2`);
  assert.equal(shown, `http://vm:8428${IMPORT}?…`);
  assert.equal(complete('http://vm:8428', 'victoriametrics').shown, `http://vm:8428${IMPORT}`);
});

test('user info becomes basic auth, and is not shown', () => {
  for (const [userInfo, basicAuth] of [
    ['ann:p%40ss%3Aword', { username: 'ann', password: 'p@ss:word' }],
    ['ann', { username: 'ann', password: '' }],
    [':word', { username: '', password: 'word' }],
  ] as const) {
    const completed = complete(`https://${userInfo}@vm/`, 'victoriametrics');
    assert.deepEqual(completed.basicAuth, basicAuth);
    assert.equal(completed.url.href, `https://vm${IMPORT}`);
    assert.equal(completed.shown, `https://vm${IMPORT}`);
  }
  assert.equal(complete('https://vm/', 'victoriametrics').basicAuth, null);
});

test('an unusable URL is explained, without quoting it', () => {
  for (const [given, protocol, problem] of [
    ['', 'victoriametrics', /http:\/\/ or https:\/\//],
    ['hunter2', 'victoriametrics', /http:\/\/ or https:\/\//],
    ['hunter2:8428', 'victoriametrics', /http:\/\/ or https:\/\//],
    ['ftp://ann:hunter2@vm', 'victoriametrics', /http:\/\/ or https:\/\//],
    ['http://', 'victoriametrics', /http:\/\/ or https:\/\//],
    ['http://vm:99999', 'remote_write', /http:\/\/ or https:\/\//],
    ['http://ann:hunter2%zz@vm', 'victoriametrics', /%25/],
    [
      'http://hunter2/api/v1/write',
      'victoriametrics',
      /of the protocol remote_write, not of victoriametrics/,
    ],
    [`http://hunter2${IMPORT}`, 'remote_write', /of the protocol victoriametrics, not of remote_write/],
    ['http://vm/api/v1/import', 'victoriametrics', /does not take victoriametrics/],
    ['http://vm/api/v1/import/csv', 'victoriametrics', /does not take victoriametrics/],
    ['http://vm/api/v1/import/native/', 'remote_write', /does not take remote_write/],
    ['http://vm/opentelemetry/v1/metrics', 'remote_write', /does not take remote_write/],
  ] as const) {
    assert.match(sampleProblem(given, protocol), problem);
    assert.doesNotMatch(sampleProblem(given, protocol), /hunter2/);
  }
});

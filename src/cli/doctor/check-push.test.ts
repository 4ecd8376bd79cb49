import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { startReplying } from '../../../test/fixtures/push-server.ts';
import { NO_PROXIES } from '../../outbound/proxies.ts';
import { checkPush } from './check-push.ts';
import { queryUrlOf } from './read-back.ts';

const SHARED = {
  extraLabels: [],
  timeoutMs: 5000,
  version: '1.2.3',
  proxies: NO_PROXIES,
  resendWindowMs: 60_000,
};

function check(url: string, protocol: 'victoriametrics' | 'remote_write' = 'victoriametrics', caFile = '') {
  const login = { basicAuth: null, bearerToken: null, headers: [] };
  const sink = { name: 'here', path: 'sinks[0]', url, protocol, caFile, ...login };
  return checkPush({ sinks: [sink], shared: SHARED, nowMs: 1000, sleep: async () => {} });
}

test('a receiver that accepts a sample passes, in either protocol', async () => {
  for (const protocol of ['victoriametrics', 'remote_write'] as const) {
    await using server = await startReplying([{ status: 204 }]);
    const findings = await check(`http://127.0.0.1:${server.port}`, protocol);
    assert.deepEqual(
      findings.map(({ level, about }) => [level, about]),
      [
        ['ok', 'receiver here'],
        ['ok', 'receiver here'],
      ],
    );
    const [{ headers, body } = { headers: {}, body: Buffer.of() }] = server.arrived;
    const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    assert.match(plain.toString('latin1'), /ant_watcher_doctor_probe/);
  }
});

test('the sample is looked for at the query address, with the same login', async () => {
  const found = { status: 200, body: '{"data":{"result":[{}]}}' };
  await using server = await startReplying([{ status: 204 }, found]);
  const [finding] = await check(`http://u:p@127.0.0.1:${server.port}/vm?key=1`);
  assert.deepEqual([finding?.level, finding?.what], ['ok', 'took a sample and gave it back']);
  const [, { path, headers } = assert.fail('nothing was asked')] = server.arrived;
  const url = new URL(path, 'http://x');
  assert.equal(url.pathname, '/vm/api/v1/query');
  assert.deepEqual(
    ['query', 'time', 'key'].map((name) => url.searchParams.get(name)),
    ['ant_watcher_doctor_probe == 1000', '1', '1'],
  );
  assert.equal(headers.authorization, `Basic ${btoa('u:p')}`);
});

test('a sample that does not appear in time is a warning', async () => {
  await using server = await startReplying([
    { status: 204 },
    { status: 200, body: '{"data":{"result":[]}}' },
  ]);
  const [finding] = await check(`http://127.0.0.1:${server.port}`);
  assert.deepEqual([finding?.level, server.arrived.length], ['warning', 6]);
});

test('without a query address, only writing is tested', async () => {
  for (const reply of [{ status: 404 }, { status: 200, body: '<html>' }, { status: 200, body: '{}' }]) {
    await using server = await startReplying([{ status: 204 }, reply]);
    const [finding] = await check(`http://127.0.0.1:${server.port}`);
    assert.deepEqual([finding?.level, /not tried/.test(finding?.what ?? '')], ['ok', true]);
  }
});

test('the query address is derived from the push address, except for clusters and other endpoints', () => {
  const query = (path: string) => queryUrlOf(new URL(`http://h${path}`))?.pathname ?? null;
  assert.equal(query('/api/v1/import/prometheus'), '/api/v1/query');
  assert.equal(query('/prefix/api/v1/write'), '/prefix/api/v1/query');
  assert.equal(query('/insert/0/prometheus/api/v1/import/prometheus'), null);
  assert.equal(query('/api/v1/push'), null);
});

test('a missing receiver, or one that refuses the sample, fails with its own hint', async () => {
  const hints = new Set<string | undefined>();
  for (const status of [503, 401, 400, 413]) {
    await using server = await startReplying([{ status }]);
    const [finding] = await check(`http://127.0.0.1:${server.port}`);
    assert.equal(finding?.level, 'failed');
    assert.match(finding?.what ?? '', new RegExp(`${status}`));
    hints.add(finding?.hint);
  }
  assert.equal(hints.size, 4);
  const [absent] = await check('http://127.0.0.1:1');
  assert.match(absent?.what ?? '', /ECONNREFUSED/);
});

test('unreadable or invalid certificates fail', async () => {
  for (const caFile of ['/nowhere/ca.pem', import.meta.filename]) {
    const [finding] = await check('https://127.0.0.1:1', 'victoriametrics', caFile);
    assert.equal(finding?.level, 'failed');
    assert.match(finding?.what ?? '', /^sinks\[0\]\.ca_file/);
  }
});

test('without receivers there is nothing to report', async () => {
  assert.deepEqual(await checkPush({ sinks: [], shared: SHARED, nowMs: 0, sleep: async () => {} }), []);
});

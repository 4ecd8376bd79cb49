import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { startReplying } from '../metrics/push/server-fixture.ts';
import { checkPush } from './check-push.ts';

const SHARED = { extraLabels: [], timeoutMs: 5000, version: '1.2.3', headers: [], caFile: '' };

function check(url: string, protocol: 'victoriametrics' | 'remote_write' = 'victoriametrics', shared = {}) {
  const sink = { name: 'here', url, protocol, basicAuth: null, bearerToken: null };
  return checkPush({ sinks: [sink], shared: { ...SHARED, ...shared }, nowMs: 1000 });
}

test('a receiver that takes a sample is well, in either protocol', async () => {
  for (const protocol of ['victoriametrics', 'remote_write'] as const) {
    await using server = await startReplying([{ status: 204 }]);
    const findings = await check(`http://127.0.0.1:${server.port}`, protocol);
    assert.deepEqual(
      findings.map(({ level, about }) => [level, about]),
      [['ok', 'receiver here']],
    );
    assert.equal(server.arrived.length, 1);
    const [{ headers, body } = { headers: {}, body: Buffer.of() }] = server.arrived;
    const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    assert.match(plain.toString('latin1'), /ant_watcher_build_info/);
  }
});

test('one that is not there, or takes none, has failed, with a hint of its own', async () => {
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

test('certificates that can not be read, or are none, have failed', async () => {
  for (const caFile of ['/nowhere/ca.pem', import.meta.filename]) {
    const [finding] = await check('https://127.0.0.1:1', 'victoriametrics', { caFile });
    assert.equal(finding?.level, 'failed');
  }
});

test('without receivers there is nothing to tell', async () => {
  assert.deepEqual(await checkPush({ sinks: [], shared: SHARED, nowMs: 0 }), []);
});

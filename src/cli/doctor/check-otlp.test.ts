import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { NO_OTLP } from '../../../test/fixtures/otlp-options.ts';
import { startMisbehaving, startReplying } from '../../../test/fixtures/push-server.ts';
import { AntError } from '../../domain/errors.ts';
import type { OtlpOptions } from '../../otlp/otlp-options.ts';
import { DIRECT } from '../../outbound/network.ts';
import { checkOtlp } from './check-otlp.ts';

function check({ port }: { readonly port: number }, more: Partial<OtlpOptions> = {}) {
  const endpoint = {
    name: 'here',
    url: `http://127.0.0.1:${port}`,
    headers: { 'X-A': 'b' },
    network: DIRECT,
  };
  return checkOtlp(() => ({ ...NO_OTLP, endpoints: [endpoint], ...more }));
}

test('an endpoint that takes a request without content passes, for each signal that is sent', async () => {
  for (const encoding of ['protobuf', 'json'] as const) {
    await using server = await startReplying([{ status: 200 }]);
    const findings = await check(server, { encoding, metricsIntervalMs: 60_000 });
    assert.deepEqual(
      findings.map(({ level, about, what }) => [level, about, what]),
      ['traces', 'metrics'].map((signal) => [
        'ok',
        'receiver here',
        `takes ${signal}: it took a request without content`,
      ]),
    );
    assert.deepEqual(
      server.arrived.map(({ path, headers, body }) => [
        path,
        headers['x-a'],
        headers['content-type'],
        gunzipSync(body).toString(),
      ]),
      ['traces', 'metrics'].map((signal) => [
        `/v1/${signal}`,
        'b',
        encoding === 'json' ? 'application/json' : 'application/x-protobuf',
        encoding === 'json' ? '{}' : '',
      ]),
    );
  }
});

test('what is wrong with an endpoint is said, with what to do', async () => {
  for (const [status, what, hint] of [
    [401, /^does not take traces: 401/, /otlp.headers/],
    [404, /404/, /path ends in \/v1\/traces/],
    [415, /415/, /otlp.compression none/],
    [400, /400 proto: illegal wireType/, /does it take this otlp.protocol, and otlp.compression/],
    [503, /503/, /is it up/],
  ] as const) {
    await using server = await startReplying([{ status, body: 'proto: illegal wireType 7' }]);
    const [finding, ...more] = await check(server);
    assert.equal(finding?.level, 'failed');
    assert.match(finding.what, what);
    assert.match(finding.hint ?? '', hint);
    assert.deepEqual(more, []);
  }
});

test('a port of gRPC is recognised by its answer', async () => {
  // The first frame of HTTP/2: the settings of the server.
  await using server = await startMisbehaving((socket) => {
    socket.end(Buffer.from([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0x40, 0]));
  });
  const [finding] = await check(server);
  assert.equal(finding?.level, 'failed');
  assert.match(finding.hint ?? '', /port of gRPC/);
});

test('certificates that can not be read are a finding', async () => {
  const [finding] = await checkOtlp(() => {
    throw new AntError('config_invalid', "otlp.ca_file can't be read", { hint: 'It must name a file.' });
  });
  assert.deepEqual([finding?.level, finding?.hint], ['failed', 'It must name a file.']);
});

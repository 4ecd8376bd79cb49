import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CERTIFICATE } from '../../../test/fixtures/certificate.ts';
import { openTestReceiver, startMisbehaving, startReplying } from '../../../test/fixtures/push-server.ts';
import { AntError } from '../../domain/errors.ts';
import type { EventSample } from '../../domain/event-sample.ts';
import { DIRECT } from '../../outbound/network.ts';
import type { ReceiverOptions } from './receiver-options.ts';

const SAMPLES: readonly EventSample[] = [{ metric: 'm', labels: [], value: 1, atMs: 1_700_000_000_123 }];
const ANN = 'Basic YW5uOnDDpHNz';

test('a header takes precedence over a token, a token over basic auth, and basic auth over user info', async () => {
  await using server = await startReplying([{ status: 204 }]);
  const authorization = async (userInfo: string, options: Partial<ReceiverOptions>) => {
    await using receiver = openTestReceiver({
      url: `http://${userInfo}127.0.0.1:${server.port}`,
      ...options,
    });
    assert.deepEqual(await receiver.send(SAMPLES), { kind: 'sent' });
    return server.arrived.at(-1)?.headers.authorization;
  };
  const basicAuth = { username: 'ann', password: 'päss' };
  assert.equal(await authorization('', {}), undefined);
  assert.equal(await authorization('ann:p%C3%A4ss@', {}), ANN);
  assert.equal(await authorization('bob:x@', { basicAuth }), ANN);
  assert.equal(await authorization('bob:x@', { basicAuth, bearerToken: 'abc' }), 'Bearer abc');
  const headers = { authorization: 'Token x' };
  assert.equal(await authorization('', { bearerToken: 'abc', headers }), 'Token x');
});

test('no credential is shown, even when the server quotes it', async () => {
  const quoted = `token-secret päss-secret ${ANN} ${Buffer.from('ann:päss-secret').toString('base64')} url-secret key-secret head-secret k%2Dsecret k-secret`;
  await using server = await startReplying([{ status: 401, body: quoted }]);
  for (const options of [
    { bearerToken: 'token-secret' },
    { basicAuth: { username: 'ann', password: 'päss-secret' } },
    { headers: { 'X-Key': 'head-secret' } },
    {},
  ]) {
    await using receiver = openTestReceiver({
      url: `http://ann:url-secret@127.0.0.1:${server.port}?authKey=key-secret&k=k%2Dsecret`,
      ...options,
    });
    const outcome = await receiver.send(SAMPLES);
    assert.ok(outcome.kind === 'refused');
    const secrets = [
      'url-secret',
      'key-secret',
      'k%2Dsecret',
      'k-secret',
      ...Object.values(options).flatMap(textsOf),
    ];
    for (const secret of secrets) assert.ok(!outcome.reason.includes(secret), outcome.reason);
  }
});

function textsOf(value: string | Readonly<Record<string, string>>): string[] {
  if (typeof value === 'string') return [value];
  const { username, password } = value;
  if (username === undefined || password === undefined) return Object.values(value);
  return [password, Buffer.from(`${username}:${password}`).toString('base64')];
}

test('a certificate is trusted when its CA is given, for the right name', async () => {
  await using server = await startReplying([{ status: 204 }], { tls: true });
  const outcomeAt = async (host: string, caPem: string | null) => {
    await using receiver = openTestReceiver({
      url: `https://${host}:${server.port}`,
      network: { ...DIRECT, caPem, caSetting: 'push.ca_file' },
    });
    return await receiver.send(SAMPLES);
  };
  assert.deepEqual(await outcomeAt('127.0.0.1', CERTIFICATE), { kind: 'sent' });
  const untrusted = await outcomeAt('127.0.0.1', null);
  assert.ok(untrusted.kind === 'refused');
  assert.match(untrusted.reason, /is not trusted: self-signed certificate$/);
  assert.match(untrusted.hint ?? '', /in push\.ca_file/);
  const otherName = await outcomeAt('localhost', CERTIFICATE);
  assert.ok(otherName.kind === 'refused');
  assert.match(otherName.reason, /localhost/);
  assert.equal(server.arrived.length, 1);
});

test('TLS with a server that does not speak it is a configuration error', async () => {
  await using server = await startMisbehaving((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await using receiver = openTestReceiver({ url: `https://127.0.0.1:${server.port}` });
  assert.equal((await receiver.send(SAMPLES)).kind, 'refused');
});

test('unusable options are reported at once, without their values', () => {
  for (const [options, message] of [
    [{ url: 'hunter2' }, /URL must be/],
    [{ headers: { 'X Y': 'hunter2' } }, /header "X Y" is not allowed by HTTP/],
    [{ headers: { 'X-Key': 'hunter2\r\nX: y' } }, /header "X-Key" is not allowed by HTTP/],
    [{ headers: { 'content-Length': '1' } }, /content-Length is set by ant-watcher/],
    [{ headers: { 'Transfer-Encoding': 'chunked' } }, /set by ant-watcher/],
    [{ bearerToken: 'hunter2\n' }, /token contains a line end/],
    [{ extraLabels: [['a-b', 'hunter2']] }, /extra label "a-b"/],
    [{ extraLabels: [['__name__', 'hunter2']] }, /extra label "__name__"/],
    [
      {
        extraLabels: [
          ['a', 'hunter2'],
          ['b', ''],
          ['a', 'hunter2'],
        ],
      },
      /extra label a is set twice\./,
    ],
  ] satisfies [Partial<ReceiverOptions>, RegExp][]) {
    assert.throws(
      () => openTestReceiver({ url: 'http://vm:8428', ...options }),
      (error) => {
        assert.ok(error instanceof AntError && error.code === 'config_invalid');
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      },
    );
  }
});

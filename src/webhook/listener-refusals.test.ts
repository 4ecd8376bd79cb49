import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFixture, type Sending, send, sign } from '../../test/fixtures/webhook-listener.ts';
import { AntError } from '../domain/errors.ts';

const body = '{"action":"queued"}';
const json = { 'Content-Type': 'application/json' };

/** [what, sending, status, code, reason, event label] */
const REFUSED: readonly [string, Sending, number, string, string, string?][] = [
  ['another path', { path: '/' }, 404, 'not_found', 'not_found'],
  ['a longer path', { path: '/webhook/more' }, 404, 'not_found', 'not_found'],
  ['GET of the path', { method: 'GET' }, 405, 'method_not_allowed', 'method_not_allowed'],
  ['PUT to the path', { method: 'PUT' }, 405, 'method_not_allowed', 'method_not_allowed'],
  ['POST to livez', { path: '/livez' }, 405, 'method_not_allowed', 'method_not_allowed'],
  [
    'no signature',
    { headers: { 'X-Hub-Signature-256': undefined } },
    401,
    'unauthorized',
    'missing_signature',
  ],
  [
    'a wrong signature',
    { headers: { 'X-Hub-Signature-256': sign(body, 'x') } },
    401,
    'unauthorized',
    'wrong_signature',
  ],
  ['no hex', { headers: { 'X-Hub-Signature-256': 'sha256=zz' } }, 401, 'unauthorized', 'wrong_signature'],
  ['an empty signature', { headers: { 'X-Hub-Signature-256': '' } }, 401, 'unauthorized', 'wrong_signature'],
  [
    'SHA-1 only',
    { headers: { 'X-Hub-Signature-256': undefined, 'X-Hub-Signature': 'sha1=00' } },
    401,
    'unauthorized',
    'sha1_signature',
  ],
  ['too large a body', { body: Buffer.alloc(100_001, ' ') }, 413, 'body_too_large', 'body_too_large'],
  ['plain text', { headers: { 'Content-Type': 'text/plain' } }, 415, 'content_type', 'content_type'],
  ['no content type', { headers: { 'Content-Type': undefined } }, 415, 'content_type', 'content_type'],
  [
    'a longer content type',
    { headers: { 'Content-Type': 'application/jsonx' } },
    415,
    'content_type',
    'content_type',
  ],
  ['an encoded slash', { path: '/%2Fwebhook' }, 404, 'not_found', 'not_found'],
  ['gzip', { headers: { ...json, 'Content-Encoding': 'gzip' } }, 415, 'content_encoding', 'content_encoding'],
  ['no event', { headers: { 'X-GitHub-Event': undefined } }, 400, 'event_header', 'event_header', 'none'],
  ['an empty event', { headers: { 'X-GitHub-Event': '' } }, 400, 'event_header', 'event_header', 'none'],
  [
    'a long event',
    { headers: { 'X-GitHub-Event': 'e'.repeat(201) } },
    400,
    'event_header',
    'event_header',
    'other',
  ],
  ['a strange event', { headers: { 'X-GitHub-Event': 'é' } }, 400, 'event_header', 'event_header', 'other'],
  [
    'no delivery id',
    { headers: { 'X-GitHub-Delivery': undefined } },
    400,
    'delivery_header',
    'delivery_header',
  ],
  [
    'a long delivery id',
    { headers: { 'X-GitHub-Delivery': 'd'.repeat(201) } },
    400,
    'delivery_header',
    'delivery_header',
  ],
  [
    'a strange delivery id',
    { headers: { 'X-GitHub-Delivery': 'a\tb' } },
    400,
    'delivery_header',
    'delivery_header',
  ],
  ['bad UTF-8', { body: Buffer.from('{"a":"\xff"}', 'latin1') }, 400, 'invalid_utf8', 'invalid_utf8'],
  ['bad JSON', { body: '{"a":' }, 400, 'invalid_json', 'invalid_json'],
  ['an empty body', { body: '' }, 400, 'invalid_json', 'invalid_json'],
  ['an array', { body: '[1]' }, 400, 'invalid_json', 'invalid_json'],
  [
    'a form without payload',
    { body: 'a=b', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
    400,
    'invalid_form',
    'invalid_form',
  ],
  [
    'a refused ping',
    { path: '/', headers: { 'X-GitHub-Event': 'ping' } },
    404,
    'not_found',
    'not_found',
    'ping',
  ],
  [
    'a refused push',
    { path: '/', headers: { 'X-GitHub-Event': 'push' } },
    404,
    'not_found',
    'not_found',
    'other',
  ],
];

for (const [what, sending, status, code, reason, event = 'workflow_job'] of REFUSED) {
  test(`${what} is answered ${status} and counted as ${reason}`, async (context) => {
    const { port, accepted, counts, lines } = await openFixture(context);
    const answer = await send(port, { body, ...sending });
    assert.equal(answer.status, status);
    assert.equal(answer.headers['content-type'], 'application/json');
    const { error, ...rest } = JSON.parse(answer.body);
    assert.deepEqual(
      [error.code, typeof error.message, Object.keys(error).length, rest],
      [code, 'string', 2, {}],
    );
    assert.deepEqual(counts(), {
      [`rejections_total{${reason}}`]: 1,
      [`deliveries_total{${event},,rejected}`]: 1,
    });
    assert.deepEqual(accepted, []);
    assert.deepEqual(
      lines.map((line) => [line.level, line.message, line.reason]),
      [['warn', 'Request refused', reason]],
    );
    assert.doesNotMatch(JSON.stringify([lines, answer]), /a secret of the test|sha256=/);
  });
}

test('405 lists the allowed methods', async (context) => {
  const { port } = await openFixture(context);
  assert.equal((await send(port, { method: 'GET' })).headers.allow, 'POST');
  assert.equal((await send(port, { path: '/livez' })).headers.allow, 'GET, HEAD');
});

test("a missing and a wrong signature can't be distinguished", async (context) => {
  const { port } = await openFixture(context);
  const missing = await send(port, { headers: { 'X-Hub-Signature-256': undefined } });
  const wrong = await send(port, { headers: { 'X-Hub-Signature-256': sign(body, 'x') } });
  assert.equal(missing.body, wrong.body);
  const sha1 = await send(port, {
    headers: { 'X-Hub-Signature-256': undefined, 'X-Hub-Signature': 'sha1=0' },
  });
  assert.match(sha1.body, /X-Hub-Signature-256/);
});

test('a connection survives refusals of small bodies', async (context) => {
  const { port, agent } = await openFixture(context);
  for (const path of ['/nowhere', '/webhook', '/nowhere', '/webhook']) {
    const answer = await send(port, { path, agent });
    assert.equal(answer.headers.connection, 'keep-alive');
    assert.equal(answer.status, path === '/webhook' ? 202 : 404);
  }
});

test('an unavailable store is answered 503', async (context) => {
  const accept = () => Promise.reject(new AntError('store_unavailable', 'disk full'));
  const { port, counts, lines } = await openFixture(context, { inbox: { accept } });
  for (let i = 0; i < 5; i++) {
    const answer = await send(port);
    assert.equal(answer.status, 503);
    assert.match(answer.headers['retry-after'] ?? '', /^[1-9]\d*$/);
    assert.equal(JSON.parse(answer.body).error.code, 'store_unavailable');
  }
  assert.deepEqual(counts(), {
    'rejections_total{store_unavailable}': 5,
    'deliveries_total{workflow_job,,rejected}': 5,
  });
  assert.match(
    String(lines.find(({ message }) => message === 'Store unavailable; deliveries answered with 503')?.err),
    /disk full/,
  );
  assert.equal(lines.length, 2, 'one line for the store, one for the refusals');
});

test('a bug is answered 500, logged as an error, and does not stop the next delivery', async (context) => {
  let faults = 1;
  const { port, counts, lines } = await openFixture(context, {
    read: () => {
      if (faults-- > 0) throw new TypeError('a bug');
      return { action: '', payload: '' };
    },
  });
  const answer = await send(port);
  assert.deepEqual([answer.status, JSON.parse(answer.body).error.code], [500, 'internal_error']);
  assert.equal(counts()['rejections_total{internal_error}'], 1);
  assert.match(String(lines.find(({ level }) => level === 'error')?.err), /a bug/);
  assert.equal((await send(port)).status, 202);
});

test('an address in use is an error with a hint', async (context) => {
  const { port } = await openFixture(context);
  await assert.rejects(openFixture(context, { port }), (error: AntError) => {
    assert.equal(error.code, 'listen_failed');
    assert.match(error.message, new RegExp(`127.0.0.1 port ${port} `));
    assert.match(error.hint ?? '', /another process/);
    return true;
  });
});

test('a flood of refusals is logged in two lines and counted in full', async (context) => {
  const { port, agent, lines, counts, close } = await openFixture(context);
  for (let i = 0; i < 200; i++) await send(port, { agent, headers: { 'X-Hub-Signature-256': 'sha256=00' } });
  assert.equal(lines.length, 1);
  agent.destroy();
  await close();
  assert.deepEqual([lines.length, lines[1]?.count], [2, 199]);
  assert.equal(counts()['rejections_total{wrong_signature}'], 200);
});

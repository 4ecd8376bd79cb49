import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GUID, openFixture, send, sign } from '../../test/fixtures/webhook-listener.ts';

const ACCEPTED = '{"status":"accepted"}';

test('a delivery is handed to the inbox as parsed, and answered 202', async (context) => {
  const { port, accepted, counts, listener } = await openFixture(context);
  assert.equal(listener.lastAcceptedAtMs(), null);
  const answer = await send(port);
  assert.equal(answer.status, 202);
  assert.equal(answer.body, ACCEPTED);
  assert.equal(answer.headers['content-type'], 'application/json');
  const receivedAtMs = Date.parse('2024-10-19T22:27:12.001Z');
  assert.deepEqual(accepted, [
    {
      guid: GUID,
      event: 'workflow_job',
      action: 'queued',
      source: 'webhook',
      receivedAtMs,
      payload: 'workflow_job read',
    },
  ]);
  assert.deepEqual(counts(), { 'delivery_lag_seconds{} 2000': 1, 'delivery_lag_seconds{} -1': 1200 });
  assert.equal(listener.lastAcceptedAtMs(), receivedAtMs);
});

test('a redelivery is answered 202 and its delay is not measured again', async (context) => {
  const { port, counts } = await openFixture(context);
  await send(port);
  counts();
  const answer = await send(port);
  assert.deepEqual([answer.status, answer.body], [202, '{"status":"duplicate"}']);
  assert.deepEqual(counts(), {});
});

test('the delay of a delivery from the future is 0', async (context) => {
  const { port, counts } = await openFixture(context, { clock: () => 0 });
  await send(port);
  assert.deepEqual(counts(), { 'delivery_lag_seconds{} 250': 1 });
});

test('a form is verified as received and then decoded', async (context) => {
  const read: unknown[] = [];
  const { port } = await openFixture(context, {
    read: (_, payload) => ({ action: '', payload: String(read.push(payload)) }),
  });
  const body = `payload=${encodeURIComponent('{"action":"a b+ü"}').replaceAll('%20', '+')}`;
  for (const type of [
    'application/x-www-form-urlencoded',
    'Application/X-WWW-Form-Urlencoded ; charset=utf-8',
  ]) {
    assert.equal((await send(port, { body, headers: { 'Content-Type': type } })).status, 202);
  }
  assert.deepEqual(read, [{ action: 'a b+ü' }, { action: 'a b+ü' }]);
  const signedDecoded = { 'X-Hub-Signature-256': sign(decodeURIComponent(body)) };
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', ...signedDecoded };
  assert.equal((await send(port, { body, headers })).status, 401);
});

test('either of two secrets is enough', async (context) => {
  const { port } = await openFixture(context, { rules: { secrets: ['old', 'new'] } });
  const body = '{}';
  for (const [secret, status] of [
    ['old', 202],
    ['new', 202],
    ['other', 401],
  ] as const) {
    const answer = await send(port, { body, headers: { 'X-Hub-Signature-256': sign(body, secret) } });
    assert.equal(answer.status, status, secret);
  }
});

test('an empty secret does not open a listener', async (context) => {
  await assert.rejects(openFixture(context, { rules: { secrets: ['a', ''] } }), TypeError);
});

test("an event that is not used is answered 202 and counted only under GitHub's event names", async (context) => {
  const { port, accepted, counts } = await openFixture(context);
  for (const [event, body] of [
    ['push', '{}'],
    ['pull_request', '{"action":"opened"}'],
    ['pull_request', '{"action":"Opened!"}'],
    ['pull_request', '{"action":7}'],
    ['ant_watcher_gone', '{"jobId":1,"runId":2,"runAttempt":1,"name":"a"}'],
    ['no such event', `{"action":"${'a'.repeat(65)}"}`],
  ] as const) {
    const answer = await send(port, { body, headers: { 'X-GitHub-Event': event } });
    assert.deepEqual([answer.status, answer.body], [202, '{"status":"ignored"}']);
  }
  assert.deepEqual(accepted, []);
  assert.deepEqual(counts(), {
    'deliveries_total{push,,ignored}': 1,
    'deliveries_total{pull_request,opened,ignored}': 1,
    'deliveries_total{pull_request,other,ignored}': 2,
    'deliveries_total{ant_watcher_gone,,ignored}': 1,
    'deliveries_total{other,other,ignored}': 1,
  });
});

test('a ping is answered 202, and events missing from its hook are logged once', async (context) => {
  const { port, counts, lines } = await openFixture(context);
  const ping = { 'X-GitHub-Event': 'ping' };
  const body = '{"zen":"","hook_id":7,"hook":{"events":["push","workflow_run"]}}';
  assert.equal((await send(port, { body, headers: ping })).status, 202);
  assert.deepEqual(
    lines.filter(({ level }) => level === 'warn'),
    [{ level: 'warn', message: 'Webhook does not send all events', hook: 7, missing: ['workflow_job'] }],
  );
  assert.deepEqual(counts(), { 'deliveries_total{ping,,ignored}': 1 });
});

test('the liveness probe is answered', async (context) => {
  const { port, counts } = await openFixture(context);
  const answer = await send(port, { method: 'GET', path: '/livez?verbose' });
  assert.deepEqual([answer.status, answer.body], [200, '{"status":"ok"}']);
  assert.equal((await send(port, { method: 'HEAD', path: '/livez' })).status, 200);
  assert.deepEqual(counts(), {});
});

test('the path also matches with a trailing slash, double slashes, needless escapes or a full URL', async (context) => {
  for (const path of ['/webhook', '/webhook/']) {
    const { port, accepted } = await openFixture(context, { paths: [path] });
    const spellings = [
      '/webhook',
      '/webhook/',
      '//webhook',
      '/webhook?a=b',
      '/web%68ook',
      'http://ants.example/webhook',
    ];
    for (const [index, spelling] of spellings.entries()) {
      const headers = { 'Content-Type': 'application/json', 'X-GitHub-Delivery': `guid-${index}` };
      assert.equal((await send(port, { path: spelling, headers })).status, 202, spelling);
    }
    assert.equal(accepted.length, spellings.length);
  }
});

test('a delivery is taken at each of several paths, however either is written, and nowhere else', async (context) => {
  const { port, accepted } = await openFixture(context, {
    paths: ['/webhook', '/gh_event/', '/ci%2Fgithub', '/'],
  });
  const headers = { 'Content-Type': 'application/json' };
  const taken = [
    '/webhook/',
    '/gh_event',
    '//gh%5Fevent?a=/b',
    '/ci%2fgithub',
    '/',
    '',
    '/?a=b',
    'http://ants.example',
  ];
  for (const [index, path] of taken.entries()) {
    const guid = { 'X-GitHub-Delivery': `guid-${index}` };
    assert.equal((await send(port, { path, headers: { ...headers, ...guid } })).status, 202, path);
  }
  assert.equal(accepted.length, taken.length);
  for (const path of ['/github', '/ci/github', '/webhook/gh_event', '/Webhook', '/*', '/webhook,/gh_event'])
    assert.equal((await send(port, { path, headers })).status, 404, path);
});

test('with * a delivery is taken at any path, and /livez is still there', async (context) => {
  const { port, accepted } = await openFixture(context, { paths: ['*'] });
  const headers = { 'Content-Type': 'application/json' };
  const taken = ['/', '/webhook', '/some/where%2felse?x', '/livez/more', '*'];
  for (const [index, path] of taken.entries()) {
    const guid = { 'X-GitHub-Delivery': `guid-${index}` };
    assert.equal((await send(port, { path, headers: { ...headers, ...guid } })).status, 202, path);
  }
  assert.equal(accepted.length, taken.length);
  assert.equal((await send(port, { method: 'GET', path: '/livez' })).status, 200);
  assert.equal((await send(port, { path: '/livez/', headers })).status, 405);
  assert.equal((await send(port, { method: 'GET', path: '/anything' })).status, 405);
  const unsigned = await send(port, {
    path: '/',
    headers: { ...headers, 'X-Hub-Signature-256': 'sha256=00' },
  });
  assert.equal(unsigned.status, 401);
});

test('an empty content encoding is ignored, and so is a charset in the content type', async (context) => {
  const { port } = await openFixture(context);
  const json = { 'Content-Type': 'application/json' };
  for (const headers of [
    { ...json, 'Content-Encoding': '' },
    { ...json, 'Content-Encoding': 'Identity' },
    { 'Content-Type': 'APPLICATION/JSON;CHARSET="latin1"' },
    { 'Content-Type': 'application/json;' },
  ])
    assert.equal((await send(port, { headers })).status, 202, JSON.stringify(headers));
});

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { ask, EXPOSITION, openFixture } from '../../test/fixtures/api-listener.ts';
import { until } from '../../test/fixtures/webhook-listener.ts';
import { AntError } from '../domain/errors.ts';
import { acceptsCoding } from './content-negotiation.ts';

const OPENMETRICS = 'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5';

test("a scrape returns the engine's metrics in the requested format", async (context) => {
  const gauge = { metric: 'process_open_fds', labels: [], value: 7 };
  const { url, scrapes } = await openFixture(context, { readings: () => [gauge] });
  const plain = await ask(`${url}/metrics`);
  assert.equal(plain.text, EXPOSITION);
  assert.match(plain.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  assert.equal(plain.headers.get('vary'), 'Accept, Accept-Encoding');
  const open = await ask(`${url}/metrics`, { headers: { Accept: OPENMETRICS } });
  assert.match(open.headers.get('content-type') ?? '', /^application\/openmetrics-text; version=1\.0\.0/);
  assert.deepEqual(scrapes, [
    ['text', [gauge]],
    ['openmetrics', [gauge]],
  ]);
});

test("this thread's counts are handed to the engine before the scrape", async (context) => {
  const order: string[] = [];
  const { url } = await openFixture(context, {
    async flushMeter() {
      await new Promise(setImmediate);
      order.push('flushed');
    },
    engine: {
      async scrape() {
        order.push('scraped');
        return new Uint8Array();
      },
    },
  });
  assert.equal((await ask(`${url}/metrics`)).status, 200);
  assert.deepEqual(order, ['flushed', 'scraped']);
});

test('gzip is sent to clients that accept it', async (context) => {
  const { port } = await openFixture(context);
  for (const [encoding, isGzip] of [
    ['gzip', true],
    ['gzip;q=0', false],
  ] as const) {
    const options = { host: '127.0.0.1', port, path: '/metrics', headers: { 'Accept-Encoding': encoding } };
    const { promise, resolve } = Promise.withResolvers<Buffer>();
    get({ ...options, agent: false }, async (response) => {
      assert.equal(response.headers['content-encoding'], isGzip ? 'gzip' : undefined);
      assert.equal(response.headers.vary, 'Accept, Accept-Encoding');
      const body = await buffer(response);
      assert.equal(response.headers['content-length'], String(body.length));
      resolve(body);
    });
    const body = await promise;
    assert.equal(String(isGzip ? gunzipSync(body) : body), EXPOSITION);
  }
});

test('HEAD returns the same headers without a body', async (context) => {
  const { url } = await openFixture(context);
  const headers = { 'Accept-Encoding': 'identity' };
  const head = await ask(`${url}/metrics`, { method: 'HEAD', headers });
  const get = await ask(`${url}/metrics`, { headers });
  assert.deepEqual([head.status, head.text], [200, '']);
  for (const name of ['content-type', 'content-length', 'vary']) {
    assert.equal(head.headers.get(name), get.headers.get(name), name);
  }
});

test('all that scrape while one is made share the next one, which is of a later moment', async (context) => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const begun = Promise.withResolvers<void>();
  let made = 0;
  const { url } = await openFixture(context, {
    engine: {
      async scrape() {
        made += 1;
        const number = made;
        begun.resolve();
        await gates[number - 1]?.promise;
        return Buffer.from(`made ${number}`);
      },
    },
  });
  let arrived = 0;
  const arrive = () => {
    arrived += 1;
  };
  subscribe('http.server.request.start', arrive);
  context.after(() => unsubscribe('http.server.request.start', arrive));
  const first = ask(`${url}/metrics`);
  await begun.promise;
  const others = Array.from({ length: 20 }, () => ask(`${url}/metrics`));
  await until(() => arrived === 1 + others.length);
  for (const { resolve } of gates) resolve();
  assert.equal((await first).text, 'made 1');
  for (const other of others) assert.equal((await other).text, 'made 2');
  assert.equal(made, 2);
});

test('what one is refused, all that share it are, and the next one is made anew', async (context) => {
  let calls = 0;
  const { url } = await openFixture(context, {
    engine: {
      async scrape() {
        calls += 1;
        if (calls === 1) throw new AntError('store_unavailable', 'gone');
        return Buffer.from('back');
      },
    },
  });
  assert.equal((await ask(`${url}/metrics`)).status, 503);
  assert.equal((await ask(`${url}/metrics`)).text, 'back');
});

test('an unavailable engine is an error', async (context) => {
  const scrape = () => Promise.reject(new AntError('store_unavailable', 'gone'));
  const { url } = await openFixture(context, { engine: { scrape } });
  const answer = await ask(`${url}/metrics`);
  assert.deepEqual([answer.status, answer.code], [503, 'store_unavailable']);
});

for (const [header, accepted] of [
  [undefined, false],
  ['', false],
  ['gzip', true],
  ['GZIP', true],
  ['deflate, gzip;q=0.5', true],
  ['*', true],
  ['br', false],
  ['gzip;q=0', false],
  ['gzip; q=0.000, *', false],
  ['*;q=0', false],
  ['gzip;q=0.1', true],
] as const) {
  test(`Accept-Encoding "${header}" ${accepted ? 'takes' : 'does not take'} gzip`, () => {
    assert.equal(acceptsCoding(header, 'gzip'), accepted);
  });
}

const OF_PROMETHEUS_2 = OPENMETRICS;
const OF_PROMETHEUS_3 =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

test('names of another exporter are always in text 0.0.4, whatever a scraper prefers', async (context) => {
  const asked: unknown[] = [];
  const { url } = await openFixture(context, {
    compatNames: () => ['otel'],
    engine: {
      async scrape(query) {
        asked.push(query);
        return new TextEncoder().encode(EXPOSITION);
      },
    },
  });
  for (const Accept of [
    OF_PROMETHEUS_2,
    OF_PROMETHEUS_3,
    'application/openmetrics-text',
    '*/*',
    'text/html',
  ]) {
    const { status, headers, text } = await ask(`${url}/metrics/compat/otel`, { headers: { Accept } });
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.equal(text, EXPOSITION);
  }
  assert.deepEqual(asked, Array(5).fill({ format: 'text', scope: 'all', compat: 'otel', isPacked: true }));
});

test('names that are not counted, or that nobody knows, are answered with the setting that has them', async (context) => {
  let compatNames: readonly string[] = [];
  const { url } = await openFixture(context, { compatNames: () => compatNames });
  for (const name of ['otel', 'arc', 'x%0Ay', 'constructor']) {
    const { status, text } = await ask(`${url}/metrics/compat/${name}`);
    assert.equal(status, 404);
    assert.match(text, /metrics\.compat names none/);
  }
  compatNames = ['otel'];
  assert.equal((await ask(`${url}/metrics/compat/otel`)).status, 200);
  assert.match((await ask(`${url}/metrics/compat/arc`)).text, /metrics\.compat names otel/);
});

test('names of another exporter need the same login as /metrics', async (context) => {
  const { url } = await openFixture(context, {
    compatNames: () => ['otel'],
    access: { tokens: ['a-token-of-some-length'] },
  });
  assert.equal((await ask(`${url}/metrics/compat/otel`)).status, 401);
  const headers = { Authorization: 'Bearer a-token-of-some-length' };
  assert.equal((await ask(`${url}/metrics/compat/otel`, { headers })).status, 200);
});

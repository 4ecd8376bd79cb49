import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { ask, openFixture } from '../../test/fixtures/api-listener.ts';
import { countOf } from '../domain/metric.ts';
import { SELF } from '../domain/own-metrics.ts';
import { isFromForeignPage } from './foreign-page.ts';

/** What a browser sends. */
function fetched(site: string, mode = 'cors', dest = 'empty') {
  return { 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': dest };
}

test('what another site makes a browser ask is told from a link that a person follows', () => {
  for (const site of ['cross-site', 'same-site']) {
    assert.ok(isFromForeignPage(fetched(site)), site);
    assert.ok(isFromForeignPage(fetched(site, 'no-cors', 'image')), site);
    assert.ok(isFromForeignPage(fetched(site, 'navigate', 'iframe')), site);
    assert.ok(isFromForeignPage({ 'sec-fetch-site': site }), site);
    assert.ok(!isFromForeignPage(fetched(site, 'navigate', 'document')), site);
  }
  for (const headers of [{}, fetched('same-origin'), fetched('none', 'navigate', 'document')])
    assert.ok(!isFromForeignPage(headers), JSON.stringify(headers));
});

/** Of a link that was followed; `fetch` says itself that it does not navigate. */
async function statusOfLink(url: string, login: Readonly<Record<string, string>>) {
  const headers = { ...fetched('cross-site', 'navigate', 'document'), ...login };
  const [response] = (await once(get(url, { headers }), 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

const REFUSED = ['/', '/assets/main-ABCDEFGH.js', '/api/v1/parked', '/api/v1/live', '/api/v1/openapi.json'];

test('the page, the read API and its streams are refused to pages of other sites, login or not', async (context) => {
  for (const access of [{}, { tokens: ['one'] }, { public: ['page' as const, 'read' as const] }]) {
    const { url, counted } = await openFixture(context, { access });
    const login = { Authorization: 'Bearer one' };
    for (const path of REFUSED) {
      const headers = { ...fetched('cross-site'), ...login };
      const { status, code, text } = await ask(url + path, { headers });
      assert.deepEqual([status, code], [403, 'forbidden'], path);
      assert.match(text, /page of another site/);
    }
    assert.deepEqual(
      counted,
      REFUSED.map(() => countOf(SELF.apiRefusals, ['foreign_page'])),
    );
    const own = { headers: { ...fetched('same-origin'), ...login } };
    assert.equal((await ask(`${url}/api/v1/parked`, own)).status, 200);
    assert.equal(await statusOfLink(`${url}/`, login), 200);
  }
});

test('a change that a foreign page asks for is refused, whatever it declares', async (context) => {
  const { url, replays } = await openFixture(context);
  const headers = { ...fetched('same-site'), 'Content-Type': 'application/json' };
  const { status } = await ask(`${url}/api/v1/parked/replay`, { method: 'POST', headers, body: '{}' });
  assert.deepEqual([status, replays], [403, []]);
});

test('scrapers, probes and clients without a browser are asked nothing', async (context) => {
  const { url } = await openFixture(context);
  for (const path of ['/metrics', '/livez', '/readyz', '/health'])
    assert.equal((await ask(url + path, { headers: fetched('cross-site') })).status, 200, path);
  assert.equal((await ask(`${url}/api/v1/parked`)).status, 200);
});

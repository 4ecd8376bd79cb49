import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { ask, openFixture, STAND_IN_PAGE } from '../../test/fixtures/api-listener.ts';
import { openTemporaryFolder } from '../../test/temporary-folder.ts';
import { VIEW_PATHS } from './page-routes.ts';

const SCRIPT = "console.log('a script')";
const FILE = '/assets/main-ABCD2345.js';

test('the address of each view is the same document, under a strict policy', async (context) => {
  const { url } = await openFixture(context);
  const document = readFileSync(join(STAND_IN_PAGE, 'index.html'), 'utf8');
  for (const path of VIEW_PATHS) {
    const answer = await ask(`${url}${path.replace(':id', '123')}?from=-7d`);
    assert.deepEqual([answer.status, answer.text], [200, document], path);
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(
      answer.headers.get('content-security-policy'),
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  }
});

/** The bytes as they are sent, with the headers. */
async function raw(url: string, encoding?: string) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const headers = { Connection: 'close', ...(encoding !== undefined && { 'Accept-Encoding': encoding }) };
  request(url, { headers }, resolve).on('error', reject).end();
  const response = await promise;
  return { headers: response.headers, body: await buffer(response) };
}

test('files are sent as the client takes them, and kept by it for ever', async (context) => {
  using pageFolder = openTemporaryFolder({ [FILE.slice(1)]: SCRIPT });
  const compressed = { '.gz': gzipSync(SCRIPT), '.br': brotliCompressSync(SCRIPT) };
  for (const [ending, bytes] of Object.entries(compressed))
    writeFileSync(join(pageFolder.path, `${FILE}${ending}`), bytes);
  const { url } = await openFixture(context, { pageFolder: pageFolder.path });
  for (const [accepted, coding, bytes] of [
    [undefined, undefined, Buffer.from(SCRIPT)],
    ['identity', undefined, Buffer.from(SCRIPT)],
    ['gzip', 'gzip', compressed['.gz']],
    ['gzip, deflate, br', 'br', compressed['.br']],
    ['br;q=0, gzip', 'gzip', compressed['.gz']],
  ] as const) {
    const { headers, body } = await raw(url + FILE, accepted);
    assert.deepEqual([headers['content-encoding'], body], [coding, bytes]);
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(headers['content-type'], 'text/javascript; charset=utf-8');
    assert.equal(headers.vary, 'Accept-Encoding');
  }
});

test('nothing but built files can be read', async (context) => {
  using pageFolder = openTemporaryFolder({
    'index.html': 'x',
    'secret-ABCD2345.js': 'x',
    'assets/a.js': 'x',
  });
  const { url } = await openFixture(context, { pageFolder: pageFolder.path });
  for (const path of [
    '/assets/..%2Fsecret-ABCD2345.js',
    '/assets/..%2Findex.html',
    '/assets/a.js',
    '/assets/main-ABCD2345.js.gz',
    '/assets/gone-ABCD2345.js',
    '/assets/',
  ])
    assert.equal((await ask(url + path)).status, 404, path);
});

test('where the page is not built, it says the one command', async (context) => {
  using pageFolder = openTemporaryFolder();
  const { url } = await openFixture(context, { pageFolder: pageFolder.path });
  const answer = await fetch(`${url}/queues`);
  assert.equal(answer.status, 503);
  assert.match(await answer.text(), /<code>npm run build<\/code>/);
  writeFileSync(join(pageFolder.path, 'index.html'), 'built');
  assert.equal((await ask(`${url}/queues`)).text, 'built');
});

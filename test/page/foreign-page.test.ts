import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { buildPage } from '../../scripts/build-page.ts';
import { until } from '../push/receivers.ts';
import { type Service, startService } from '../service.ts';
import { launchChromium } from './browser.ts';

/* What a page of another site can make a real Chromium ask of a service on the same machine, without a login. */

/** It asks in all the ways that need no consent, and has a link. */
const pageFor = (apiUrl: string) => `<!doctype html>
<a href="${apiUrl}/">the page</a>
<img src="${apiUrl}/api/v1/now">
<script src="${apiUrl}/api/v1/queues"></script>
<iframe src="${apiUrl}/api/v1/runners"></iframe>
<script>
  fetch('${apiUrl}/api/v1/load', { mode: 'no-cors' });
  new EventSource('${apiUrl}/api/v1/live');
</script>`;

/** So many questions are in it. */
const WAYS = 5;

async function refusals(service: Service): Promise<number> {
  const text = await (await service.get('/metrics')).text();
  const [, count] = /^ant_watcher_api_refusals_total\{reason="foreign_page"\} (\d+)$/m.exec(text) ?? [];
  return Number(count);
}

test('a page of another site gets no question answered, and a link to here opens', async () => {
  await buildPage();
  await using service = await startService();
  await using browser = await launchChromium();
  const server = createServer((_, response) =>
    response.setHeader('Content-Type', 'text/html').end(pageFor(service.apiUrl)),
  );
  await using _ = { [Symbol.asyncDispose]: async () => void server.close().closeAllConnections() };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // Another site by its name, and only another port.
  for (const [at, name] of ['localhost', '127.0.0.1'].entries()) {
    const page = await browser.newPage();
    await page.goto(`http://${name}:${port}/`);
    await until('not all were refused', async () => (await refusals(service)) >= (at + 1) * WAYS);
    assert.equal(await refusals(service), (at + 1) * WAYS, name);
    await page.getByRole('link', { name: 'the page' }).click();
    await page.getByRole('heading', { name: 'Now' }).waitFor();
  }
});

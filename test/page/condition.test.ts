import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Service, startService } from '../service.ts';
import { openBrowser, type TestBrowser } from './browser.ts';

/* What the page shows when something is wrong: with the service, the login, the network or a clock. */

const JOB = {
  action: 'queued',
  workflow_job: { id: 1, run_id: 1, status: 'queued' },
  repository: { full_name: 'a/b' },
};

let browser: TestBrowser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser[Symbol.asyncDispose]());

/** A view that asks one question. */
const asking = (service: Service) => `${service.apiUrl}/runs`;

test('errors of the API are explained, with their code and a way to try again', async () => {
  await using service = await startService();
  for (const [status, code, title] of [
    [401, 'unauthorized', 'A login is needed'],
    [403, 'forbidden', 'Not by this name'],
    [503, 'query_too_slow', 'This takes too long'],
    [500, 'internal_error', 'This could not be loaded'],
  ] as const) {
    let isBroken = true;
    await using opened = await browser.open(asking(service), {
      prepare: (page) =>
        page.route('**/api/v1/runs*', (route) =>
          isBroken
            ? route.fulfill({ status, json: { error: { code, message: 'In other words.' } } })
            : route.fulfill({ json: { as_of: '2026-11-29T00:00:00Z', runs: [], cursor: null } }),
        ),
    });
    const { page } = opened;
    await page.getByRole('heading', { name: title }).waitFor();
    await page.getByText('In other words.').waitFor();
    await page.getByText(code, { exact: true }).waitFor();
    isBroken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Nothing in this window').waitFor();
  }
});

test('a service that goes away is told, with for how long, and the page finds it again', async () => {
  await using service = await startService();
  await service.post('workflow_job', JOB);
  await using opened = await browser.open(asking(service));
  const { page } = opened;
  await page.locator('.status[data-status=ok]').waitFor();
  await page.route('**', (route) => route.abort());
  await page.locator('.status[data-status=lost]').waitFor({ timeout: 30_000 });
  await page.getByText(/for \d+ s/).waitFor();
  await page.unrouteAll();
  await page.locator('.status[data-status=ok]').waitFor({ timeout: 30_000 });
});

test('a failing service says what fails, to everybody', async () => {
  await using service = await startService();
  const checks = { ready: { ok: false, reason: 'The disk is full.' }, engine: { ok: true } };
  const health = { status: 'failing', last_delivery_accepted_at: null, checks };
  await using opened = await browser.open(service.apiUrl, {
    prepare: async (page) => {
      await page.route('**/api/v1/status', (route) => route.fulfill({ status: 401, json: { error: {} } }));
      await page.route('**/health', (route) => route.fulfill({ status: 503, json: health }));
    },
  });
  await opened.page.locator('.status[data-status=failing]').waitFor();
  await opened.page.getByText('The disk is full.').waitFor();
});

test('the first delivery is waited for, and seen by itself', async () => {
  await using service = await startService();
  await using opened = await browser.open(service.apiUrl);
  await opened.page.locator('.status', { hasText: 'Waiting for the first delivery' }).waitFor();
  await service.post('workflow_job', JOB);
  await opened.page.locator('.status[data-status=ok]').waitFor({ timeout: 30_000 });
});

test('with a login the page and its questions work, without one there is no page', async () => {
  const env = { ANT_WATCHER_API_BASIC_AUTH: 'viewer:a long password' };
  await using service = await startService({ env, token: 'a-token-that-is-long-enough' });
  const login = { username: 'viewer', password: 'a long password' };
  await using opened = await browser.open(asking(service), { login });
  await opened.page.locator('.status[data-status=waiting]').waitFor();
  const answer = await fetch(asking(service));
  assert.deepEqual([answer.status, answer.headers.get('www-authenticate')?.includes('Basic')], [401, true]);
});

test('a browser whose clock is wrong shows the same ages', async () => {
  await using service = await startService();
  await service.post('workflow_job', JOB);
  for (const wrongByMs of [-3_600_000, 0, 86_400_000]) {
    await using opened = await browser.open(service.apiUrl, {
      prepare: (page) =>
        page.addInitScript((ms) => {
          const { now } = Date;
          Date.now = () => now() + ms;
        }, wrongByMs),
    });
    const text = await opened.page.getByText(/last delivery .* ago/).textContent();
    assert.match(text ?? '', /last delivery \d+ s ago/);
  }
});

test('a view that can no longer be loaded after an update says so', async () => {
  await using service = await startService();
  await using opened = await browser.open(service.apiUrl, {
    prepare: (page) => page.route('**/queues-*.js', (route) => route.fulfill({ status: 404 })),
  });
  const { page } = opened;
  await page.getByRole('link', { name: 'Queues' }).click();
  await page.getByText('view_not_loaded').waitFor();
});

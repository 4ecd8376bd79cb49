import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Route } from 'playwright-core';
import { type Service, startService } from '../service.ts';
import { openBrowser, type TestBrowser } from './browser.ts';

/* How a view asks, with the list of runs, and answers that the test gives in place of the service. */

let browser: TestBrowser;
let service: Service;

before(async () => {
  [browser, service] = await Promise.all([openBrowser(), startService()]);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

const RUN = {
  ...{ run_id: 5, run_attempt: 1, run_number: 7, repository: 'acme/web', event: 'push', branch: 'default' },
  ...{ branch_name: 'main', head_sha: null, status: 'completed', conclusion: 'success', stale: false },
  ...{ created_at: null, started_at: null, completed_at: '2026-11-29T00:00:00Z', waiting_seconds: null },
  ...{
    queue_seconds: 3,
    duration_seconds: 60,
    rerun_kind: null,
    url: 'https://github.com/acme/web/actions/runs/5',
  },
};
const answerOf = (workflow: string) => ({
  ...{ as_of: '2026-11-29T00:00:00Z', window: null, definitions: 'v1', cursor: null },
  runs: [{ ...RUN, workflow }],
});
const labelOf = (route: Route) => new URL(route.request().url()).searchParams.get('repository');

test('an answer that has not changed costs a 304', async () => {
  const tags: (string | undefined)[] = [];
  await using opened = await browser.open(`${service.apiUrl}/runs`, {
    prepare: (page) =>
      page.route('**/api/v1/runs*', (route) => {
        if (labelOf(route) !== null) return route.fulfill({ json: answerOf('Filtered') });
        const tag = route.request().headers()['if-none-match'];
        tags.push(tag);
        if (tag !== undefined) return route.fulfill({ status: 304 });
        return route.fulfill({ headers: { ETag: 'W/"1"' }, json: answerOf('All') });
      }),
  });
  const { page } = opened;
  await page.getByText('All #7').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('acme/web');
  await page.keyboard.press('Enter');
  await page.getByText('Filtered #7').waitFor();
  await page.goBack();
  await page.getByText('All #7').waitFor();
  assert.deepEqual(tags, [undefined, 'W/"1"']);
});

test('the answer to an earlier question never replaces that to a later one', async () => {
  const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
  await using opened = await browser.open(`${service.apiUrl}/runs?repository=slow`, {
    prepare: (page) =>
      page.route('**/api/v1/runs*', async (route) => {
        const isSlow = labelOf(route) === 'slow';
        if (isSlow) await isReleased;
        // Nobody may be there any more.
        await route.fulfill({ json: answerOf(isSlow ? 'Slow' : 'Quick') }).catch(() => {});
      }),
  });
  const { page } = opened;
  await page.getByRole('button', { name: 'Drop Repository slow' }).click();
  await page.getByText('Quick #7').waitFor();
  release();
  await page.waitForLoadState('networkidle');
  assert.equal(await page.getByText('Slow #7').count(), 0);
});

test('a connection that ends before its answer, and a balancer without one, are not told if the next has one', async () => {
  const failures = [
    (route: Route) => route.abort('connectionreset'),
    (route: Route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' }),
  ];
  for (const fail of failures) {
    let asked = 0;
    await using opened = await browser.open(`${service.apiUrl}/runs`, {
      isAlone: true,
      prepare: async (page) => {
        await page.addInitScript(noteErrors);
        await page.route('**/api/v1/runs*', (route) =>
          ++asked === 1 ? fail(route) : route.fulfill({ json: answerOf('All') }),
        );
      },
    });
    await opened.page.getByText('All #7').waitFor();
    assert.equal(await opened.page.evaluate(() => document.documentElement.dataset['hadError']), undefined);
  }
});

/** In the page: notes whether it has ever shown an error. */
function noteErrors(): void {
  new MutationObserver(() => {
    if (document.querySelector('.state.error') !== null) document.documentElement.dataset['hadError'] = 'yes';
  }).observe(document, { childList: true, subtree: true });
}

test('what is shown is exported by the same call, as CSV or JSON', async () => {
  await using opened = await browser.open(`${service.apiUrl}/runs?repository=acme/web&from=-7d`, {
    prepare: (page) => page.route('**/api/v1/runs*', (route) => route.fulfill({ json: answerOf('All') })),
  });
  const { page } = opened;
  await page.getByRole('button', { name: 'Export' }).click();
  const href = await page.getByRole('link', { name: 'CSV' }).getAttribute('href');
  const { pathname, searchParams } = new URL(href ?? '', service.apiUrl);
  assert.equal(pathname, '/api/v1/runs');
  assert.deepEqual(Object.fromEntries(searchParams), {
    ...{ from: '-7d', repository: 'acme/web', status: 'completed', sort: '-completed_at', format: 'csv' },
  });
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { VIEWS } from '../../dashboard/views/registry.ts';
import { startAntWatcher } from '../run-ant-watcher.ts';
import { type Service, startService } from '../service.ts';
import { accessibilityFaults, excessWidth, faultsInBothThemes } from './axe.ts';
import { openBrowser, type PageOptions, SIZES, type Size, type TestBrowser } from './browser.ts';
import { outsideOfCards } from './overflow.ts';
import { serveStories } from './stories/serve-stories.ts';

/** Many pages are opened, one after the other. */
const LONGEST_MS = 15 * 60_000;

let browser: TestBrowser;
let service: Service;
/** The addresses of all views, with something to show in each. */
let paths: readonly string[];

before(async () => {
  [browser, service] = await Promise.all([openBrowser(), startService({ longestMs: LONGEST_MS })]);
  await fillWithWorld(service);
  const { runs } = await (await service.get('/api/v1/runs?status=completed&limit=1')).json();
  assert.equal(runs.length, 1);
  paths = VIEWS.map(({ path }) => path.replace(':id', String(runs[0].run_id)));
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

/** A simulated past up to now, with work that is not over. */
async function fillWithWorld(target: Service): Promise<void> {
  const flags = ['--runs', '120', '--in-flight', '0.1', '--deployments', '--url', target.webhookUrl];
  using simulator = startAntWatcher(['simulate', ...flags], {
    env: { ANT_WATCHER_WEBHOOK_SECRET: target.secret },
  });
  const { code, stderr } = await simulator.ended();
  assert.equal(code, 0, stderr);
  await target.settled();
}

/** Goes to each view in a page of that size, waits for what it shows, and looks at it. */
async function eachView(options: PageOptions, look: (page: Page, path: string) => Promise<void>) {
  await using opened = await browser.open(service.apiUrl, options);
  const { page } = opened;
  for (const path of paths) {
    await page.goto(service.apiUrl + path);
    await page.locator('main :is(.card, .tile)').first().waitFor();
    await page.locator('.loading').waitFor({ state: 'detached' });
    assert.equal(await page.locator('.state.error').count(), 0, path);
    await look(page, path);
    opened.assertSound();
  }
}

for (const size of Object.keys(SIZES) as Size[])
  test(`axe finds nothing in any view in either theme, and nothing lies outside of its card: ${size}`, async () => {
    await eachView({ size }, async (page, path) => {
      assert.deepEqual(await faultsInBothThemes(page), [], path);
      assert.deepEqual(await outsideOfCards(page), [], path);
    });
  });

test('nothing lies outside of its card on a very wide screen', async () => {
  await eachView({ size: { width: 1920, height: 900 }, theme: 'dark' }, async (page, path) => {
    assert.deepEqual(await outsideOfCards(page), [], path);
  });
});

test('nothing is wider than the screen, at 320 pixels and at twice the size', async () => {
  for (const size of [
    { width: 320, height: 640 },
    { width: 640, height: 800 },
  ])
    await eachView({ size }, async (page, path) => {
      assert.equal(await excessWidth(page), 0, `${path} at ${size.width}`);
    });
});

test('axe finds nothing in any view that has nothing to show yet', async () => {
  await using empty = await startService();
  await using opened = await browser.open(empty.apiUrl, { size: 'narrow' });
  const { page } = opened;
  for (const { path } of VIEWS) {
    await page.goto(empty.apiUrl + path.replace(':id', '1'));
    await page.locator('main').waitFor();
    await page.locator('.loading').waitFor({ state: 'detached' });
    assert.deepEqual(await accessibilityFaults(page), [], path);
  }
});

test('axe finds nothing in the components, their tables, menus and states', async () => {
  await using stories = await serveStories();
  for (const size of Object.keys(SIZES) as Size[]) {
    await using opened = await browser.open(`${stories.url}/`, { size });
    const { page } = opened;
    for (const table of await page.getByText('Show as table').all()) await table.click();
    assert.deepEqual(await faultsInBothThemes(page), [], size);
  }
  await using opened = await browser.open(`${stories.url}/`, { theme: 'dark', size: 'narrow' });
  const { page } = opened;
  for (const path of ['/loading', '/empty', '/error']) {
    await page.goto(stories.url + path);
    await page.locator('main, h1').first().waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], path);
  }
});

test('axe finds nothing in what opens: help, window, filter, definition', async () => {
  await using opened = await browser.open(`${service.apiUrl}/queues?label=gpu`);
  const { page } = opened;
  for (const key of ['/', 't', '?']) {
    await page.keyboard.press(key);
    assert.deepEqual(await accessibilityFaults(page), [], key);
    await page.keyboard.press('Escape');
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  }
});

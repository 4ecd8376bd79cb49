import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { VIEWS } from '../../dashboard/views/registry.ts';
import { startAntWatcher } from '../run-ant-watcher.ts';
import { type Service, startService } from '../service.ts';
import { accessibilityFaults } from './axe.ts';
import { openBrowser, type PageOptions, SIZES, type Size, type TestBrowser, type Theme } from './browser.ts';
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
  const flags = ['--runs', '120', '--in-flight', '0.1', '--url', target.webhookUrl];
  using simulator = startAntWatcher(['simulate', ...flags], {
    env: { ANT_WATCHER_WEBHOOK_SECRET: target.secret },
  });
  const { code, stderr } = await simulator.ended();
  assert.equal(code, 0, stderr);
  await target.settled();
}

/** Opens a view, and waits for what it shows. */
async function openView(path: string, options: PageOptions) {
  const opened = await browser.open(service.apiUrl + path, options);
  await opened.page.locator('.loading').waitFor({ state: 'detached' });
  assert.equal(await opened.page.locator('.state.error').count(), 0, path);
  return opened;
}

for (const theme of ['light', 'dark'] as const)
  for (const size of Object.keys(SIZES) as Size[])
    test(`axe finds nothing in any view: ${theme}, ${size}`, async () => {
      for (const path of paths) {
        await using opened = await openView(path, { theme, size });
        assert.deepEqual(await accessibilityFaults(opened.page), [], path);
      }
    });

test('axe finds nothing in any view that has nothing to show yet', async () => {
  await using empty = await startService();
  for (const { path } of VIEWS) {
    await using opened = await browser.open(empty.apiUrl + path.replace(':id', '1'), { size: 'narrow' });
    await opened.page.locator('.loading').waitFor({ state: 'detached' });
    assert.deepEqual(await accessibilityFaults(opened.page), [], path);
  }
});

test('axe finds nothing in the components, their tables, menus and states', async () => {
  await using stories = await serveStories();
  for (const theme of ['light', 'dark'] as const)
    for (const size of Object.keys(SIZES) as Size[]) await expectSound(`${stories.url}/`, theme, size);
  for (const path of ['/loading', '/empty', '/error'])
    await expectSound(stories.url + path, 'dark', 'narrow');
});

async function expectSound(url: string, theme: Theme, size: Size): Promise<void> {
  await using opened = await browser.open(url, { theme, size });
  for (const table of await opened.page.getByText('Show as table').all()) await table.click();
  assert.deepEqual(await accessibilityFaults(opened.page), [], `${url} ${theme} ${size}`);
}

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

test('nothing lies outside of its card, at any width', async () => {
  for (const [width, theme] of [
    [1920, 'dark'],
    [1280, 'light'],
    [390, 'light'],
  ] as const)
    for (const path of paths) {
      await using opened = await openView(path, { size: { width, height: 900 }, theme });
      assert.deepEqual(await outsideOfCards(opened.page), [], `${path} at ${width}`);
    }
});

test('nothing is wider than the screen, at 320 pixels and at twice the size', async () => {
  for (const size of [
    { width: 320, height: 640 },
    { width: 640, height: 800 },
  ]) {
    for (const path of paths) {
      await using opened = await openView(path, { size });
      const room = await opened.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(room <= 0, `${path} at ${size.width}: ${room} px too wide`);
    }
  }
});

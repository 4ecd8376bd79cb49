import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { VIEWS } from '../../dashboard/views/registry.ts';
import { type Service, startService } from '../service.ts';
import { accessibilityFaults } from './axe.ts';
import { openBrowser, SIZES, type Size, type TestBrowser, type Theme } from './browser.ts';
import { serveStories } from './stories/serve-stories.ts';

let browser: TestBrowser;
let service: Service;

before(async () => {
  [browser, service] = await Promise.all([openBrowser(), startService()]);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

for (const theme of ['light', 'dark'] as const)
  for (const size of Object.keys(SIZES) as Size[])
    test(`axe finds nothing in any view: ${theme}, ${size}`, async () => {
      for (const { path, name } of VIEWS) {
        await using opened = await browser.open(service.apiUrl + path.replace(':id', '1'), { theme, size });
        await opened.page.locator('.loading').waitFor({ state: 'detached' });
        assert.deepEqual(await accessibilityFaults(opened.page), [], name);
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

test('nothing is wider than the screen, at 320 pixels and at twice the size', async () => {
  for (const size of [
    { width: 320, height: 640 },
    { width: 640, height: 800 },
  ]) {
    for (const { path, name } of VIEWS) {
      await using opened = await browser.open(service.apiUrl + path.replace(':id', '1'), { size });
      await opened.page.locator('.loading').waitFor({ state: 'detached' });
      const room = await opened.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(room <= 0, `${name} at ${size.width}: ${room} px too wide`);
    }
  }
});

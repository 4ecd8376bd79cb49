import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { VIEWS } from '../../dashboard/views/registry.ts';
import { VIEW_PATHS } from '../../src/api/page-routes.ts';
import { type Service, startService } from '../service.ts';
import { openBrowser, type TestBrowser } from './browser.ts';

let browser: TestBrowser;
let service: Service;

before(async () => {
  [browser, service] = await Promise.all([openBrowser(), startService()]);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

test('the service serves the document at the address of each view', () => {
  assert.deepEqual(VIEWS.map(({ path }) => path).toSorted(), VIEW_PATHS.toSorted());
});

test('each view has its title and question, and nothing breaks the policy or asks another host', async () => {
  for (const { path, title, question } of VIEWS) {
    await using opened = await browser.open(service.apiUrl + path.replace(':id', '1'));
    const { page } = opened;
    assert.equal(await page.locator('h1').textContent(), title);
    await page.getByText(question).waitFor();
    await page.locator('main > .loading').waitFor({ state: 'detached' });
    assert.equal(await page.title(), `${title} · ant-watcher`);
  }
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { VIEWS } from '../../dashboard/views/registry.ts';
import { VIEW_PATHS } from '../../src/api/page-routes.ts';
import { type Service, startService } from '../service.ts';
import { excessWidth } from './axe.ts';
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

/** Answers the filter's question in place of the service. */
async function fakeFacets(page: Page): Promise<void> {
  await page.route('**/api/v1/facets*', (route) => {
    const query = new URL(route.request().url()).searchParams.get('q') ?? '';
    const named = (names: readonly string[]) =>
      names.filter((name) => name.includes(query)).map((name, index) => ({ name, runs: 1000 - index }));
    return route.fulfill({
      json: {
        repositories: named(['acme/web', 'acme/api']),
        workflows: named(['CI', 'Deploy']),
        labels: named(['gpu', 'ubuntu-latest']),
      },
    });
  });
}

const pathOf = (page: Page) => page.url().slice(service.apiUrl.length);

test('the service serves the document at the address of each view', () => {
  assert.deepEqual(VIEWS.map(({ path }) => path).toSorted(), VIEW_PATHS.toSorted());
});

test('each view has its title and question, and nothing breaks the policy or asks another host', async () => {
  for (const { path, title, question } of VIEWS) {
    await using opened = await browser.open(service.apiUrl + path.replace(':id', '1'));
    const { page } = opened;
    assert.equal(await page.locator('h1').textContent(), title);
    await page.getByText(question).waitFor();
    await page.locator('.view > .loading').waitFor({ state: 'detached' });
    assert.equal(await page.title(), `${title} · ant-watcher`);
  }
});

test('every view is reached with two keys, and Back returns', async () => {
  await using opened = await browser.open(`${service.apiUrl}/runs?label=gpu&from=-7d`);
  const { page } = opened;
  for (const { key, path, title } of VIEWS.filter((view) => view.key !== null)) {
    await page.keyboard.press('g');
    await page.keyboard.press(key ?? '');
    await page.locator('h1', { hasText: title }).waitFor();
    assert.equal(pathOf(page), `${path}?label=gpu&from=-7d`);
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
  }
  await page.goBack();
  await page.locator('h1', { hasText: 'Runners' }).waitFor();
});

test('a filter is added and dropped with the keyboard alone', async () => {
  await using opened = await browser.open(`${service.apiUrl}/queues`, { prepare: fakeFacets });
  const { page } = opened;
  await page.keyboard.press('/');
  await page.keyboard.type('gpu');
  await page.getByRole('option', { name: /^gpu/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Drop Label gpu' }).waitFor();
  assert.equal(pathOf(page), '/queues?label=gpu');
  await page.keyboard.type('acme');
  await page.getByRole('option', { name: /^acme\/api/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.getByRole('option', { name: /^acme\/api/, selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/queues?repository=acme/api&label=gpu');
  await page.keyboard.press('Backspace');
  await page.waitForURL('**/queues?repository=acme/api');
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('listbox').isVisible(), false);
});

test('a filter that a view cannot take comes along, struck through', async () => {
  await using opened = await browser.open(`${service.apiUrl}/workflows?label=gpu`);
  const { page } = opened;
  await page.locator('.filters .chip.unused', { hasText: 'gpu' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('q');
  await page.locator('.filters .chip:not(.unused)', { hasText: 'gpu' }).waitFor();
});

test('the time window: a menu, earlier and later', async () => {
  await using opened = await browser.open(`${service.apiUrl}/queues`);
  const { page } = opened;
  await page.keyboard.press('t');
  assert.equal(await page.locator(':focus').textContent(), 'Last 24 hours', 'the keyboard goes on inside');
  await page.getByRole('button', { name: 'Last 7 days' }).click();
  assert.equal(pathOf(page), '/queues?from=-7d');
  await page.keyboard.press('[');
  await page.waitForURL(/from=20[^&]*Z&to=20/);
  const { searchParams } = new URL(page.url());
  const timeOf = (name: string) => Date.parse(searchParams.get(name) ?? '');
  const [from, to] = [timeOf('from'), timeOf('to')];
  const length = to - from;
  assert.equal(length, 7 * 86_400_000);
  // Somebody looks at it for a while.
  await page.waitForFunction((laterMs) => Date.now() >= laterMs, to + length + 1000);
  await page.keyboard.press(']');
  await page.waitForURL('**/queues?from=-7d');
  await page.keyboard.press('t');
  await page.getByLabel('From').fill('2026-11-01T00:00');
  await page.getByLabel('To', { exact: true }).fill('2026-11-02T12:30');
  await page.getByRole('button', { name: 'Apply' }).click();
  assert.equal(pathOf(page), '/queues?from=2026-11-01T00:00:00Z&to=2026-11-02T12:30:00Z');
});

test('a shared link has a fixed window', async () => {
  await using opened = await browser.open(`${service.apiUrl}/queues?label=gpu`);
  const { page } = opened;
  await page.getByRole('button', { name: 'Share' }).click();
  const link = new URL(await page.getByLabel('Link').inputValue());
  assert.equal(link.searchParams.get('label'), 'gpu');
  assert.match(link.searchParams.get('to') ?? '', /^20.*Z$/);
});

test('keys are listed by ?, and can be switched off for good', async () => {
  await using opened = await browser.open(`${service.apiUrl}/queues`);
  const { page } = opened;
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.reload();
  await page.locator('.status').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await page.keyboard.press('t');
  assert.equal(pathOf(page), '/queues');
  await page.getByRole('button', { name: 'Keys' }).click();
  await page.getByRole('checkbox').check();
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.keyboard.press('w');
  await page.waitForURL('**/workflows');
});

test('a chosen theme is kept, and is there before the first paint', async () => {
  await using opened = await browser.open(service.apiUrl, { theme: 'light' });
  const { page } = opened;
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.getByRole('button', { name: 'Theme: System' }).click();
  await page.getByRole('button', { name: 'Theme: Light' }).click();
  await page.getByRole('button', { name: 'Theme: Dark' }).waitFor();
  assert.notEqual(await ground(), light);
  await page.route('**/main-*.js', (route) => route.abort());
  await page.reload();
  assert.notEqual(await ground(), light);
});

test('an address of no view says so', async () => {
  await using opened = await browser.open(service.apiUrl);
  const { page } = opened;
  await page.evaluate(() => {
    history.pushState(null, '', '/nowhere');
    dispatchEvent(new PopStateEvent('popstate'));
  });
  await page.getByText('There is no view at this address').waitFor();
  await page.getByRole('link', { name: 'Go to Now' }).click();
  await page.locator('h1', { hasText: 'Now' }).waitFor();
});

test('hostile names run nothing and push nothing off the screen', async () => {
  const names = [
    '<img src=x onerror=alert(1)>',
    '\u202Egpj.exe',
    '=cmd()',
    `${'x'.repeat(1000)}`,
    "'};alert(1)//",
  ];
  const query = new URLSearchParams(names.map((name) => ['repository', name]));
  for (const size of ['wide', 'narrow'] as const) {
    await using opened = await browser.open(`${service.apiUrl}/queues?${query}`, { size });
    const { page } = opened;
    page.on('dialog', () => assert.fail('a script ran'));
    assert.deepEqual(await page.locator('.chip-value').allTextContents(), names);
    assert.equal(await excessWidth(page), 0);
  }
});

test('printed, a view has its content in dark ink, and nothing to click', async () => {
  await using opened = await browser.open(`${service.apiUrl}/queues`, { theme: 'dark' });
  const { page } = opened;
  await page.emulateMedia({ media: 'print' });
  for (const gone of ['.rail', '.bar', '.actions']) assert.equal(await page.locator(gone).isVisible(), false);
  assert.equal(await page.locator('h1').isVisible(), true);
  const ink = await page.evaluate(() => getComputedStyle(document.documentElement).color);
  assert.match(ink, /^rgb\(\d\d?, \d\d?, \d\d?\)$/);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, type TestBrowser } from './browser.ts';
import { serveStories } from './stories/serve-stories.ts';

let browser: TestBrowser;
let stories: Awaited<ReturnType<typeof serveStories>>;

before(async () => {
  [browser, stories] = await Promise.all([openBrowser(), serveStories()]);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stories[Symbol.asyncDispose]();
});

test('rows are gone through with j and k, and Enter opens one', async () => {
  await using opened = await browser.open(`${stories.url}/`);
  const { page } = opened;
  for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
  const focused = await page.evaluate(() => document.activeElement?.getAttribute('href'));
  assert.match(focused ?? '', /^\/runs\/\d+$/);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**${focused}`);
});

test('a header sorts, the address keeps the order, and what has no value comes last', async () => {
  await using opened = await browser.open(`${stories.url}/`);
  const { page } = opened;
  const p95 = page.getByRole('columnheader', { name: 'p95' });
  assert.equal(await p95.getAttribute('aria-sort'), 'descending');
  await p95.getByRole('button', { name: 'p95', exact: true }).click();
  await page.waitForURL('**/?sort=p95');
  assert.equal(await p95.getAttribute('aria-sort'), 'ascending');
  assert.equal(await page.locator('tbody tr:not(.spacer) td').first().textContent(), '0 s');
  await page.reload();
  assert.equal(await p95.getAttribute('aria-sort'), 'ascending');
  await page.keyboard.press('End');
  await page.locator('tr[aria-rowindex="5001"]').waitFor();
  assert.equal(await page.locator('tr[aria-rowindex="5001"] td').first().textContent(), '–');
});

test('of 5,000 rows only those that can be seen are made, wherever one scrolls', async () => {
  for (const size of ['wide', 'narrow'] as const) {
    await using opened = await browser.open(`${stories.url}/?sort=name`, { size });
    const { page } = opened;
    const made = () => page.locator('tbody tr[aria-rowindex]').count();
    assert.ok((await made()) < 160);
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
    await page.waitForFunction(() => {
      const index = Number(document.querySelector('tr[aria-rowindex]')?.getAttribute('aria-rowindex'));
      return index > 2000 && index < 3000;
    });
    assert.ok((await made()) < 160);
  }
});

test('a chart: arrow keys say its points, Enter chooses one, the mouse drags a range and clicks a point', async () => {
  await using opened = await browser.open(`${stories.url}/`);
  const { page } = opened;
  const chart = page.getByRole('slider', { name: 'Queue time' });
  await chart.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  assert.match((await chart.getAttribute('aria-valuetext')) ?? '', /: p50 \d+ s, p95 .*, p99 .*, Jobs \d+$/);
  await page.keyboard.press('Enter');
  await page.getByText('point 1', { exact: true }).waitFor();
  const box = await page.locator('.chart-plot > svg').boundingBox();
  assert.ok(box !== null);
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + 100, y);
  await page.mouse.down();
  await page.mouse.move(box.x + 300, y, { steps: 4 });
  await page.mouse.up();
  await page.getByText('range of some seconds').waitFor();
  await page.mouse.click(box.x + box.width - 1, y);
  await page.getByText('point 95', { exact: true }).waitFor();
});

test('a chart has all its values as a table', async () => {
  await using opened = await browser.open(`${stories.url}/`);
  const { page } = opened;
  await page.getByText('Show as table').first().click();
  const table = page.getByRole('table', { name: 'Queue time' });
  const rows = table.getByRole('row');
  await rows.nth(96).waitFor();
  assert.equal(await rows.count(), 97);
});

test('a definition opens beside its number, with the keyboard too, and Esc closes it', async () => {
  await using opened = await browser.open(`${stories.url}/`, { size: 'narrow' });
  const { page } = opened;
  const button = page.getByRole('button', { name: 'What is Queued?' });
  await button.focus();
  await page.keyboard.press('Enter');
  const text = page.getByText('Jobs that wait for a runner.');
  await text.waitFor();
  const box = await page.locator('.popover:popover-open').boundingBox();
  assert.ok(box !== null && box.x >= 0 && box.x + box.width <= 390);
  await page.keyboard.press('Escape');
  assert.equal(await text.isVisible(), false);
  assert.equal(await button.evaluate((element) => element === document.activeElement), true);
});

test('hours of the week are said one by one with the arrow keys', async () => {
  await using opened = await browser.open(`${stories.url}/`);
  const { page } = opened;
  const map = page.getByRole('slider', { name: /hour of the week/ });
  await map.focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
  assert.match((await map.getAttribute('aria-valuetext')) ?? '', /^Tue 01:00: /);
});

test('with forced colours, signs and patterns stay', async () => {
  await using opened = await browser.open(`${stories.url}/`, { forcedColours: true });
  await opened.page.locator('.conclusion svg').first().waitFor();
  assert.ok((await opened.page.locator('pattern').count()) >= 3);
});

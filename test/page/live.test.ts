import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openBrowser, type TestBrowser } from './browser.ts';
import { serveStories } from './stories/serve-stories.ts';

/* The page's side of a stream of events: `useLive`, with a stream that the test controls. */

let browser: TestBrowser;
let stories: Awaited<ReturnType<typeof serveStories>>;

before(async () => {
  [browser, stories] = await Promise.all([openBrowser(), serveStories()]);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stories[Symbol.asyncDispose]();
});

const says = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();

test('a state comes at once, then changes; a lost stream is told, and connects again by itself', async () => {
  await using opened = await browser.open(`${stories.url}/live`);
  const { page } = opened;
  const first = await stories.stream();
  first.send('now', { as_of: '2026-11-29T00:00:00Z', count: 3 });
  await says(page, 'open: 3');
  first.send('diff', { as_of: '2026-11-29T00:00:01Z', count: 2 });
  await says(page, 'open: 5');
  stories.refuse(Number.POSITIVE_INFINITY);
  first.cut();
  await says(page, 'lost: 5');
  await page.getByText(/The connection is lost: this is as it was \d+ s ago\. Tried \d+ times? /).waitFor();
  stories.refuse(0);
  const second = await stories.stream();
  second.send('now', { as_of: '2026-11-29T00:00:09Z', count: 1 });
  await says(page, 'open: 1');
});

test('a stream that is cut and back at once is not told as lost', async () => {
  const prepare = (page: Page) => page.clock.install();
  await using opened = await browser.open(`${stories.url}/live`, { isAlone: true, prepare });
  const { page } = opened;
  const first = await stories.stream();
  first.send('now', { count: 3 });
  await says(page, 'open: 3');
  await page.evaluate(noteLoss);
  let isAskedAgain = false;
  page.on('request', () => {
    isAskedAgain = true;
  });
  // However slow this machine is, no more time than that passes for the page.
  await page.clock.pauseAt(Date.now() + 10_000);
  first.cut();
  while (!isAskedAgain) {
    await page.clock.runFor(500);
    await setTimeout(100);
  }
  await page.clock.runFor(50);
  assert.equal(await page.evaluate(() => document.documentElement.dataset['wasLost']), undefined);
  await page.clock.resume();
  const second = await stories.stream();
  second.send('now', { count: 4 });
  await says(page, 'open: 4');
});

/** In the page: notes whether it says from now on that the stream is lost. */
function noteLoss(): void {
  new MutationObserver(() => {
    if (document.body.textContent.includes('lost: ')) document.documentElement.dataset['wasLost'] = 'yes';
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}

test('a stream that is refused is tried again', async () => {
  stories.refuse(2);
  await using opened = await browser.open(`${stories.url}/live`);
  const stream = await stories.stream();
  stream.send('now', { count: 7 });
  await says(opened.page, 'open: 7');
});

test('the stream is closed while the page cannot be seen, and a new one begins when it can', async () => {
  await using opened = await browser.open(`${stories.url}/live`);
  const { page } = opened;
  const first = await stories.stream();
  first.send('now', { count: 1 });
  await says(page, 'open: 1');
  const setHidden = (hidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await setHidden(true);
  await first.closed;
  await setHidden(false);
  const second = await stories.stream();
  second.send('now', { count: 2 });
  await says(page, 'open: 2');
  assert.notEqual(first, second);
});

test('a connection that is dead without an end is given up, and another one made', async () => {
  const prepare = (page: Page) => page.clock.install();
  await using opened = await browser.open(`${stories.url}/live`, { isAlone: true, prepare });
  const { page } = opened;
  const first = await stories.stream();
  first.send('now', { count: 4 });
  await says(page, 'open: 4');
  await page.clock.fastForward(41_000);
  await first.closed;
  const second = await stories.stream();
  second.send('now', { count: 6 });
  await says(page, 'open: 6');
});

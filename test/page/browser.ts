import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { buildPage } from '../../scripts/build-page.ts';
import { peerPath } from '../peers.ts';

/*
 * A real Chromium for the tests of the page: one for each test file. Pages of the same login and zone share a
 * profile, one after the other, in which nothing is left: a new one costs as much as all that a page does.
 */

export type Theme = 'light' | 'dark';

/** The sizes that every view is looked at in. */
export const SIZES = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } } as const;
export type Size = keyof typeof SIZES;

export interface PageOptions {
  readonly theme?: Theme;
  readonly size?: Size | { readonly width: number; readonly height: number };
  /** Sent with each request, as a browser does after a login. */
  readonly login?: { readonly username: string; readonly password: string };
  readonly reducedMotion?: boolean;
  readonly forcedColours?: boolean;
  /** The viewer's zone; default UTC. */
  readonly timezoneId?: string;
  /** In a profile of its own: what it does, such as to set the clock, is done to all pages of a profile. */
  readonly isAlone?: boolean;
  /** Called before anything is loaded, such as to answer calls of the API in place of the service. */
  readonly prepare?: (page: Page) => Promise<unknown>;
}

/** A page, and everything that went wrong in it. */
export interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** Errors of scripts, violations of the policy, requests to other hosts. */
  readonly faults: readonly string[];
  /** Throws if there are any. Closing the page does that too. */
  assertSound(): void;
}

export interface TestBrowser extends AsyncDisposable {
  /** Opens an address of a service, such as `http://127.0.0.1:9876/queues`, and waits for the frame. */
  open(url: string, options?: PageOptions): Promise<Opened>;
}

/** Builds the page from the present sources, and starts Chromium. */
export async function openBrowser(): Promise<TestBrowser> {
  await buildPage();
  const browser = await launchChromium();
  const contexts = new Map<string, Promise<BrowserContext>>();
  return {
    async open(url, options = {}) {
      const { isAlone, login, timezoneId } = options;
      const key = JSON.stringify([login, timezoneId]);
      const context = (isAlone !== true && contexts.get(key)) || openContext(browser, options);
      if (isAlone !== true) contexts.set(key, context);
      return openPage(await context, url, options);
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Chromium itself, for pages that are not ours. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: peerPath('chromium'),
    // Tests may run as root, and in containers with little shared memory.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
}

async function openContext(browser: Browser, options: PageOptions): Promise<BrowserContext> {
  const context = await browser.newContext(contextOptions(options));
  // It stays empty. While there is a page, Chromium keeps what all of them need.
  await context.newPage();
  return context;
}

async function openPage(context: BrowserContext, url: string, options: PageOptions): Promise<Opened> {
  const page = await context.newPage();
  await show(page, options);
  const faults = collectFaults(page, new URL(url).origin);
  await options.prepare?.(page);
  await page.goto(url);
  await page.locator('.status, main, h1').first().waitFor();
  const assertSound = () => {
    if (faults.length > 0) throw new Error(`The page has faults:\n${faults.join('\n')}`);
  };
  return { page, faults, assertSound, [Symbol.asyncDispose]: () => closePage(page, options, assertSound) };
}

/** Leaves nothing of it to the next page. */
async function closePage(page: Page, { isAlone }: PageOptions, assertSound: () => void): Promise<void> {
  if (isAlone !== true) {
    // A page that never came has nothing.
    await page.evaluate(() => localStorage.clear()).catch(() => {});
    await page.close();
  } else await page.context().close();
  assertSound();
}

function contextOptions({ login, timezoneId = 'UTC' }: PageOptions) {
  return {
    ...{ locale: 'en-US', timezoneId },
    ...(login !== undefined && { httpCredentials: { ...login, send: 'unauthorized' as const } }),
  };
}

async function show(page: Page, { theme = 'light', size = 'wide', ...options }: PageOptions): Promise<void> {
  await page.setViewportSize(typeof size === 'string' ? SIZES[size] : size);
  await page.emulateMedia({
    colorScheme: theme,
    ...(options.reducedMotion === true && { reducedMotion: 'reduce' }),
    ...(options.forcedColours === true && { forcedColors: 'active' }),
  });
}

/** Chromium reports an answer that is no success as an error of the console: tests expect some of those. */
const OF_NETWORK = /^Failed to load resource/;

function collectFaults(page: Page, origin: string): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !OF_NETWORK.test(message.text()))
      faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) faults.push(`another host: ${url}`);
  });
  return faults;
}

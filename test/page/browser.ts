import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { buildPage } from '../../scripts/build-page.ts';
import { peerPath } from '../peers.ts';

/*
 * A real Chromium for the tests of the page: one for each test file, with a fresh profile for each page.
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
  const browser = await chromium.launch({
    executablePath: peerPath('chromium'),
    // Tests may run as root, and in containers with little shared memory.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  return {
    open: (url, options = {}) => openPage(browser, url, options),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function openPage(browser: Browser, url: string, options: PageOptions): Promise<Opened> {
  const context = await browser.newContext(contextOptions(options));
  const page = await context.newPage();
  const faults = collectFaults(page, new URL(url).origin);
  await options.prepare?.(page);
  await page.goto(url);
  await page.locator('.status, main, h1').first().waitFor();
  const assertSound = () => {
    if (faults.length > 0) throw new Error(`The page has faults:\n${faults.join('\n')}`);
  };
  return { page, faults, assertSound, [Symbol.asyncDispose]: () => closePage(context, assertSound) };
}

async function closePage(context: BrowserContext, assertSound: () => void): Promise<void> {
  await context.close();
  assertSound();
}

function contextOptions({ theme = 'light', size = 'wide', login, ...options }: PageOptions) {
  return {
    viewport: typeof size === 'string' ? SIZES[size] : size,
    colorScheme: theme,
    locale: 'en-US',
    timezoneId: options.timezoneId ?? 'UTC',
    ...(login !== undefined && { httpCredentials: { ...login, send: 'unauthorized' as const } }),
    ...(options.reducedMotion === true && { reducedMotion: 'reduce' as const }),
    ...(options.forcedColours === true && { forcedColors: 'active' as const }),
  };
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

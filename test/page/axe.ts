import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Rules about colours, which are all that another theme changes. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/** What axe-core finds wrong in the page as it is now (WCAG 2.2 AA), one line each. */
export async function accessibilityFaults(page: Page, rules = RULES): Promise<string[]> {
  // Through the debugger, which the policy of the page does not stop.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(SOURCE);
  const violations = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(rules)} }).then(({ violations }) => violations)`,
  )) as Violation[];
  return violations.map(
    ({ id, help, nodes: [first, ...others] }) =>
      `${id}: ${help}: ${first?.html} ${first?.failureSummary ?? ''} and ${others.length} more`,
  );
}

/** As `accessibilityFaults`, in both themes. The page has the light one, before and after. */
export async function faultsInBothThemes(page: Page): Promise<string[]> {
  const faults = await accessibilityFaults(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  const inDark = await accessibilityFaults(page, OF_COLOURS);
  await page.emulateMedia({ colorScheme: 'light' });
  return [...faults, ...inDark.map((fault) => `dark: ${fault}`)];
}

/** How much wider than the screen the page is, in pixels. */
export function excessWidth(page: Page): Promise<number> {
  return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
}

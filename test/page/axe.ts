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

/** What axe-core finds wrong in the page as it is now (WCAG 2.2 AA), one line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // Through the debugger, which the policy of the page does not stop.
  await page.evaluate(SOURCE);
  const violations = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) => violations)`,
  )) as Violation[];
  return violations.map(
    ({ id, help, nodes: [first, ...others] }) =>
      `${id}: ${help}: ${first?.html} ${first?.failureSummary ?? ''} and ${others.length} more`,
  );
}

import type { Locator, Page } from 'playwright-core';

/* Numbers as the page shows them, read back, and written anew. */

/** The seconds behind a length of time; null: there is none. */
export async function seconds(of: Locator): Promise<number | null> {
  const titled = of.locator('[title$=" s"]');
  if ((await titled.count()) === 0) return null;
  return Number((await titled.first().getAttribute('title'))?.replace(' s', ''));
}

/** The values of a chart, by its table. */
export async function chartRows(page: Page, title: string): Promise<string[][]> {
  const chart = page.locator('.chart', { has: page.getByRole('slider', { name: title, exact: true }) });
  await chart.getByText('Show as table').click();
  await chart.locator('tbody tr').first().waitFor();
  const rows = await chart.locator('tbody tr').all();
  return Promise.all(rows.map((row) => row.locator('th, td').allTextContents()));
}

/** As people say it; written anew. */
export function formatted(value: number | null): string {
  if (value === null) return '–';
  const two = (part: number) => String(part).padStart(2, '0');
  if (value < 60) return `${value} s`;
  if (value < 3600) return `${Math.floor(value / 60)} min ${two(value % 60)} s`;
  const minutes = Math.round(value / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

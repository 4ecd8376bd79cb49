import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { formatDuration } from '../../dashboard/format/duration.ts';
import { formatCount, formatPercent } from '../../dashboard/format/number.ts';
import { pastWorld } from '../../simulator/world.ts';
import { deliver, disordered } from '../delivered-world.ts';
import { type Service, startService } from '../service.ts';
import { accessibilityFaults, excessWidth } from './axe.ts';
import { openBrowser, type PageOptions, type TestBrowser, type Theme } from './browser.ts';
import { shownStep, stepRows } from './step-rows.ts';
import { brokenWorkflows, failuresByCause, jobRows, type WorldRow, workflowRows } from './world-rows.ts';

/*
 * The views of workflows, jobs and failures in a real Chromium, of a world that was delivered twice, in
 * disorder, to a service that was then restarted.
 */

const world = pastWorld({
  ...{ seed: 'leafcutters', runs: 150, inFlight: 0.05, repositories: 6 },
  ...{ endMs: Math.floor(Date.now() / 1000) * 1000, spanMs: 20 * 3_600_000 },
});
/** All of it, and nothing that the world begins with later. */
const WINDOW = 'from=-2d';

let browser: TestBrowser;
let service: Service;

before(async () => {
  [browser, service] = await Promise.all([openBrowser(), startService()]);
  await deliver(service, disordered(world));
  await service.stop();
  await service.start();
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

/** The rows of the table of that name: its titles, and the text of each cell. */
async function rowsOf(page: Page, caption: string): Promise<Record<string, string>[]> {
  const table = page.locator('table', { has: page.locator('caption', { hasText: caption }) });
  await table.locator('tbody tr').first().waitFor();
  return table.evaluate((element) => {
    const titles = Array.from(element.querySelectorAll('thead th'), (th) =>
      (th.querySelector('.sort') ?? th.querySelector('.header') ?? th).textContent
        .replace(/[↓↑?]/g, '')
        .trim(),
    );
    return Array.from(element.querySelectorAll('tbody tr:not(.spacer)'), (tr) =>
      Object.fromEntries(
        Array.from(tr.children, (cell, at) => [
          titles[at] ?? '',
          (cell.querySelector('.figure > a') ?? cell).textContent.trim().replaceAll('\u00a0', ' '),
        ]),
      ),
    );
  });
}

/** Of fewer than five, the durations themselves. */
function shownAs({ name, within, runs, passRate, seconds, p50, p95, queueP95, totalSeconds }: WorldRow) {
  const isFew = seconds.length < 5;
  const few = seconds.length === 0 ? '–' : seconds.map(formatDuration).join(', ');
  return [
    ...[name + within, formatCount(runs), formatPercent(passRate)],
    ...(isFew ? [few, '–'] : [formatDuration(p50), formatDuration(p95)]),
    ...[formatDuration(queueP95), formatDuration(totalSeconds)],
  ];
}

function cellsOf(row: Record<string, string>, name: string, runs: string) {
  return [name, runs, 'Pass rate', 'p50', 'p95', 'Queue p95', 'Total time'].map((title) => row[title]);
}

function addressOf(path: string): string {
  return `${service.apiUrl}${path}${path.includes('?') ? '&' : '?'}${WINDOW}`;
}

/** Opens a view of the whole world, and waits for what it shows. */
async function open(path: string, size: PageOptions['size'] = 'wide', theme: Theme = 'light') {
  const opened = await browser.open(addressOf(path), { size, theme });
  await opened.page.locator('main .card, main .state').first().waitFor();
  return opened;
}

test('every number of the table of workflows is that of the world', async () => {
  await using opened = await open('/workflows');
  const rows = await rowsOf(opened.page, 'Workflows');
  const found = rows.map((row) => cellsOf(row, 'Workflow', 'Runs'));
  assert.deepEqual(found.toSorted(), workflowRows(world).map(shownAs).toSorted());
  assert.ok(found.length > 5, 'a world with several workflows');
});

test('every number of the table of jobs is that of the world', async () => {
  await using opened = await open('/jobs');
  const found = (await rowsOf(opened.page, 'Jobs by name')).map((row) => cellsOf(row, 'Job', 'Jobs'));
  assert.deepEqual(found.toSorted(), jobRows(world).map(shownAs).toSorted());
});

test('failures by cause and broken default branches are those of the world', async () => {
  await using opened = await open('/failures');
  const { page } = opened;
  const tiles = await page
    .locator('.tile')
    .evaluateAll((all) =>
      all.map((tile) => [
        tile
          .querySelector('.tile-label span')
          ?.textContent.toLowerCase()
          .replace('failed step', 'step')
          .replace(' ', '_') ?? '',
        tile.querySelector('.tile-value')?.textContent ?? '',
      ]),
    );
  const causes = failuresByCause(world);
  const total = [...causes.values()].reduce((sum, count) => sum + count, 0);
  const expected = [
    ['failed_jobs', formatCount(total)],
    ...[...causes].map(([cause, count]) => [cause, String(count)]),
  ];
  assert.deepEqual(tiles.toSorted(), expected.toSorted());
  const broken = await rowsOf(page, 'Default branches that fail now');
  const shown = broken.map((row) => [row['Workflow'], row['In a row']]);
  const inWorld = [...brokenWorkflows(world)].map(([key, { count }]) => [key, String(count)]);
  assert.deepEqual(shown.toSorted(), inWorld.toSorted());
  const rows = await rowsOf(page, 'What failed');
  assert.equal(
    rows.reduce((sum, row) => sum + Number(row['Failures']), 0),
    total,
  );
});

test('a broken default branch says since which run it fails, and at which job', async () => {
  await using opened = await open('/failures');
  const { page } = opened;
  const table = page.locator('table', { has: page.locator('caption', { hasText: 'Default branches' }) });
  for (const [key, { firstRunIds }] of brokenWorkflows(world)) {
    const row = table.locator('tbody tr', { has: page.locator('th', { hasText: key }) }).first();
    const first = await row.locator('[data-title="First failure"] a').getAttribute('href');
    assert.ok(
      firstRunIds.some((id) => first === `/runs/${id}`),
      `${key}: ${first}`,
    );
    const step = row.locator('[data-title="At step"] :is(a, span)');
    const href = await step.getAttribute('href');
    assert.match(href ?? (await step.textContent()) ?? '', /job=\d+|startup failure/);
  }
});

test('a number leads to as many jobs or runs as it counts', async () => {
  const first = 'tbody tr:first-child';
  for (const [path, caption, title, link, list] of [
    ['/jobs?sort=-runs', 'Jobs by name', 'Jobs', `${first} td[data-title="Jobs"] a`, 'Single jobs'],
    ['/workflows?sort=-runs', 'Workflows', 'Runs', `${first} td[data-title="Runs"] a`, 'Runs that ended'],
    ['/failures', 'What failed', 'Failures', `${first} .row-link`, 'Jobs that failed'],
    ['/cost?by=sku&sort=jobs', 'Cost by kind of runner', 'Jobs', `${first} .row-link`, 'Single jobs'],
    ['/cost?by=sku&sort=-jobs', 'Cost by kind of runner', 'Jobs', `${first} .row-link`, 'Single jobs'],
    ['/jobs?sort=-flaky&tab=flaky', 'Flaky jobs', 'Jobs', `${first} td[data-title="Jobs"] a`, 'Single jobs'],
  ] as const) {
    await using opened = await open(path);
    const { page } = opened;
    const [row] = await rowsOf(page, caption);
    const count = Math.min(100, Number(row?.[title]?.replace(',', '')));
    await page
      .locator('table', { has: page.locator('caption', { hasText: caption }) })
      .locator(link)
      .click();
    await page.locator('caption', { hasText: list }).waitFor({ state: 'attached' });
    assert.equal((await rowsOf(page, list)).length, count, path);
    assert.equal(await page.locator('.chip.unused').count(), 0, path);
  }
});

test('a row leads to its workflow, with its trend, jobs and latest runs, and back', async () => {
  await using opened = await open('/workflows?sort=-runs');
  const { page } = opened;
  const [first] = await rowsOf(page, 'Workflows');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Latest runs' }).waitFor();
  await page.getByRole('slider', { name: 'Pass rate of runs' }).waitFor();
  const runs = page.locator('.tile', { hasText: 'Runs' }).locator('.tile-value').first();
  assert.equal(await runs.textContent(), first?.['Runs']);
  const [job] = await rowsOf(page, 'Jobs');
  assert.ok(job?.['Job']?.length);
  await page.getByRole('link', { name: 'all workflows' }).click();
  await page.locator('caption', { hasText: 'Workflows' }).waitFor({ state: 'attached' });
});

test('the steps of a workflow are those of all of its jobs, and lead to where they took longest', async () => {
  const [busiest] = workflowRows(world).toSorted((a, b) => b.runs - a.runs);
  assert.ok(busiest);
  const place = new URLSearchParams({ repository: busiest.within, workflow: busiest.name });
  await using opened = await open(`/workflows?${place}&steps_sort=-total_seconds`);
  const { page } = opened;
  const card = page.locator('.card', { has: page.getByRole('heading', { name: 'Slowest steps' }) });
  await card.waitFor();
  const expected = stepRows(world, busiest.within, busiest.name);
  for (let shown = 8; shown < expected.length; shown += 8)
    await card.getByRole('button', { name: 'Show more' }).click();
  await card.getByText(`${expected.length} of ${expected.length} steps`).waitFor();
  const found = await rowsOf(page, 'Slowest steps');
  assert.deepEqual(
    found
      .map((row) => ['Step', 'p50', 'p95', 'Longest', 'Total time', 'Times'].map((title) => row[title]))
      .toSorted(),
    expected.map(shownStep).toSorted(),
  );
  const longest = Math.max(...expected.map(({ total }) => total));
  assert.equal(found[0]?.['Total time'], formatDuration(longest), 'in the order asked for');
  await card.locator('tbody .row-link').first().click();
  await page.waitForURL(/\/runs\/\d+\?.*job=\d+/);
});

test('axe finds nothing in these views with what a world has, and none is wider than the screen', async () => {
  const [{ name, within } = { name: '', within: '' }] = workflowRows(world);
  const repository = new URLSearchParams({ repository: within });
  const detail = `/workflows?${repository}&${new URLSearchParams({ workflow: name })}`;
  const jobs = ['', '&tab=flaky', '&tab=single&conclusion=failure'].map((tab) => `/jobs?${repository}${tab}`);
  const paths = ['/workflows', detail, ...jobs, `/failures?${repository}`];
  const faults: string[] = [];
  for (const [width, theme] of [
    [1280, 'light'],
    [390, 'dark'],
  ] as const) {
    // So high that the bars at the edges hide nothing.
    await using opened = await open('/workflows', { width, height: 16_000 }, theme);
    const { page } = opened;
    for (const path of paths) {
      await page.goto(addressOf(path));
      await page.locator('main .card, main .state').first().waitFor();
      const found = await accessibilityFaults(page);
      if ((await excessWidth(page)) > 0) found.push('too wide');
      faults.push(...found.map((fault) => `${path} ${width} ${theme}: ${fault}`));
    }
  }
  assert.deepEqual(faults, []);
});

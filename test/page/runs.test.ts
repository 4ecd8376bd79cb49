import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { formatDuration } from '../../dashboard/format/duration.ts';
import { formatMoney } from '../../dashboard/format/number.ts';
import { lastReported } from '../../simulator/truth-reported.ts';
import { pastWorld, runsOf } from '../../simulator/world.ts';
import type { Run as RunAnswer } from '../../src/domain/openapi-types.ts';
import { deliver, disordered } from '../delivered-world.ts';
import { labelsOf, type Samples, sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import { accessibilityFaults, excessWidth } from './axe.ts';
import { openBrowser, type TestBrowser } from './browser.ts';
import { runRows, slowestSeconds, variedRuns, type WorldRunRow } from './run-rows.ts';

/*
 * The views of single runs and of what they cost in a real Chromium, of a world that was delivered twice, in
 * disorder, to a service that was then restarted.
 */

const world = pastWorld({
  ...{ seed: 'weavers', runs: 120, inFlight: 0.05, repositories: 6 },
  ...{ endMs: Math.floor(Date.now() / 1000) * 1000, spanMs: 20 * 3_600_000 },
});
/** All of it, and nothing that the world begins with later. */
const WINDOW = 'from=-2d';

let browser: TestBrowser;
let service: Service;
let samples: Samples;

before(async () => {
  [browser, service] = await Promise.all([openBrowser(), startService()]);
  await deliver(service, disordered(world));
  await service.stop();
  await service.start();
  samples = await service.settled();
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

/** The text of the cells of a table. */
async function cellsOf(page: Page, table: string): Promise<string[][]> {
  return page
    .locator(`${table} tbody tr:not(.spacer)`)
    .evaluateAll((rows) => rows.map((row) => Array.from(row.children, (cell) => cell.textContent.trim())));
}

async function openRun(id: number, query = '') {
  const opened = await browser.open(`${service.apiUrl}/runs/${id}${query}`);
  await opened.page.locator('.run').waitFor();
  return opened;
}

function shownAs({ job, step, conclusion, queueSeconds, seconds }: WorldRunRow): string {
  const words = conclusion.replaceAll('_', ' ');
  return [job, step, words, step === '' ? formatDuration(queueSeconds) : '', formatDuration(seconds)].join(
    ' | ',
  );
}

test('every job and step of a run is that of the world, in each of its attempts', async () => {
  const runs = variedRuns([...runsOf(world)], world);
  assert.ok(runs.length > 3, 'a world with runs of every kind');
  for (const run of runs) {
    const reported = run.attempts.filter((attempt) => lastReported(attempt, world.endMs) !== undefined);
    for (const attempt of reported) {
      await using opened = await openRun(run.id, `?attempt=${attempt.number}`);
      const { page } = opened;
      await page.getByText('Show as table').click();
      await page.locator('.as-table tbody').waitFor();
      const found = (await cellsOf(page, '.as-table')).map(
        ([job, step, conclusion = '', , , , , queue, duration]) =>
          [job, step, conclusion.split(',')[0], queue, duration].join(' | '),
      );
      const expected = runRows(run, attempt, world);
      const where = `${run.repository.fullName} ${run.id} attempt ${attempt.number}`;
      assert.deepEqual(found.toSorted(), expected.map(shownAs).toSorted(), where);
      const slowest = page.locator('.tile', { hasText: 'Slowest step' }).locator('.tile-value');
      assert.equal(await slowest.textContent(), formatDuration(slowestSeconds(run, attempt, world)), where);
      const tabs = await page.locator('nav[aria-label=Attempts] a').count();
      assert.equal(tabs, reported.length > 1 ? reported.length : 0);
    }
  }
});

test('the slowest step is one click away: its job is open, and the step has the focus', async () => {
  const [run] = [...runsOf(world)].filter((each) => each.endMs <= world.endMs && each.attempts.length === 1);
  assert.ok(run);
  await using opened = await openRun(run.id);
  const { page } = opened;
  await page.locator('.tile', { hasText: 'Slowest step' }).locator('a').click();
  await page.locator('tr.step-row:focus', { hasText: 'slowest step' }).waitFor();
  await page.reload();
  await page.locator('tr.step-row', { hasText: 'slowest step' }).waitFor();
});

test('the keyboard goes through the rows, opens jobs, zooms and explains', async () => {
  const run = [...runsOf(world)].find(
    (each) => each.endMs <= world.endMs && each.attempts[0]?.conclusion === 'success',
  );
  assert.ok(run);
  await using opened = await openRun(run.id);
  const { page } = opened;
  const rows = page.locator('.waterfall tbody tr');
  await rows.first().focus();
  while ((await page.locator('tr.job-row:focus').count()) === 0) await page.keyboard.press('ArrowRight');
  const before = await rows.count();
  await page.keyboard.press('Enter');
  await page.locator('tr.job-row:focus[aria-expanded=true]').waitFor();
  assert.ok((await rows.count()) > before + 1, 'its steps are there');
  await page.keyboard.press('ArrowRight');
  await page.locator('tr.details-row:focus').waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.locator('tr.job-row:focus').waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.locator('tr.job-row:focus[aria-expanded=false]').waitFor();
  await page.keyboard.press('+');
  await page.waitForURL(/zoom=\d+-\d+/);
  await page.keyboard.press('0');
  await page.waitForURL((url) => !url.search.includes('zoom'));
  const [explained] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('e')]);
  assert.match(explained.url(), /\/api\/v1\/explain\?job=\d+$/);
});

test('dragging over the bars shows that part of the run, and the address keeps it', async () => {
  const [run] = [...runsOf(world)].filter((each) => each.endMs <= world.endMs);
  assert.ok(run);
  await using opened = await openRun(run.id);
  const { page } = opened;
  const box = await page.locator('.waterfall thead .time').boundingBox();
  assert.ok(box);
  const y = box.y + 50;
  await page.mouse.move(box.x + box.width * 0.25, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, y, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/zoom=\d+-\d+/);
  const ticks = page.locator('.waterfall thead text');
  const shown = await ticks.allTextContents();
  await page.reload();
  await page.locator('.waterfall tbody tr').first().waitFor();
  assert.deepEqual(await ticks.allTextContents(), shown);
  await page.goBack();
  await page.waitForURL((url) => !url.search.includes('zoom'));
});

test('runs that have not ended are those of the gauge, and those that ended are those of the counter', async () => {
  const total = sumOf(samples, 'github_actions_runs_total');
  for (const [tab, caption, count] of [
    ['open', 'Runs that have not ended', sumOf(samples, 'github_actions_active_runs')],
    ['', 'Runs that ended', total],
  ] as const) {
    await using opened = await browser.open(`${service.apiUrl}/runs?${WINDOW}&conclusion=&tab=${tab}`, {
      size: { width: 1280, height: 16_000 },
    });
    const { page } = opened;
    await page.locator('caption', { hasText: caption }).waitFor({ state: 'attached' });
    const more = page.getByRole('button', { name: 'Show more' });
    while ((await more.count()) > 0) {
      const before = await page.locator('tbody tr[aria-rowindex]').count();
      await more.click();
      await page.locator('tbody tr[aria-rowindex]').nth(before).waitFor();
    }
    assert.equal(await page.locator('tbody tr[aria-rowindex]').count(), count, tab);
  }
});

test('a run that is not known says what can be done', async () => {
  await using opened = await browser.open(`${service.apiUrl}/runs/1`);
  await opened.page.getByRole('heading', { name: 'This run is not known here' }).waitFor();
  await opened.page.getByText('ant-watcher backfill').waitFor();
});

/** Sums of a counter by some of its labels. */
function sumsBy(metric: string, labels: readonly string[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [key, value] of samples) {
    const { name, labels: own } = labelsOf(key);
    const group = labels.map((label) => own[label]).join(' · ');
    if (name === metric) sums.set(group, (sums.get(group) ?? 0) + value);
  }
  return sums;
}

test('the cost of each repository, workflow and kind of runner is that of the counters', async () => {
  const metric = 'github_actions_cost_dollars_total';
  for (const [by, labels] of [
    ['repository', ['repository']],
    ['workflow', ['workflow', 'repository']],
    ['sku', ['sku']],
  ] as const) {
    await using opened = await browser.open(`${service.apiUrl}/cost?by=${by}&${WINDOW}`);
    const { page } = opened;
    await page.getByText('Estimate at list price').waitFor();
    const found = (await cellsOf(page, '.table')).map(([name = '', cost = '']) => [
      name.replaceAll(/[ ·]/g, ''),
      cost.split(' ')[0],
    ]);
    const expected = Array.from(sumsBy(metric, labels), ([name, dollars]) => [
      (by === 'sku' ? name.replaceAll('_', '') : name).replaceAll(/[ ·]/g, ''),
      formatMoney(dollars),
    ]);
    const costly = (rows: (string | undefined)[][]) =>
      rows.filter(([, money]) => money !== '$0.00').toSorted();
    assert.deepEqual(costly(found), costly(expected), by);
    const tile = (label: string) =>
      page.locator('.tile', { hasText: label }).first().locator('.tile-value').textContent();
    assert.equal(await tile('Cost'), formatMoney(sumOf(samples, metric)));
    const billed = sumOf(samples, 'github_actions_billed_seconds_total');
    assert.equal(await tile('Billed time'), formatDuration(billed));
    const unpriced = sumOf(samples, 'github_actions_unpriced_seconds_total');
    const note = page.locator('.unpriced strong');
    assert.equal(await note.count(), unpriced === 0 ? 0 : 1);
    if (unpriced > 0)
      assert.match((await note.textContent()) ?? '', new RegExp(`^${formatDuration(unpriced)} ran`));
  }
});

test('the bars of the cost add up to it, and a drag over them chooses a window', async () => {
  await using opened = await browser.open(`${service.apiUrl}/cost?${WINDOW}`);
  const { page } = opened;
  const chart = page.getByRole('slider', { name: 'Cost by kind of runner' });
  await chart.focus();
  await page.keyboard.press('ArrowRight');
  assert.match((await chart.getAttribute('aria-valuetext')) ?? '', /: \$\d/);
  await page.keyboard.press('Escape');
  const legend = await page.locator('.stacked .legend .faint').allTextContents();
  const skus = [...sumsBy('github_actions_cost_dollars_total', ['sku']).values()];
  assert.deepEqual(legend.toSorted(), skus.map(formatMoney).toSorted());
  const box = await chart.boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width * 0.3, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL(/from=2\d{3}-.*to=2\d{3}-/);
});

test('a repository leads to its workflows, and a workflow to its jobs', async () => {
  await using opened = await browser.open(`${service.apiUrl}/cost?${WINDOW}`);
  const { page } = opened;
  await page.locator('.row-link').first().click();
  await page.waitForURL(/repository=.*by=workflow/);
  await page.getByRole('heading', { name: 'By workflow' }).waitFor();
  await page.locator('.row-link').first().click();
  await page.locator('caption', { hasText: 'Single jobs' }).waitFor({ state: 'attached' });
});

const HOSTILE = '<img src=x onerror=alert(1)> \u202egnp.exe '.repeat(30);

test('axe finds nothing, hostile names do nothing, and nothing is wider than the screen', async () => {
  const [run] = variedRuns([...runsOf(world)], world);
  assert.ok(run);
  const answer = (await (await service.get(`/api/v1/runs/${run.id}`)).json()) as RunAnswer;
  const jobs = answer.jobs.map((job) => ({ ...job, name: HOSTILE, job_name: HOSTILE, runner: HOSTILE }));
  const hostile = { ...answer, jobs, run: { ...answer.run, workflow: HOSTILE, branch_name: HOSTILE } };
  const views = [
    [`/runs/${run.id}`, null],
    [`/runs/${run.id}?attempt=1`, hostile],
    [`/cost?${WINDOW}`, null],
    [`/cost?${WINDOW}&by=workflow`, null],
    ['/runs/1', null],
  ] as const;
  const faults: string[] = [];
  for (const [width, theme] of [
    [1280, 'light'],
    [390, 'dark'],
    [320, 'light'],
  ] as const) {
    await using opened = await browser.open(service.apiUrl, { size: { width, height: 9000 }, theme });
    const { page } = opened;
    for (const [path, json] of views) {
      if (json !== null) await page.route('**/api/v1/runs/*', (route) => route.fulfill({ json }));
      await page.goto(service.apiUrl + path);
      await page.locator('.waterfall tbody tr, .stacked, .state').first().waitFor();
      for (const row of await page.locator('.waterfall tr[aria-expanded=false]').all()) await row.click();
      const found = await accessibilityFaults(page);
      if ((await excessWidth(page)) > 0) found.push('too wide');
      faults.push(...found.map((fault) => `${path} ${width} ${theme}: ${fault}`));
      await page.unrouteAll();
    }
  }
  assert.deepEqual(faults, []);
});

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { pastWorld } from '../../simulator/world.ts';
import { deliver, disordered } from '../delivered-world.ts';
import { type Service, startService } from '../service.ts';
import { excessWidth, faultsInBothThemes } from './axe.ts';
import { openBrowser, SIZES, type Size, type TestBrowser } from './browser.ts';
import { averageOf, type Life, livesOf, postAgain, rank, replayed, waitsIn } from './queue-world.ts';
import { chartRows, formatted, seconds } from './shown-numbers.ts';

/*
 * The views Queues and Capacity, over a world that reached the service with duplicates and out of order.
 */

const HOUR_MS = 3_600_000;
const HOSTILE = `<img src=x onerror=alert(1)>${'L'.repeat(150)}`;
const endMs = Math.floor(Date.now() / 60_000) * 60_000 - 60_000;
const world = pastWorld({ seed: 'queues', runs: 100, inFlight: 0, endMs, spanMs: 12 * HOUR_MS });
const lives = livesOf(world);
const [from, to] = [endMs / 1000 - 24 * 3600, endMs / 1000];
const WINDOW = `from=${iso(from)}&to=${iso(to)}`;
/** As the service chooses it for a day. */
const STEP = 900;

let browser: TestBrowser;
let service: Service;

before(async () => {
  [browser, service] = await Promise.all([openBrowser(), startService()]);
  await deliver(service, disordered(world));
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
});

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

const few = (values: readonly number[], share: number) => (values.length < 5 ? null : rank(values, share));

async function expectTruth(page: Page): Promise<void> {
  const table = page.getByRole('table', { name: 'Queue times by label' });
  const rows = await table.locator('tbody tr').all();
  const groups = Object.entries(Object.groupBy(lives, ({ runsOn }) => runsOn)).flatMap(([name, own = []]) => {
    const waits = waitsIn(own, from, to);
    return waits.length === 0 ? [] : [{ name, waits, total: waits.reduce((sum, each) => sum + each, 0) }];
  });
  groups.sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1));
  assert.ok(groups.length > 4 && rows.length === groups.length, `${rows.length} of ${groups.length}`);
  for (const [index, { name, waits, total }] of groups.entries()) {
    const row = rows[index] as Locator;
    const cell = (title: string) => row.locator(`td[data-title="${title}"]`);
    assert.equal(await row.locator('th').textContent(), name);
    assert.equal(await cell('Jobs').textContent(), String(waits.length));
    for (const [title, share] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const)
      assert.equal(await seconds(cell(title)), few(waits, share), `${name} ${title}`);
    assert.equal(await seconds(cell('Total')), total);
    if (waits.length >= 5) assert.equal(await seconds(cell('Max')), Math.max(...waits));
  }
  const all = waitsIn(lives, from, to);
  const tile = (label: string) => page.locator('.tile', { has: page.getByText(label, { exact: true }) });
  assert.equal(
    await tile('Jobs started').locator('.tile-value').textContent(),
    all.length.toLocaleString('en'),
  );
  assert.equal(await seconds(tile('p95').locator('.tile-value')), rank(all, 0.95));
  assert.equal(await seconds(tile('Longest').locator('.tile-value')), Math.max(...all));
}

test('every number of Queues is what the world says, after duplicates, disorder and a restart', async () => {
  for (const isRestarted of [false, true]) {
    if (isRestarted) {
      await service.stop();
      await service.start();
    }
    await using opened = await browser.open(`${service.apiUrl}/queues?${WINDOW}`);
    await opened.page.locator('.charts').waitFor();
    await expectTruth(opened.page);
  }
});

test('every point of a chart is what the world says: percentiles, counts, and how many waited and ran', async () => {
  await using opened = await browser.open(`${service.apiUrl}/queues?${WINDOW}`);
  const { page } = opened;
  const name = (await page.locator('.charts h2').first().textContent()) ?? '';
  const own = lives.filter(({ runsOn }) => runsOn === name);
  const waits = await chartRows(page, `Queue time, ${name}`);
  const load = await chartRows(page, `Demand, ${name}`);
  const first = Math.floor(from / STEP) * STEP;
  assert.equal(waits.length, Math.ceil((to - first) / STEP));
  let jobs = 0;
  for (const [index, [, p50, p95, , longest, count]] of waits.entries()) {
    const [start, end] = [Math.max(from, first + index * STEP), Math.min(to, first + (index + 1) * STEP)];
    const values = waitsIn(own, start, end);
    jobs += values.length;
    assert.equal(Number(count), values.length);
    assert.equal(p50, formatted(few(values, 0.5)));
    assert.equal(p95, formatted(few(values, 0.95)));
    assert.equal(longest, formatted(values.length > 0 && values.length < 5 ? Math.max(...values) : null));
    const queued = averageOf(own, (life) => [life.queued, life.started ?? life.ended], [start, end]);
    const running = averageOf(own, ({ started, ended }) => [started, ended], [start, end]);
    assert.deepEqual(load[index]?.slice(1), [running.toFixed(1), queued.toFixed(1)], iso(start));
  }
  assert.equal(jobs, waitsIn(own, from, to).length);
});

test('a point leads to its jobs with the keyboard alone, each to its run and to GitHub, and the address keeps it', async () => {
  await using opened = await browser.open(`${service.apiUrl}/queues?${WINDOW}`);
  const { page } = opened;
  const chart = page.getByRole('slider', { name: /^Queue time/ }).first();
  const name = ((await chart.getAttribute('aria-label')) ?? '').replace('Queue time, ', '');
  const own = lives.filter(({ runsOn }) => runsOn === name);
  const busiest = busiestStep(own);
  await chart.focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < busiest.index; step += 1) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: new RegExp(`^${escaped(name)}, `) });
  await drawer.locator('tbody tr').first().waitFor();
  const found = await drawer.locator('tbody tr').all();
  const ids = await Promise.all(
    found.map((row) => row.getByRole('link', { name: /at GitHub$/ }).getAttribute('href')),
  );
  assert.deepEqual(
    ids.map((href) => Number(href?.split('/').at(-1))),
    busiest.jobs.map(({ id }) => id),
  );
  assert.deepEqual(
    await Promise.all(found.map((row) => seconds(row.locator('td[data-title="Queue time"]')))),
    busiest.jobs.map(({ queued, started }) => (started ?? 0) - (queued ?? 0)),
  );
  const address = page.url();
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  await page.goto(address);
  await drawer.locator('tbody tr').first().waitFor();
  await drawer.locator('a[data-row]').first().press('Enter');
  await page.waitForURL(/\/runs\/\d+\?.*attempt=/);
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function busiestStep(own: readonly Life[]) {
  const first = Math.floor(from / STEP) * STEP;
  const started = own.filter(
    (life) => life.queued !== null && life.started !== null && life.started >= from && life.started < to,
  );
  const steps = Map.groupBy(started, (life) => Math.floor(((life.started ?? 0) - first) / STEP));
  const [index, jobs] = [...steps].sort((a, b) => b[1].length - a[1].length)[0] ?? [0, []];
  const wait = ({ queued, started: start }: Life) => (start ?? 0) - (queued ?? 0);
  return { index, jobs: jobs.toSorted((a, b) => wait(b) - wait(a) || a.id - b.id) };
}

test('the same numbers by workflow, on one scale, and with the keyboard; what does not fit is said', async () => {
  await using opened = await browser.open(`${service.apiUrl}/queues?${WINDOW}`);
  const { page } = opened;
  await page.getByRole('link', { name: 'Workflow', exact: true }).press('Enter');
  const table = page.getByRole('table', { name: 'Queue times by workflow' });
  await table.waitFor();
  const counts = await table.locator('td[data-title="Jobs"]').allTextContents();
  const sum = counts.reduce((total, text) => total + Number(text), 0);
  assert.equal(sum, waitsIn(lives, from, to).length);
  await page.getByLabel('Same scale').check();
  await page.waitForURL(/scale=same/);
  await page.getByRole('button', { name: 'Drop' }).waitFor({ state: 'detached' });
  await page.goto(`${service.apiUrl}/queues?${WINDOW}&label=nothing-has-it`);
  await page.getByText('Nothing matches').waitFor();
});

test('dragging a range in a chart makes it the window', async () => {
  await using opened = await browser.open(`${service.apiUrl}/queues?${WINDOW}`);
  const { page } = opened;
  const box = await page
    .getByRole('slider', { name: /^Queue time/ })
    .first()
    .boundingBox();
  assert.ok(box !== null);
  await page.mouse.move(box.x + box.width * 0.6, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 50, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL((url) => url.searchParams.get('from') !== iso(from));
  const parameters = new URL(page.url()).searchParams;
  const [start, end] = ['from', 'to'].map((name) => Date.parse(parameters.get(name) ?? '') / 1000);
  assert.ok(start !== undefined && end !== undefined && start > from && start < end && end < to);
});

/** A label for which jobs queue up, by name. */
const CROWDED = crowded();

function crowded(): string {
  const groups = Object.entries(Object.groupBy(lives, ({ runsOn }) => runsOn));
  const total = (own: readonly Life[]) => waitsIn(own, from, to).reduce((sum, each) => sum + each, 0);
  return groups.sort(([, a = []], [, b = []]) => total(b) - total(a))[0]?.[0] ?? '';
}

test('every number of Capacity is that of a naive replay: each point, what is needed, what was observed', async () => {
  const address = `${service.apiUrl}/capacity?${WINDOW}&runs_on=${encodeURIComponent(CROWDED)}&target=20`;
  await using opened = await browser.open(address);
  const { page } = opened;
  await page.getByText('Show as table').click();
  const own = lives.filter(({ runsOn }) => runsOn === CROWDED);
  const observed = own.flatMap(({ queued, started }) =>
    queued !== null && started !== null && queued >= from && queued < to ? [started - queued] : [],
  );
  const tile = (label: string) =>
    page.locator('.tile', { has: page.getByText(label, { exact: true }) }).locator('.tile-value');
  assert.equal(await seconds(tile('Observed p95')), rank(observed, 0.95));
  assert.equal(await tile('Busy at most').textContent(), String(busiest(own)));
  const rows = await page.locator('.as-table tbody tr').all();
  assert.ok(rows.length >= 1);
  const p95s: (number | null)[] = [];
  for (const [index, row] of rows.entries()) {
    const [runners, p50, p95, longest] = await row.locator('th, td').allTextContents();
    const waits = replayed(own, index + 1, from, to);
    const found = [runners, p50, p95, longest];
    const expected = [rank(waits, 0.5), rank(waits, 0.95), Math.max(...waits)].map(formatted);
    assert.deepEqual(found, [String(index + 1), ...expected]);
    p95s.push(rank(waits, 0.95));
  }
  assert.equal(p95s.indexOf(0), rows.length - 1, 'the last is the first without a wait');
  const needed = p95s.findIndex((p95) => (p95 ?? 0) <= 20) + 1;
  assert.equal(await tile('Runners needed').textContent(), String(needed));
});

/** The most that ran in the same second. */
function busiest(own: readonly Life[]): number {
  const running = own.filter(({ started, ended }) => started !== null && ended > started);
  const at = (second: number) =>
    running.filter(({ started, ended }) => (started ?? 0) <= second && second < ended).length;
  return Math.max(...running.map(({ started }) => at(started ?? 0)));
}

test('the target is chosen with the keyboard, and kept in the address; the chart says each number of runners', async () => {
  await using opened = await browser.open(`${service.apiUrl}/capacity?${WINDOW}`);
  const { page } = opened;
  assert.equal(await page.getByLabel('Runners for').inputValue(), CROWDED, 'the label that waits longest');
  const slider = page.getByRole('slider', { name: /^Accept a p95/ });
  await slider.focus();
  await page.keyboard.press('Home');
  await page.waitForURL(/target=0/);
  const chart = page.getByRole('slider', { name: 'Runners in the replay' });
  await chart.focus();
  await page.keyboard.press('Home');
  await page.waitForURL(/k=1(&|$)/);
  assert.match((await chart.getAttribute('aria-valuetext')) ?? '', /^1 runner: p50 /);
  await page.getByText(/^1 runner: p50 /).waitFor();
  await page.locator('.tile-value a').first().press('Enter');
  await page.waitForURL(/\/queues\?/);
  await page.getByRole('dialog').locator('tbody tr').first().waitFor();
});

test('hostile names are words, and axe finds nothing, in each theme and width', async () => {
  await postAgain(service, world, { action: 'completed', id: 999_999_999_999, label: HOSTILE });
  for (const size of Object.keys(SIZES) as Size[]) {
    await using opened = await browser.open(service.apiUrl, { size });
    const { page } = opened;
    for (const path of ['/queues', '/capacity?runs_on=', '/queues?behind=']) {
      await page.goto(`${service.apiUrl}${path}${path.endsWith('=') ? encodeURIComponent(HOSTILE) : ''}`);
      await page.getByText(HOSTILE).filter({ visible: true }).first().waitFor();
      await page.locator('.loading').first().waitFor({ state: 'detached' });
      assert.deepEqual(await faultsInBothThemes(page), [], `${path} ${size}`);
      assert.equal(await excessWidth(page), 0, `${path} ${size}`);
    }
  }
});

test('what waits now is said, also where no job has started', async () => {
  const label = 'nobody-serves-it';
  await postAgain(service, world, { action: 'queued', id: 999_999_999_998, label });
  await using opened = await browser.open(`${service.apiUrl}/queues?label=${label}`);
  const tile = opened.page.locator('.tile', { has: opened.page.getByText('Waiting now', { exact: true }) });
  await tile.getByText('the oldest for').waitFor();
  assert.equal(await tile.locator('.tile-value').textContent(), '1');
});

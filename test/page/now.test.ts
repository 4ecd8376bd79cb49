import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { truthOf } from '../../simulator/truth.ts';
import { pastWorld } from '../../simulator/world.ts';
import { deliver, disordered } from '../delivered-world.ts';
import { freePort } from '../free-port.ts';
import { labelsOf, parseExposition, sumOf } from '../samples.ts';
import { type Service, type ServiceOptions, startService } from '../service.ts';
import { excessWidth } from './axe.ts';
import { openBrowser, type PageOptions, type TestBrowser } from './browser.ts';
import { jobPayload, postJob } from './job-events.ts';

/*
 * The view Now in a real Chromium: its numbers are the simulated world's, and it follows what happens.
 */

const HOUR_MS = 3_600_000;
const ACTIVE = 'github_actions_active_jobs';
const OLDEST = 'github_actions_oldest_active_job_timestamp_seconds';

let browser: TestBrowser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser[Symbol.asyncDispose]());

/** A service that keeps its addresses when it is restarted, as one does whose page is open. */
async function openService(context: TestContext, env: ServiceOptions['env'] = {}): Promise<Service> {
  const ports = {
    ANT_WATCHER_API_PORT: String(await freePort()),
    ANT_WATCHER_WEBHOOK_PORT: String(await freePort()),
  };
  const service = await startService({ env: { ...ports, ...env } });
  context.after(() => service[Symbol.asyncDispose]());
  return service;
}

async function open(context: TestContext, service: Service, path = '/', options: PageOptions = {}) {
  const opened = await browser.open(`${service.apiUrl}${path}`, options);
  context.after(() => opened[Symbol.asyncDispose]());
  return opened.page;
}

const tile = (page: Page, label: string) =>
  page.locator('.tile', { has: page.getByText(label, { exact: true }) }).locator('.tile-value');
const groups = (page: Page) => page.getByRole('table', { name: 'Jobs by what they run on' });
const jobs = (page: Page) => page.getByRole('table', { name: 'Jobs that wait or run' });
const row = (page: Page, name: string) => jobs(page).getByRole('row', { name });

test('every number is that of the world, after duplicates, disorder and a restart', async (context) => {
  const endMs = Math.floor(Date.now() / 1000) * 1000;
  const world = pastWorld({ seed: 'now', runs: 60, inFlight: 0.4, endMs, spanMs: 12 * HOUR_MS });
  const truth = parseExposition(truthOf(world));
  const service = await openService(context);
  await deliver(service, disordered(world));
  await expectTruth(await open(context, service), truth);
  await service.kill();
  await service.start();
  await expectTruth(await open(context, service), truth);
});

test('a run that waits says for what, and how many wait and run there', async (context) => {
  const service = await openService(context);
  const minutesAgo = (minutes: number) => Date.now() - minutes * 60_000;
  await postJob(service, { id: 1, action: 'in_progress', createdAtMs: minutesAgo(9) });
  for (const id of [2, 3, 4])
    await postJob(service, { id, action: 'queued', createdAtMs: minutesAgo(9 - id) });
  await postJob(service, { id: 5, action: 'queued', labels: ['other'], createdAtMs: minutesAgo(9) });
  const page = await open(context, service, '/runs/3');
  const why = page.getByRole('region', { name: 'Why it has not started' });
  await why.getByText('gpu: 1 running there, 3 waiting, 1 of them for longer').waitFor();
  assert.equal(await why.getByText('In the last 24 hours').count(), 0, 'of one start nothing is said');
  await page.goto(`${service.apiUrl}/runs/2`);
  await why.getByText('3 waiting, none of them for longer').waitFor();
  await page.goto(`${service.apiUrl}/runs/1`);
  await page.locator('.waterfall').waitFor();
  assert.equal(await why.count(), 0);
  for (const id of [6, 7, 8, 9]) await postJob(service, { id, action: 'in_progress' });
  await page.goto(`${service.apiUrl}/runs/3`);
  await why.getByText('In the last 24 hours half of the jobs there started within').waitFor();
  await postJob(service, { id: 10, action: 'waiting' });
  await page.goto(`${service.apiUrl}/runs/10`);
  await why.getByText('job 10 waits for an approval at GitHub, not for a runner.').waitFor();
});

async function expectTruth(page: Page, truth: ReadonlyMap<string, number>): Promise<void> {
  const count = (status: string, labels = {}) => String(sumOf(truth, ACTIVE, { ...labels, status }));
  await groups(page).waitFor();
  assert.equal(await tile(page, 'Queued').textContent(), count('queued'));
  assert.equal(await tile(page, 'Waiting for approval').textContent(), count('waiting'));
  assert.equal(await tile(page, 'Running').textContent(), count('in_progress'));
  const labels = new Set(
    [...truth.keys()]
      .map(labelsOf)
      .flatMap(({ name, labels: own }) => (name === ACTIVE ? (own['runs_on'] ?? '') : [])),
  );
  assert.ok(labels.size > 3);
  const rows = await groups(page).locator('tbody tr').all();
  assert.equal(rows.length, labels.size);
  for (const group of rows) {
    const runs_on = (await group.locator('th').textContent()) ?? '';
    assert.ok(labels.has(runs_on), runs_on);
    const cell = (title: string) => group.locator(`td[data-title="${title}"]`);
    assert.equal(await cell('Queued').textContent(), count('queued', { runs_on }));
    assert.equal(await cell('Running').textContent(), count('in_progress', { runs_on }));
    assert.equal(await cell('Approval').textContent(), count('waiting', { runs_on }));
    const oldest = sumOf(truth, OLDEST, { runs_on, status: 'queued' });
    if (oldest === 0) continue;
    const since = await cell('Oldest wait').locator('time').getAttribute('datetime');
    assert.equal(Date.parse(since ?? '') / 1000, oldest);
  }
  const all = ['queued', 'waiting', 'in_progress'].reduce((sum, status) => sum + Number(count(status)), 0);
  assert.equal(await jobs(page).getAttribute('aria-rowcount'), String(all + 1));
}

test('two tabs get every change, and rows come and go by themselves', async (context) => {
  const service = await openService(context);
  const pages = [await open(context, service), await open(context, service)];
  for (const page of pages)
    await page.getByRole('heading', { name: 'Waiting for the first delivery' }).waitFor();
  await postJob(service, { id: 71, action: 'queued' });
  for (const page of pages) await row(page, 'job 71').getByText('queued').waitFor();
  await postJob(service, { id: 72, action: 'queued', labels: ['arm'] });
  await postJob(service, { id: 71, action: 'in_progress' });
  for (const page of pages) {
    await row(page, 'job 71').getByText('in progress').waitFor();
    await row(page, 'job 72').getByText('queued').waitFor();
  }
  await postJob(service, { id: 71, action: 'completed' });
  for (const page of pages) {
    await row(page, 'job 71').waitFor({ state: 'detached' });
    assert.equal(await tile(page, 'Queued').textContent(), '1');
  }
});

test('before the first delivery it says how to set up the webhook', async (context) => {
  const service = await openService(context);
  const page = await open(context, service);
  const { port, pathname } = new URL(service.webhookUrl);
  await page.getByText(`http://127.0.0.1:${port}${pathname}`).waitFor();
  for (const text of ['application/json', 'ANT_WATCHER_WEBHOOK_SECRET', 'Workflow jobs', 'Workflow runs'])
    await page.getByText(text, { exact: true }).waitFor();
});

test('while the service is away the page says so and keeps what it knew; then it is alive again', async (context) => {
  const service = await openService(context);
  const page = await open(context, service);
  await postJob(service, { id: 81, action: 'queued' });
  await row(page, 'job 81').waitFor();
  await service.kill();
  await page.getByText('The connection is lost').waitFor();
  assert.ok(await row(page, 'job 81').isVisible());
  await service.start();
  await page.getByText('The connection is lost').waitFor({ state: 'detached' });
  await postJob(service, { id: 82, action: 'queued' });
  await row(page, 'job 82').waitFor();
});

test('ages are right in a browser whose clock is wrong by an hour', async (context) => {
  const service = await openService(context);
  await postJob(service, { id: 91, action: 'queued', createdAtMs: Date.now() - 10 * 60_000 });
  for (const byMs of [-HOUR_MS, HOUR_MS]) {
    const prepare = (page: Page) => page.clock.install({ time: Date.now() + byMs });
    const page = await open(context, service, '/', { isAlone: true, prepare });
    await page.waitForFunction(() =>
      /^1[01] min \d\d s$/.test(document.querySelector('.tile time')?.textContent ?? ''),
    );
    await row(page, 'job 91')
      .getByText(/^1[01] min \d\d s$/)
      .waitFor();
  }
});

test('a label is a filter, a row leads to its run, and the address keeps it all', async (context) => {
  const service = await openService(context);
  await postJob(service, { id: 101, action: 'queued' });
  await postJob(service, { id: 102, action: 'queued', labels: ['arm'] });
  const page = await open(context, service);
  await groups(page).getByRole('link', { name: 'arm' }).click();
  await row(page, 'job 101').waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).search, '?runs_on=arm');
  assert.equal(await tile(page, 'Queued').textContent(), '1');
  await page.getByRole('link', { name: 'Running 0' }).click();
  await page.getByText('None at this moment.').waitFor();
  await page.reload();
  await page.getByText('None at this moment.').waitFor();
  await page.getByRole('link', { name: 'Queued 1' }).click();
  await row(page, 'job 102').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/runs/102?**');
  const other = await open(context, service, '/?label=nobody');
  await other.getByText('Nothing matches').waitFor();
  await other.getByRole('link', { name: 'nobody' }).click();
  await row(other, 'job 101').waitFor();
});

test('what was lost is listed apart, once somebody wants to see it', async (context) => {
  const service = await openService(context);
  await postJob(service, { id: 111, action: 'queued', createdAtMs: Date.now() - 72 * HOUR_MS });
  await postJob(service, { id: 112, action: 'queued' });
  const page = await open(context, service);
  await row(page, 'job 112').waitFor();
  assert.equal(await row(page, 'job 111').count(), 0);
  await page.getByRole('link', { name: 'Stale 1' }).click();
  await row(page, 'job 111').waitFor();
  assert.equal(await tile(page, 'Queued').textContent(), '1');
});

test('hostile names are only text, and nothing is wider than the screen', async (context) => {
  const service = await openService(context);
  const names = ['<img src=x onerror="document.title=1">', '\u202Ereversed', 'w'.repeat(1000)];
  for (const [index, name] of names.entries())
    await postJob(service, { id: 121 + index, action: 'queued', name, labels: [name.slice(0, 200)] });
  for (const size of ['wide', 'narrow'] as const) {
    const page = await open(context, service, '/', { size });
    await jobs(page).getByText('<img src=x').first().waitFor();
    assert.equal(await excessWidth(page), 0);
    assert.equal(await page.title(), 'Now · ant-watcher');
  }
});

test('where no stream gets through, the page asks again and again, and says so', async (context) => {
  const service = await openService(context);
  await postJob(service, { id: 131, action: 'queued' });
  const prepare = (page: Page) => page.route('**/api/v1/live*', (route) => route.abort());
  const page = await open(context, service, '/', { prepare });
  await page.getByText('Live updates do not get through').waitFor();
  await row(page, 'job 131').waitFor();
  await postJob(service, { id: 131, action: 'in_progress' });
  await row(page, 'job 131').getByText('in progress').waitFor();
});

test('a filter that gets no stream does not show what another had', async (context) => {
  const service = await openService(context);
  await postJob(service, { id: 151, action: 'queued' });
  const full = { error: { code: 'overloaded', message: 'Streams of 64 different filters are open.' } };
  const prepare = (page: Page) =>
    page.route('**/api/v1/live?*', (route) => route.fulfill({ status: 503, json: full }));
  const page = await open(context, service, '/', { prepare });
  await row(page, 'job 151').waitFor();
  await page.evaluate(
    "history.pushState(null, '', '/?label=none'); dispatchEvent(new PopStateEvent('popstate'))",
  );
  await page.getByText('Nothing matches').waitFor();
  await page.getByText('Live updates do not get through').waitFor();
});

test('with a login the stream is as the page: a browser sends it along', async (context) => {
  const token = 'an-api-token-of-the-tests';
  const service = await openService(context, { ANT_WATCHER_API_TOKENS: token });
  const page = await open(context, service, '/', { login: { username: 'anyone', password: token } });
  await page.getByRole('heading', { name: 'Waiting for the first delivery' }).waitFor();
  await service.post('workflow_job', jobPayload({ id: 141, action: 'queued' }));
  await row(page, 'job 141').waitFor();
});

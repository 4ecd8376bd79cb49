import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { formatMoney } from '../../dashboard/format/number.ts';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { pastWorld } from '../../simulator/world.ts';
import type { Billing, Cost, Runners } from '../../src/domain/openapi-types.ts';
import { openAskedGitHub } from '../asked-github.ts';
import { deliver } from '../delivered-world.ts';
import { until } from '../push/receivers.ts';
import { type Service, startService } from '../service.ts';
import { accessibilityFaults, excessWidth } from './axe.ts';
import { openBrowser, type TestBrowser } from './browser.ts';

/*
 * What GitHub billed, costs by job and conclusion, and runners by label in a real Chromium, with a simulated GitHub.
 */

const endMs = Math.floor(Date.now() / 1000) * 1000;
const world = pastWorld({ seed: 'bills', runs: 80, inFlight: 0.05, endMs, spanMs: 4 * 86_400_000 });

let browser: TestBrowser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser[Symbol.asyncDispose]());

async function openService(context: TestContext, env: Readonly<Record<string, string>>): Promise<Service> {
  const { environment } = await openAskedGitHub(context, world);
  const service = await startService({ env: environment(env) });
  context.after(() => service[Symbol.asyncDispose]());
  await deliver(service, deliveriesOf(world));
  return service;
}

async function open(context: TestContext, service: Service, path: string): Promise<Page> {
  const opened = await browser.open(`${service.apiUrl}${path}`);
  context.after(() => opened[Symbol.asyncDispose]());
  return opened.page;
}

async function answerOf<T>(service: Service, path: string): Promise<T> {
  return (await (await service.get(path)).json()) as T;
}

test('beside the estimate stands what GitHub billed, with the difference, and why a bill is missing', async (context) => {
  const service = await openService(context, { ANT_WATCHER_GITHUB_BILLING: 'lumen-works,nobody' });
  await until('No bill is read.', async () => {
    const { owners, missing } = await answerOf<Billing>(service, '/api/v1/billing');
    return owners.length === 1 && missing !== null;
  });
  await service.settled();
  const { owners, missing } = await answerOf<Billing>(service, '/api/v1/billing');
  const page = await open(context, service, '/cost?from=-5d');
  await page.getByText(missing ?? '').waitFor();
  const [owner] = owners;
  for (const { month, gross_dollars: gross, net_dollars: net, compared, rows: billed } of owner?.months ??
    []) {
    const line = page.locator('.billed p', { hasText: month });
    const text = (await line.textContent()) ?? '';
    if (billed.length === 0) {
      assert.match(text, /nothing (was billed|is billed yet)/);
      continue;
    }
    for (const amount of [gross, net]) assert.ok(text.includes(formatMoney(amount)), text);
    if (compared === null) continue;
    const said = [compared.gross_dollars, compared.estimate_dollars, compared.difference_dollars];
    for (const amount of said) assert.ok(text.includes(formatMoney(amount)), text);
  }
  const rows = page.getByRole('table', { name: 'Billed to lumen-works and estimated' }).locator('tbody tr');
  const shown = owner?.months.find(({ compared }) => compared !== null)?.compared;
  assert.ok(shown !== undefined && shown !== null);
  assert.equal(await rows.count(), shown.rows.length);
  assert.deepEqual(await accessibilityFaults(page), []);
  assert.equal(await excessWidth(page), 0);
});

test('costs by job name and by conclusion add up to the same, and lead to their jobs', async (context) => {
  const service = await openService(context, {});
  await service.settled();
  for (const [by, title] of [
    ['job_name', 'Job'],
    ['conclusion', 'Conclusion'],
  ] as const) {
    const cost = await answerOf<Cost>(service, `/api/v1/cost?by=${by}&from=-5d`);
    const page = await open(context, service, `/cost?from=-5d&by=${by}`);
    const rows = page.getByRole('table', { name: `Cost by ${title.toLowerCase()}` }).locator('tbody tr');
    await rows.first().waitFor();
    const [first] = cost.rows;
    assert.match(
      (await rows.first().textContent()) ?? '',
      new RegExp(formatMoney(first?.dollars).replace('$', '\\$')),
    );
    await rows.first().getByRole('link').first().click();
    await page.getByRole('table', { name: 'jobs' }).waitFor();
    const { searchParams } = new URL(page.url());
    assert.equal(searchParams.get(by), first?.[by]?.toString());
  }
});

test('runners by label stand below those by group, which say when they last had a free one', async (context) => {
  const service = await openService(context, {
    ANT_WATCHER_GITHUB_REPOSITORIES: 'lumen-works/*',
    ANT_WATCHER_METRICS_RUNNER_LABELS: 'true',
  });
  const asked = () => answerOf<Runners>(service, '/api/v1/runners');
  await until('No runners are counted.', async () => (await asked()).labels.length > 0);
  const { groups, labels } = await asked();
  const page = await open(context, service, '/runners');
  const cells = (name: string, title: string) =>
    page.getByRole('table', { name }).locator(`tbody td[data-title="${title}"]`).allTextContents();
  await page.getByRole('table', { name: 'Self-hosted runners by label' }).waitFor();
  assert.deepEqual(
    await cells('Self-hosted runners by label', 'Online'),
    labels.map(({ online }) => String(online)),
  );
  assert.deepEqual(
    (await cells('Self-hosted runners by group', 'Last idle')).map((text) => text === 'now'),
    groups.map(({ online, busy }) => online > busy),
  );
  assert.deepEqual(await accessibilityFaults(page), []);
});

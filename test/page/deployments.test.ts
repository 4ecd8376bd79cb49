import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { pastWorld } from '../../simulator/world.ts';
import type { DeploymentsSummary } from '../../src/domain/openapi-types.ts';
import { deliver } from '../delivered-world.ts';
import { type Service, startService } from '../service.ts';
import { openBrowser, type TestBrowser } from './browser.ts';

/*
 * The view Deployments in a real Chromium.
 */

const world = pastWorld({
  ...{ seed: 'deploys', runs: 80, inFlight: 0, endMs: Math.floor(Date.now() / 1000) * 1000 },
  ...{ spanMs: 12 * 3_600_000, refusals: 0.2, deployments: true },
});

let browser: TestBrowser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser[Symbol.asyncDispose]());

async function open(context: TestContext, service: Service) {
  const opened = await browser.open(`${service.apiUrl}/deployments`);
  context.after(() => opened[Symbol.asyncDispose]());
  return opened.page;
}

test('the view says what was deployed where, and leads to each deployment and its run', async (context) => {
  await using service = await startService();
  await deliver(service, deliveriesOf(world));
  const summary = (await (await service.get('/api/v1/deployments/summary')).json()) as DeploymentsSummary;
  const [first] = summary.rows;
  assert.ok(first !== undefined && first.failed + first.succeeded > 0);

  const page = await open(context, service);
  const environments = page.getByRole('table', { name: 'Deployments by environment' }).locator('tbody tr');
  await environments.first().waitFor();
  assert.equal(await environments.count(), summary.rows.length);
  const count = environments.first().locator('td[data-title="Deployments"]');
  assert.equal(await count.textContent(), String(first.deployments));

  await environments.first().getByRole('link').first().click();
  const title = `Latest deployments to ${first.environment}`;
  const list = page.getByRole('table', { name: title }).locator('tbody tr');
  await list.first().waitFor();
  assert.ok(page.url().includes(`environment=${first.environment}`));
  await page.getByRole('button', { name: `Drop Environment ${first.environment}` }).waitFor();
  await environments.filter({ hasNotText: first.environment }).first().waitFor({ state: 'detached' });
  assert.deepEqual(
    new Set(await environments.locator('.place-name').allTextContents()),
    new Set([first.environment]),
  );
  const places = await list.locator('.place-within').allTextContents();
  assert.deepEqual(new Set(places), new Set([first.repository]));
  await list.first().getByRole('link').first().click();
  await page.waitForURL(/\/runs\/\d+/);
  const ofRun = page.getByRole('table', { name: 'Deployments', exact: true }).locator('tbody tr');
  await ofRun.filter({ hasText: first.environment }).first().waitFor();
});

test('without any, the view says which event is missing', async (context) => {
  await using service = await startService();
  await deliver(
    service,
    deliveriesOf(
      pastWorld({ seed: 'none', runs: 5, inFlight: 0, endMs: world.endMs, spanMs: 12 * 3_600_000 }),
    ),
  );
  const page = await open(context, service);
  await page.getByText('Deployment statuses').waitFor();
});

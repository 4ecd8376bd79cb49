import assert from 'node:assert/strict';
import { after, before, type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { openSimulatedGitHub } from '../../simulator/rest/simulated-github.ts';
import { pastWorld } from '../../simulator/world.ts';
import type { Runners, ServiceStatus } from '../../src/domain/openapi-types.ts';
import { deliver } from '../delivered-world.ts';
import { until } from '../push/receivers.ts';
import { sumOf } from '../samples.ts';
import { type Service, type ServiceOptions, startService } from '../service.ts';
import { openBrowser, type PageOptions, type TestBrowser } from './browser.ts';
import { livesOf } from './queue-world.ts';

/*
 * The views Runners and Health in a real Chromium, with a simulated GitHub.
 */

const TOKEN = 'ghp_ofTheTest';
const ZONE = 'Europe/Berlin';
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const endMs = Math.floor(Date.now() / 1000) * 1000;
const spanMs = 12 * 3_600_000;
const world = pastWorld({ seed: 'runners', runs: 40, inFlight: 0, endMs, spanMs });

let browser: TestBrowser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser[Symbol.asyncDispose]());

async function openService(context: TestContext, env: ServiceOptions['env'] = {}): Promise<Service> {
  const service = await startService({ env });
  context.after(() => service[Symbol.asyncDispose]());
  await deliver(service, deliveriesOf(world));
  return service;
}

async function open(context: TestContext, service: Service, path: string, options: PageOptions = {}) {
  const opened = await browser.open(`${service.apiUrl}${path}`, options);
  context.after(() => opened[Symbol.asyncDispose]());
  return opened.page;
}

const tile = (page: Page, label: string) =>
  page.locator('.tile', { has: page.getByText(label, { exact: true }) }).locator('.tile-value');

test('runners are those that GitHub lists, by group; and busy hours are those of the world', async (context) => {
  const personalTokens = [TOKEN];
  await using github = await openSimulatedGitHub({
    world,
    clock: Date.now,
    hereClock: Date.now,
    personalTokens,
  });
  const service = await openService(context, {
    ANT_WATCHER_GITHUB_API_URL: github.url,
    ANT_WATCHER_GITHUB_TOKEN: TOKEN,
    ANT_WATCHER_GITHUB_REPOSITORIES: 'lumen-works/*',
  });
  const asked = async () => (await (await service.get('/api/v1/runners')).json()) as Runners;
  await until('No runners are counted.', async () => (await asked()).groups.length > 0);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const listed = await fetch(`${github.url}/orgs/lumen-works/actions/runners?per_page=100`, { headers });
  const { runners } = (await listed.json()) as { runners: { status: string; busy: boolean }[] };
  const online = runners.filter(({ status }) => status === 'online');

  const page = await open(context, service, '/runners', { timezoneId: ZONE });
  assert.equal(await tile(page, 'Online').textContent(), String(online.length));
  assert.equal(await tile(page, 'Busy').textContent(), String(online.filter(({ busy }) => busy).length));
  assert.equal(await tile(page, 'Offline').textContent(), String(runners.length - online.length));
  const rows = page.getByRole('table', { name: 'Self-hosted runners by group' }).locator('tbody tr');
  const counts = await rows.locator('td[data-title="Online"]').allTextContents();
  assert.equal(
    counts.reduce((sum, text) => sum + Number(text), 0),
    online.length,
  );
  await expectBusyHours(page, service);
});

/** Each hour of the heatmap against a walk over the jobs of the world, second by second. */
async function expectBusyHours(page: Page, service: Service): Promise<void> {
  const answer = await service.get(`/api/v1/runners?from=-28d&tz=${ZONE}`);
  const { heatmap } = (await answer.json()) as Runners;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: ZONE,
    weekday: 'short',
    hour: '2-digit',
    hour12: false,
  });
  const busy = new Map<string, number>();
  for (const { started, ended } of livesOf(world))
    for (let second = started ?? ended; second < ended; second += 1) {
      const hour = format.format(second * 1000).replace(',', '');
      busy.set(hour, (busy.get(hour) ?? 0) + 1);
    }
  assert.ok(busy.size > 3, [...busy.keys()].join());
  await page.getByText('Show as table').click();
  const table = page.getByRole('table', { name: 'Average number of jobs running' });
  await table.locator('tbody tr').last().waitFor();
  const shown = await table
    .locator('tbody tr')
    .evaluateAll((all) =>
      all.map((row) => Array.from(row.querySelectorAll('td'), (cell) => cell.textContent)),
    );
  for (const [index, { busy_seconds, seconds }] of heatmap.entries()) {
    const [day, hour] = [Math.floor(index / 24), index % 24];
    const expected = busy.get(`${DAYS[day]} ${String(hour).padStart(2, '0')}`) ?? 0;
    assert.equal(busy_seconds, expected, `${DAYS[day]} ${hour}`);
    const average = seconds === 0 ? 0 : expected / seconds;
    const text = `${average >= 10 ? Math.round(average) : average.toFixed(1)} running`;
    assert.equal(shown[hour]?.[day], text);
  }
}

test('without a login at GitHub it is said what is missing', async (context) => {
  const service = await openService(context);
  const page = await open(context, service, '/runners');
  await page.getByText('set ANT_WATCHER_GITHUB_TOKEN, or a GitHub App').waitFor();
});

test('Health shows the numbers of /metrics', async (context) => {
  const service = await openService(context);
  await service.post('workflow_job', '{}', { secret: 'a wrong secret' });
  const samples = await service.settled();
  const page = await open(context, service, '/health-page');
  await page.getByText('Yes. Everything that has arrived is counted.').waitFor();
  await page.getByText('All are met.').waitFor();
  const accepted = sumOf(samples, 'ant_watcher_deliveries_total', { outcome: 'accepted' });
  assert.equal(await tile(page, 'Deliveries accepted').textContent(), accepted.toLocaleString('en'));
  assert.equal(await tile(page, 'Not processed').textContent(), '0');
  const fact = (name: string) => page.locator('.facts > div', { hasText: name }).locator('dd');
  assert.equal(await fact('Rejected').textContent(), '1');
  const count = sumOf(samples, 'ant_watcher_series');
  assert.ok(Math.abs(Number((await fact('Series').first().textContent())?.replace(',', '')) - count) < 20);
});

const LEFT_OUT = "The bill of octo can't be read (GitHub answered 404).";

test('Health says which check is not met, what it demands, and why', async (context) => {
  const service = await openService(context);
  const status = (await (await service.get('/api/v1/status')).json()) as ServiceStatus;
  const reason = 'metrics refuses us: wrong password.';
  const broken = {
    ...status,
    status: 'degraded',
    freshness: { ...status.freshness, state: 'late' },
    checks: status.checks.map((check) => {
      if (check.name === 'github') return { ...check, reason: LEFT_OUT };
      return check.name === 'push' ? { ...check, ok: false, reason } : check;
    }),
    recovery: { complete_until: null, recovered: 0, problems: [reason] },
    receivers: [
      {
        name: 'metrics',
        waiting_samples: 12,
        waiting_spans: null,
        oldest_age_seconds: 90,
        last_sent_at: null,
        problem: 'wrong password',
      },
    ],
  };
  const prepare = (page: Page) => page.route('**/api/v1/status', (route) => route.fulfill({ json: broken }));
  const page = await open(context, service, '/health-page', { prepare });
  await page.getByText('Not all of it.').waitFor();
  const check = page.locator('.checks li', { hasText: 'Receivers' });
  await check.getByText(reason).waitFor();
  await check.getByText('No receiver refuses samples').waitFor();
  assert.equal(await page.locator('main').getByText(reason).count(), 1);
  const github = page.locator('.checks li', { hasText: 'GitHub' });
  await github.getByText(LEFT_OUT).waitFor();
  assert.equal(await github.locator('[data-kind=failure], .check-reason').count(), 0);
  await page
    .getByRole('row', { name: /metrics/ })
    .getByText('1 min 30 s')
    .waitFor();
});

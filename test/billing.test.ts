import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { deliveriesOf } from '../simulator/deliveries.ts';
import { pastWorld } from '../simulator/world.ts';
import type { Billing } from '../src/domain/openapi-types.ts';
import { type AskedGitHub, openAskedGitHub } from './asked-github.ts';
import { deliver } from './delivered-world.ts';
import { until } from './push/receivers.ts';
import { type Replica, startFleet } from './replicas/fleet.ts';
import { linesOf, parseExposition, sumOf } from './samples.ts';
import { type Service, startService } from './service.ts';

/*
 * What GitHub bills, from a simulated GitHub through the real process to metrics and the read API.
 */

const DAY_MS = 86_400_000;
const GROSS = 'github_actions_billing_gross_dollars';
const NET = 'github_actions_billing_net_dollars';
const REPORT = 'github_actions_billing_report_timestamp_seconds';
const OF_ORG = 'GET /organizations/{org}/settings/billing/usage';

const endMs = Math.floor(Date.now() / 1000) * 1000;
/** Days of it are complete, in this month or in the one before. */
const world = pastWorld({ seed: 'bills', runs: 120, inFlight: 0, endMs, spanMs: 5 * DAY_MS });

async function openGitHub(context: TestContext) {
  const asked = await openAskedGitHub(context, world);
  const owners = 'lumen-works,mira-holt,enterprises/lumen-group,nobody';
  return { ...asked, env: asked.environment({ ANT_WATCHER_GITHUB_BILLING: owners }) };
}

interface Item {
  readonly date: string;
  readonly product: string;
  readonly grossAmount: number;
  readonly netAmount: number;
}

async function itemsOf(
  { github, headers }: AskedGitHub,
  path: string,
  month: string,
): Promise<readonly Item[]> {
  const [year, number] = month.split('-').map(Number);
  const response = await fetch(`${github.url}${path}/settings/billing/usage?year=${year}&month=${number}`, {
    headers,
  });
  return ((await response.json()) as { usageItems: Item[] }).usageItems;
}

/** Asked again while the service has other questions to answer. */
async function billsOf(service: Service): Promise<Billing> {
  let bills: Billing | undefined;
  await until('the service stays busy', async () => {
    const response = await service.get('/api/v1/billing');
    if (response.status === 503) return false;
    assert.equal(response.status, 200);
    bills = (await response.json()) as Billing;
    return true;
  });
  return bills ?? assert.fail();
}

/** All reports are read, and what can't be read is known. */
async function whenRead(service: Service): Promise<void> {
  await until('reports are missing', async () => {
    const { owners, missing } = await billsOf(service);
    return owners.length === 3 && missing !== null;
  });
}

test('the real process shows what GitHub billed as GitHub says it, beside what it counted itself', async (context) => {
  const asked = await openGitHub(context);
  await using service = await startService({ env: asked.env });
  await deliver(service, deliveriesOf(world));
  await whenRead(service);
  const { owners, missing } = await billsOf(service);
  assert.match(missing ?? '', /the bill of nobody .*404/);
  const health = await fetch(`${service.apiUrl}/health`);
  const { status, checks } = (await health.json()) as { status: string; checks: { github: unknown } };
  const reason = "The bill of nobody can't be read (GitHub answered 404).";
  assert.deepEqual([status, checks.github], ['ok', { ok: true, reason }]);
  const samples = await service.settled();
  for (const [owner, path] of [
    ['lumen-works', '/organizations/lumen-works'],
    ['mira-holt', '/users/mira-holt'],
    ['enterprises/lumen-group', '/enterprises/lumen-group'],
  ] as const) {
    const found = owners.find((each) => each.owner === owner) ?? assert.fail(owner);
    for (const [at, { month, gross_dollars: gross, net_dollars: net }] of found.months.entries()) {
      const items = await itemsOf(asked, path, month);
      const labels = { owner, month: at === 0 ? 'current' : 'previous' };
      for (const [key, metric, shown] of [
        ['grossAmount', GROSS, gross],
        ['netAmount', NET, net],
      ] as const) {
        const wanted = items.reduce((total, item) => total + item[key], 0);
        // Each amount is kept to a millionth of a dollar.
        for (const dollars of [shown, sumOf(samples, metric, labels)])
          assert.ok(Math.abs(dollars - wanted) < 1e-4, `${owner} ${metric}: ${dollars}, not ${wanted}`);
      }
    }
  }
  // In every spelling, it is one product and one kind of runner.
  const names = linesOf(samples, GROSS).map((line) => /product="([^"]*)",sku="([^"]*)"/.exec(line)?.slice(1));
  assert.ok(
    names.every((each) => each?.every((name) => /^[a-z0-9_]+$/.test(name))),
    JSON.stringify(names),
  );
});

test('where every job is billed, the estimate is what GitHub billed before discounts', async (context) => {
  const { env } = await openGitHub(context);
  await using service = await startService({ env });
  await deliver(service, deliveriesOf(world));
  await whenRead(service);
  await service.settled();
  const { owners } = await billsOf(service);
  const compared = owners.flatMap(({ months }) => months.flatMap((month) => month.compared ?? []));
  assert.ok(compared.some(({ rows }) => rows.length > 0));
  for (const { gross_dollars, estimate_dollars, difference_dollars, rows } of compared) {
    assert.ok(Math.abs(gross_dollars - estimate_dollars - difference_dollars) < 1e-5);
    // Public repositories are on the bill, too.
    for (const row of rows) assert.ok(row.estimate_minutes <= row.minutes, row.sku);
  }
  // The whole history, added up by day as the cost route does.
  const [first] = compared;
  const cost = await fetch(
    `${service.apiUrl}/api/v1/cost?by=sku&repository=lumen-works/*&from=${first?.from}&to=${first?.to}`,
  );
  const { total } = (await cost.json()) as { total: { dollars: number } };
  assert.equal(total.dollars.toFixed(6), first?.estimate_dollars.toFixed(6));
});

test('after a restart the last report is shown, and GitHub is not asked again', async (context) => {
  const { github, env } = await openGitHub(context);
  await using service = await startService({ env });
  await whenRead(service);
  const before = linesOf(await service.metrics(), REPORT);
  const asked = github.requests.answers(OF_ORG).get(200);
  await service.stop();
  await service.start();
  await until('nothing is shown', async () => linesOf(await service.metrics(), REPORT).length === 3);
  assert.deepEqual(linesOf(await service.metrics(), REPORT), before);
  assert.equal(github.requests.answers(OF_ORG).get(200), asked);
});

test('of replicas on PostgreSQL one asks, all show the same, and another one takes over', async (context) => {
  const { github, env } = await openGitHub(context);
  await using fleet = await startFleet({ count: 2, env: () => env });
  const shown = async ({ service }: Replica) => linesOf(await service.metrics(), GROSS).sort();
  for (const { service } of fleet.replicas) await whenRead(service);
  const asked = github.requests.answers(OF_ORG).get(200);
  const [first, second] = fleet.replicas as [Replica, Replica];
  await until('they differ', async () => {
    const [one, other] = [await shown(first), await shown(second)];
    return one.length > 0 && one.join() === other.join();
  });
  const before = await shown(second);
  const { owners } = await billsOf(second.service);
  assert.deepEqual((await billsOf(first.service)).owners, owners);
  await first.service.stop();
  const ofReplica = async () => (await fetch(`${second.service.apiUrl}/metrics/replica`)).text();
  await until(
    'it does not lead',
    async () => sumOf(parseExposition(await ofReplica()), 'ant_watcher_leader') === 1,
  );
  await until('nothing is shown', async () => (await shown(second)).length === before.length);
  assert.deepEqual(await shown(second), before);
  assert.equal(github.requests.answers(OF_ORG).get(200), asked);
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setImmediate as immediate } from 'node:timers/promises';
import {
  END_MS,
  type Fixture,
  type Json,
  linksOf,
  listAll,
  openFixture,
  smallWorld,
} from '../../test/fixtures/simulated-rest.ts';
import { deliveriesOf, type SimulatedDelivery } from '../deliveries.ts';
import { type Outcome, signatures } from '../signed-request.ts';

const DELIVERIES = '/app/hook/deliveries';
const WORLD = smallWorld('hooks', 80);
const SENT = [...deliveriesOf(WORLD)];
const OK: Outcome = { status: 202, error: null, tookMs: 31, headers: { server: 'us' }, body: 'taken' };
const DAY_MS = 86_400_000;

function asApp(fixture: Fixture) {
  return { authorization: `Bearer ${fixture.jwt()}` };
}

async function openLogged(
  outcomes: readonly Outcome[],
  sent: readonly SimulatedDelivery[],
): Promise<Fixture> {
  const fixture = await openFixture({ hooks: ['app', 'organization', 'repository'] }, WORLD);
  fixture.nowMs = END_MS + 60_000;
  sent.forEach((each, place) => {
    fixture.github.log.record(each, outcomes[place % outcomes.length] ?? OK);
  });
  return fixture;
}

test("each outcome is described in GitHub's words, and filters know only HTTP statuses", async () => {
  const outcomes: Outcome[] = [
    OK,
    { ...OK, status: 503, body: 'full' },
    { ...OK, status: null, error: 'ETIMEDOUT' },
    { ...OK, status: null, error: 'ECONNRESET' },
  ];
  await using fixture = await openLogged(outcomes, SENT.slice(0, 4));
  const list = async (query: string) =>
    (await fixture.get<Json[]>(`${DELIVERIES}${query}`, asApp(fixture))).body;
  const statuses = (await list('')).map((each) => `${each.status_code} ${each.status}`);
  assert.deepEqual(statuses.sort(), [
    '0 failed to connect to host',
    '0 timed out',
    '202 OK',
    '503 Invalid HTTP Response: 503',
  ]);
  assert.deepEqual(
    (await list('?status=failure')).map((each) => each.status_code),
    [503],
  );
  assert.deepEqual(
    (await list('?status=success')).map((each) => each.status_code),
    [202],
  );
});

test('the details of a delivery hold its request and response', async () => {
  await using fixture = await openLogged([OK], SENT.slice(0, 1));
  const [{ id } = { id: 0 }] = fixture.github.log.entries();
  const { body } = await fixture.get(`${DELIVERIES}/${id}`, asApp(fixture));
  const { request, response } = body as Record<string, { headers: Json; payload: unknown }>;
  assert.deepEqual(request?.payload, JSON.parse(SENT[0]?.body() ?? ''));
  assert.equal(request?.headers['X-GitHub-Delivery'], SENT[0]?.guid);
  assert.deepEqual(response, { headers: { server: 'us' }, payload: 'taken' });
  assert.equal(body.repository_id, SENT[0]?.repository.id);
  assert.equal((await fixture.get(`${DELIVERIES}/17`, asApp(fixture))).status, 404);
});

test('the log is read newest first by its cursors, whatever arrives meanwhile', async () => {
  await using fixture = await openLogged([OK], SENT.slice(0, 250));
  const first = await fixture.get<Json[]>(`${DELIVERIES}?per_page=100`, asApp(fixture));
  for (const each of SENT.slice(250, 300).reverse()) fixture.github.log.record(each, OK);
  assert.deepEqual(
    fixture.github.log.entries().map(({ delivery }) => delivery.atMs),
    SENT.slice(0, 300)
      .map(({ atMs }) => atMs)
      .reverse(),
  );
  const rest = await listAll<Json>(fixture, linksOf(first.headers).next ?? '', undefined, asApp(fixture));
  const ids = [...first.body, ...rest].map(({ id }) => id);
  assert.equal(ids.length, 250);
  assert.equal(new Set(ids).size, 250);
  const times = [...first.body, ...rest].map((each) => String(each.delivered_at));
  assert.deepEqual(times, times.toSorted().reverse());
  assert.equal((await fixture.get(`${DELIVERIES}?cursor=2`, asApp(fixture))).status, 422);
  assert.deepEqual((await fixture.get(`${DELIVERIES}?cursor=v1_17`, asApp(fixture))).body, []);
});

test('deliveries are deleted after three days, and not listed before their time', async () => {
  await using fixture = await openLogged([OK], SENT);
  const count = () => fixture.github.log.entries().length;
  const times = SENT.map(({ atMs }) => atMs);
  const after = (ms: number) => times.filter((each) => each >= ms).length;
  assert.equal(count(), SENT.length);
  fixture.nowMs = END_MS - 3_600_000;
  assert.equal(count(), SENT.length - after(fixture.nowMs + 1));
  fixture.nowMs = END_MS - 6 * 3_600_000 + 3 * DAY_MS;
  assert.equal(count(), after(END_MS - 6 * 3_600_000));
  fixture.nowMs = END_MS + 4 * DAY_MS;
  assert.equal(count(), 0);
});

test('each hook lists its own deliveries; only the App gets workflow_dispatch', async () => {
  await using fixture = await openLogged([OK], SENT);
  const guids = async (path: string, headers?: Record<string, string>) =>
    (await listAll<Json>(fixture, `${path}?per_page=100`, undefined, headers))
      .map((each) => each.guid)
      .sort();
  const sent = (isWanted: (each: SimulatedDelivery) => boolean) =>
    SENT.filter(isWanted)
      .map(({ guid }) => guid)
      .sort();
  assert.ok(SENT.some(({ event }) => event === 'workflow_dispatch'));
  assert.deepEqual(
    await guids(DELIVERIES, asApp(fixture)),
    sent(() => true),
  );
  for (const [place, name] of [
    ['/orgs/lumen-works', /^lumen-works\//],
    ['/repos/lumen-works/web-shop', /\/web-shop$/],
  ] as const) {
    const hooks = await fixture.get<Json[]>(`${place}/hooks`);
    const expected = sent(
      ({ event, repository }) => event !== 'workflow_dispatch' && name.test(repository.fullName),
    );
    assert.ok(expected.length > 0);
    assert.deepEqual(await guids(`${place}/hooks/${hooks.body[0]?.id}/deliveries`), expected);
  }
  await using bare = await openFixture();
  assert.deepEqual((await bare.get('/orgs/lumen-works/hooks')).body, []);
});

test('a redelivery has the same id, is signed, and is logged as a redelivery', async () => {
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  const statuses = [503, 202];
  const receiver = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: (await request.setEncoding('utf8').toArray()).join('') });
    response.writeHead(statuses.shift() ?? 500).end('an answer');
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = new URL(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhook`);
  try {
    await using fixture = await openFixture({ webhook: { url, secret: 'sesame' } }, WORLD);
    const { log, deliver } = fixture.github;
    const [delivery] = SENT as [SimulatedDelivery];
    await deliver(delivery);
    assert.equal(log.entries()[0]?.outcome.status, 503);
    fixture.nowMs += 60_000;
    const attempts = `${DELIVERIES}/${log.entries()[0]?.id}/attempts`;
    const { status } = await fixture.ask(attempts, { method: 'POST', headers: asApp(fixture) });
    assert.equal(status, 202);
    while (log.entries().length < 2) await immediate();
    assert.deepEqual(
      received.map(({ headers, body }) => [headers['x-github-delivery'], body]),
      [1, 2].map(() => [delivery.guid, delivery.body()]),
    );
    assert.equal(
      received[1]?.headers['x-hub-signature-256'],
      signatures(delivery.body(), 'sesame')['X-Hub-Signature-256'],
    );
    const statuses = log
      .entries()
      .map((each) => [each.redelivery, each.outcome.status, each.deliveredMs, each.outcome.body]);
    assert.deepEqual(statuses, [
      [true, 202, END_MS + 60_000, 'an answer'],
      [false, 503, END_MS, 'an answer'],
    ]);
  } finally {
    receiver.close();
  }
});

test('a delivery to a closed port is logged as failed', async () => {
  await using fixture = await openFixture({}, WORLD);
  await fixture.github.deliver(SENT[0] as SimulatedDelivery);
  const [entry] = fixture.github.log.entries();
  assert.deepEqual([entry?.outcome.status, entry?.deliveredMs], [null, END_MS]);
});

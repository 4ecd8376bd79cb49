import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../simulator/random.ts';
import { FAULTS, type Fault, startHostileProxy } from '../push/hostile-proxy.ts';
import { sendLetters, until } from '../push/receivers.ts';
import { sentWorld } from '../push/sent-world.ts';
import { hasAccepted, Resender } from '../resender.ts';
import { sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import { assertOnce, setOf, startFakeCollector } from './fake-collector.ts';

/*
 * Whatever happens on the way, each endpoint gets the spans of everything that ended. One endpoint is left in peace:
 * what it has is what the others must have.
 */

const TWO_HOURS_MS = 7_200_000;

function tracingTo(
  urls: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const endpoint = Object.entries(urls).map((pair) => pair.join('='));
  return { ANT_WATCHER_OTLP_ENDPOINT: endpoint.join(','), ANT_WATCHER_OTLP_STEPS: 'all', ...env };
}

async function spansWith(service: Service, sink: string, outcome: string): Promise<number> {
  return sumOf(await service.metrics(), 'ant_watcher_spans_total', { sink, outcome });
}

/** Everything accepted is processed, and no span waits. */
async function drained(service: Service): Promise<void> {
  await service.settled();
  await until('spans still wait', async () => {
    return sumOf(await service.metrics(), 'ant_watcher_trace_outbox_spans') === 0;
  });
}

function editStore(service: Service, ...statements: readonly string[]): void {
  const database = new DatabaseSync(`${service.folder}/ant-watcher.db`);
  for (const sql of statements) database.exec(sql);
  database.close();
}

test('a collector that is away for two hours, across kills of ant-watcher, gets what it missed; the other one has it at once', async () => {
  const { letters } = sentWorld('two hours', 30);
  const [third, most] = [Math.floor(letters.length / 3), Math.floor((letters.length * 4) / 5)];
  await using well = await startFakeCollector();
  await using back = await startFakeCollector();
  let isAway = false;
  await using away = await startHostileProxy(back.url, () =>
    isAway ? (_, response) => void response.socket?.resetAndDestroy() : undefined,
  );
  await using service = await startService({ env: tracingTo({ well: well.url, away: away.url }) });
  await sendLetters(service, letters.slice(0, third));
  await drained(service);
  isAway = true;
  await sendLetters(service, letters.slice(third, most));
  await service.settled();
  await until('the well one lacks some', async () => (await waitingFor(service, 'well')) === 0);
  assert.ok((await waitingFor(service, 'away')) > 0);
  await service.kill();
  // As if all of that had been two hours ago.
  editStore(service, `UPDATE trace_outbox SET written_at_ms = written_at_ms - ${TWO_HOURS_MS}`);
  await service.start();
  await sendLetters(service, letters.slice(most));
  await service.settled();
  const { checks } = (await (await service.get('/health')).json()) as {
    checks: { push: { reason: string } };
  };
  assert.match(checks.push.reason, /^Spans have waited 12\d minutes for away/);
  isAway = false;
  // Asks anew: it would be asked within a minute.
  await service.stop();
  await service.start();
  await drained(service);
  assert.ok(well.spans.length > 300, `${well.spans.length} spans`);
  assertOnce(well);
  assert.deepEqual(setOf(back), setOf(well));
  assert.equal(await spansWith(service, 'away', 'sent'), well.spans.length);
});

async function waitingFor(service: Service, sink: string): Promise<number> {
  return sumOf(await service.metrics(), 'ant_watcher_trace_outbox_spans', { sink });
}

test('spans that wait longer than otlp.max_age are given up, counted and logged; the rest arrives', async () => {
  const { letters } = sentWorld('too old', 8);
  const half = Math.floor(letters.length / 2);
  await using collector = await startFakeCollector();
  let isAway = true;
  await using way = await startHostileProxy(collector.url, () =>
    isAway ? FAULTS['is overloaded'] : undefined,
  );
  await using service = await startService({
    env: tracingTo({ otlp: way.url }, { ANT_WATCHER_OTLP_MAX_AGE: '90m' }),
  });
  await sendLetters(service, letters.slice(0, half));
  await service.settled();
  const old = await waitingFor(service, 'otlp');
  assert.ok(old > 0);
  await service.stop();
  editStore(
    service,
    `UPDATE trace_outbox SET written_at_ms = written_at_ms - ${TWO_HOURS_MS}`,
    // Deletion by age needs a time that something has proven.
    `INSERT OR REPLACE INTO marks VALUES ('clock/proven', ${Date.now()})`,
  );
  await service.start();
  await until('they are kept', async () => (await spansWith(service, 'otlp', 'expired')) > 0);
  assert.equal(await spansWith(service, 'otlp', 'expired'), old);
  await sendLetters(service, letters.slice(half));
  await service.settled();
  isAway = false;
  const { log } = await service.stop();
  assert.match(log, new RegExp(`"count":${old},.*Spans dropped`));
  await service.start();
  await drained(service);
  assertOnce(collector);
  assert.equal(await spansWith(service, 'otlp', 'sent'), collector.spans.length);
});

test('whatever goes wrong on the way, an endpoint gets exactly the spans that the other one gets', async () => {
  const { letters } = sentWorld('hostile to spans', 40);
  await using well = await startFakeCollector();
  await using tried = await startFakeCollector({ mostSpans: 40 });
  const faults = faultsInTurn('to a collector');
  await using way = await startHostileProxy(tried.url, faults.judge);
  await using service = await startService({
    env: tracingTo({ well: well.url, tried: way.url }, { ANT_WATCHER_OTLP_TIMEOUT: '500ms' }),
  });
  const fresh = letters.values();
  const resender = new Resender(service, 4, () => fresh.next().value);
  const running = resender.run();
  for (let part = 1; part <= 4; part += 1) await hasAccepted(resender, (letters.length * part) / 5, running);
  await running;
  await resender.finish();
  await drained(service);
  assertOnce(well);
  assert.deepEqual(setOf(tried), setOf(well));
  assert.deepEqual(faults.left(), [], 'faults that did not happen');
  const metrics = await service.metrics();
  const requests = (outcome: string) =>
    sumOf(metrics, 'ant_watcher_push_requests_total', { sink: 'tried', outcome });
  assert.ok(requests('too_large') > 0, 'no request was too large');
  assert.equal(sumOf(metrics, 'ant_watcher_spans_total', { sink: 'tried', outcome: 'rejected' }), 0);
});

/** Each fault once, in a random order, with honest requests in between, so that the waits do not add up. */
function faultsInTurn(seed: string) {
  const random = createRandom(seed);
  const order = Object.keys(FAULTS).sort(() => random.next() - 0.5);
  return {
    judge(_: unknown, number: number): Fault | undefined {
      const name = number % 2 === 0 ? order.shift() : undefined;
      return name === undefined ? undefined : FAULTS[name];
    },
    left: () => order,
  };
}

test('ant-watcher is killed while a world is sent: an endpoint lacks no span', async () => {
  const random = createRandom('kill the sender of spans');
  // What a re-run carried over is known by what came before: two orders that differ much can give two sets of spans.
  const { letters } = sentWorld('killed with spans', 24, 0);
  await using collector = await startFakeCollector();
  await using peaceful = await startFakeCollector();
  await using service = await startService({ env: tracingTo({ otlp: collector.url }) });
  const fresh = letters.values();
  const resender = new Resender(service, 8, () => fresh.next().value);
  for (let kill = 1; kill <= 3; kill += 1) {
    const running = resender.run();
    await hasAccepted(resender, (letters.length * kill) / 4, running);
    await sleep(random.int(0, 60));
    await service.kill();
    await running;
    await service.start();
  }
  await resender.finish();
  await drained(service);
  await using other = await startService({ env: tracingTo({ otlp: peaceful.url }) });
  await sendLetters(other, letters);
  await drained(other);
  assertOnce(peaceful);
  assert.deepEqual(
    [...new Set(collector.spans.map(({ key }) => key))].sort(),
    peaceful.spans.map(({ key }) => key).sort(),
  );
  assert.equal(await spansWith(service, 'otlp', 'sent'), peaceful.spans.length);
});

test('what an endpoint leaves out of a request that it takes is counted and never sent again', async () => {
  const { letters } = sentWorld('partial success', 8);
  const isUnwanted = ({ text }: { readonly text: string }) => text.includes('"name":"queue"');
  await using collector = await startFakeCollector({ leavesOut: isUnwanted });
  await using service = await startService({ env: tracingTo({ otlp: collector.url }) });
  await sendLetters(service, letters);
  await drained(service);
  assert.ok(collector.leftOut() > 0);
  assertOnce(collector);
  assert.equal(await spansWith(service, 'otlp', 'rejected'), collector.leftOut());
  assert.equal(await spansWith(service, 'otlp', 'sent'), collector.spans.length);
  const { log } = await service.stop();
  const lines = log.split('\n').filter((line) => line.includes('"code":"spans_rejected"'));
  assert.ok(lines.length >= 1 && lines.length <= 2, lines.join('\n'));
  assert.match(lines[0] ?? '', /"reason":"unwanted"/);
});

test('what an endpoint refuses is set aside and shown; a refusal of ourselves sets nothing aside', async () => {
  const { letters } = sentWorld('refused spans', 6);
  await using collector = await startFakeCollector();
  let status = 401;
  await using way = await startHostileProxy(collector.url, () => (_, response, pass) => {
    if (status === 200) return void pass().then((passed) => response.writeHead(passed).end());
    response.writeHead(status).end('no');
  });
  await using service = await startService({ env: tracingTo({ otlp: way.url }) });
  await sendLetters(service, letters);
  await service.settled();
  await until('it is not said', () => service.log.includes('"code":"receiver_refuses"'));
  const { checks } = (await (await service.get('/health')).json()) as {
    checks: { push: { reason: string } };
  };
  assert.match(checks.push.reason, /^otlp refuses us: 401 no\./);
  const count = await waitingFor(service, 'otlp');
  assert.ok(count > 0);
  // elastic/apm-server#9036: a server that can't read the requests answers 400 to all of them.
  status = 400;
  await service.stop();
  await service.start();
  await until('it is not said again', () =>
    service.log.includes('refuses a request without content as well'),
  );
  assert.equal(await waitingFor(service, 'otlp'), count);
  status = 200;
  await service.stop();
  await service.start();
  await drained(service);
  assert.equal(collector.spans.length, count);
});

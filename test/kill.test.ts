import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliveriesOf } from '../simulator/deliveries.ts';
import { disturb } from '../simulator/disturbance.ts';
import { createRandom } from '../simulator/random.ts';
import { truthOf } from '../simulator/truth.ts';
import { pastWorld, type World } from '../simulator/world.ts';
import { expectEachCountedOnce } from './counted-once.ts';
import { JobLoad } from './job-load.ts';
import { IS_LONG_FORM } from './peers.ts';
import { hasAccepted, type Letter, Resender } from './resender.ts';
import { linesOf, parseExposition, sumOf } from './samples.ts';
import { headersOf, type Service, startService } from './service.ts';
import { expectWholeTruth } from './whole-truth.ts';

/*
 * The service loses nothing that it has accepted, and counts nothing twice, however it ends.
 */

const KILLS = IS_LONG_FORM ? 12 : 7;
/** All deliveries through the queue, or as many as possible processed as they are accepted. */
const WAYS = { 'through the queue': '0', 'as they are accepted': '256' };
const WORLD_KILLS = 8;
const SENDERS = 16;
const HOUR_MS = 3_600_000;
const GRACE_MS = 10_000;

for (const [name, atOnce] of Object.entries(WAYS)) {
  test(`killed ${KILLS} times under load, processing ${name}, each accepted delivery is counted exactly once`, async () => {
    const random = createRandom(`kill -9 ${atOnce}`);
    await using service = await startService({ env: { ANT_WATCHER_COLLECTOR_AT_ONCE: atOnce } });
    const load = new JobLoad(service, SENDERS);
    let cut = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const running = load.run();
      await sleep(random.int(1, 400));
      await service.kill();
      await running;
      cut += load.unanswered;
      // Now and then it is killed again while it starts.
      if (random.chance(0.25)) await startAndKill(service, random.int(10, 500));
      await service.start();
    }
    await load.finish();
    expectEachCountedOnce(await service.settled(), load);
    // The kills must hit requests, or they would prove nothing.
    assert.ok(cut >= KILLS, `${cut} deliveries were cut off`);
  });
}

test(`killed ${WORLD_KILLS} times while a whole world is sent, /metrics shows its truth`, async () => {
  const random = createRandom('kill a world');
  const world = pastWorld({
    seed: 'kills 7',
    runs: 80,
    inFlight: 0.1,
    endMs: Date.now(),
    spanMs: 36 * HOUR_MS,
    deployments: true,
  });
  const letters = disturbedLetters(world);
  const fresh = letters.values();
  await using service = await startService();
  const resender = new Resender(service, SENDERS, () => fresh.next().value);
  let cut = 0;
  for (let kill = 1; kill <= WORLD_KILLS; kill++) {
    const running = resender.run();
    await hasAccepted(resender, (letters.length * kill) / (WORLD_KILLS + 1), running);
    await sleep(random.int(0, 20));
    await service.kill();
    await running;
    cut += resender.unanswered;
    await service.start();
  }
  await resender.finish();
  expectWholeTruth(await service.settled(), parseExposition(truthOf(world)));
  assert.ok(cut >= WORLD_KILLS, `${cut} deliveries were cut off`);
});

test('stopped under load, it exits with 0 in time and continues where it was', async () => {
  await using service = await startService({ env: { ANT_WATCHER_SHUTDOWN_GRACE: `${GRACE_MS}ms` } });
  const load = new JobLoad(service, SENDERS);
  for (let stop = 0; stop < 3; stop++) {
    const running = load.run();
    await sleep(500);
    const askedAtMs = Date.now();
    const { code, log } = await service.stop();
    assert.equal(code, 0, log);
    assert.ok(Date.now() - askedAtMs < GRACE_MS, 'it takes longer than shutdown.grace');
    await running;
    const accepted = load.accepted;

    await service.start();
    const samples = await service.settled();
    const counted = sumOf(samples, 'ant_watcher_deliveries_total', { outcome: 'accepted' });
    assert.ok(
      counted >= accepted,
      `${counted} of ${accepted} accepted deliveries are counted after the restart`,
    );
  }
  await load.finish();
  expectEachCountedOnce(await service.settled(), load);
});

test('a delivery under way at a stop is still accepted, and counted by the next process', async () => {
  await using service = await startService();
  const body = JSON.stringify({ workflow: 'half.yml', repository: { full_name: 'load/alpha' } });
  const headers = {
    ...headersOf('workflow_dispatch', randomUUID(), body),
    'Content-Length': Buffer.byteLength(body),
  };
  const sending = request(service.webhookUrl, { method: 'POST', headers });
  const answered = once(sending, 'response');
  sending.write(body.slice(0, 20));
  await sleep(200);
  const stopped = service.stop();
  await sleep(200);
  sending.end(body.slice(20));
  const [response] = (await answered) as [IncomingMessage];
  response.resume();
  assert.equal(response.statusCode, 202);
  assert.equal((await stopped).code, 0);

  await service.start();
  const lines = linesOf(await service.settled(), 'github_actions_');
  assert.deepEqual(lines, [
    'github_actions_dispatches_total{repository="load/alpha",workflow=".github/workflows/half.yml"} 1',
  ]);
});

/** What GitHub sends about the world, some of it twice and much of it late. */
function disturbedLetters(world: World): Letter[] {
  const counts = { duplicated: 0, delayed: 0, lost: 0 };
  const how = { seed: 'kills', duplicates: 0.2, reordering: 0.4, loss: 0, windowMs: HOUR_MS };
  return Array.from(disturb(deliveriesOf(world), how, counts), ({ event, guid, body }) => ({
    event,
    guid,
    body: body(),
  }));
}

async function startAndKill(service: Service, afterMs: number): Promise<void> {
  const starting = service.start().catch(() => undefined);
  await sleep(afterMs);
  await service.kill();
  await starting;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { openLossyGitHub, worldOf } from './lossy-github.ts';

/*
 * Reading a long log takes a while, and the process may be killed meanwhile.
 */

const PAGES = 'GET /app/hook/deliveries';
const PAYLOADS = 'GET /app/hook/deliveries/{delivery_id}';
/** Fetched together: they may be requested again. */
const STEP = 50;
const LOOK_EVERY_MS = 5;

test('killed repeatedly while reading a long log, the service resumes it, and the numbers are complete', async (context) => {
  const world = worldOf('cut-off');
  await using lossy = await openLossyGitHub({
    world,
    limits: { perHour: 100_000, pointsPerMinute: 100_000 },
  });
  const deliveries = [...deliveriesOf(world)];
  await lossy.send(deliveries.slice(0, 20));
  await lossy.service.stop();
  const { lost } = await lossy.send(deliveries.slice(20), () => true);
  const { requests } = lossy.github;
  requests.clear();
  const kills = 4;
  for (let kill = 1; kill <= kills; kill += 1) {
    await lossy.service.start();
    while (requests.total(PAYLOADS) < (lost * kill) / (kills + 1)) await sleep(LOOK_EVERY_MS);
    await lossy.service.kill();
  }
  const read = requests.total(PAGES);
  await lossy.service.start();
  const { faults } = await lossy.whole();
  assert.deepEqual(faults, []);
  const pages = Math.ceil(deliveries.length / 100);
  const fetched = requests.total(PAYLOADS);
  context.diagnostic(
    `${lost} lost, ${pages} pages: ${read} pages read by the last kill, ${fetched} payloads fetched`,
  );
  assert.ok(read <= pages + kills);
  assert.ok(fetched <= lost + kills * STEP);
});

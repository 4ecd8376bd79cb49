import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deliveryTimeMs } from '../../src/domain/delivery-time.ts';
import { CASES } from '../cases.ts';
import type { Webhook } from '../pipeline.ts';
import { smallWorlds } from '../small-worlds.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { SkewedService, type World } from './skewed-pipeline.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What happens to the machine before that delivery. */
const happenings = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    aheadMs: fc
      .constantFrom(-365, -10, -1, -0.2, -0.001, 0, 0, 0, 0.001, 0.2, 1, 10, 100)
      .map((d) => d * DAY_MS),
  }),
  fc.record({ kind: fc.constant('crash' as const) }),
  fc.record({ kind: fc.constant('pass' as const), seconds: fc.constantFrom(1, 25, 300) }),
  fc.record({ kind: fc.constant('suspend' as const), hours: fc.constantFrom(0.1, 9) }),
  fc.record({ kind: fc.constant('again' as const) }),
);
type Happening =
  | (typeof happenings extends fc.Arbitrary<infer T> ? T : never)
  /** Time passes, and nothing else happens. */
  | { readonly kind: 'rest'; readonly ms: number };
type History = readonly { readonly before: number; readonly what: Happening }[];

/** The same time passes, on a machine whose clock is right, in a process that goes on. */
function rightClock(history: History): History {
  return history.map(({ before, what }) => ({ before, what: { kind: 'rest', ms: passedIn(what) } }));
}

function passedIn(what: Happening): number {
  if (what.kind === 'pass') return what.seconds * 1000;
  if (what.kind === 'suspend') return what.hours * HOUR_MS;
  return what.kind === 'crash' ? 1000 : 0;
}

const histories = fc.array(fc.record({ before: fc.nat(30), what: happenings }), { maxLength: 12 });

async function happen(what: Happening, world: World, service: SkewedService, sent: readonly Webhook[]) {
  if (what.kind === 'set') world.aheadMs = what.aheadMs;
  if (what.kind === 'rest') {
    world.nowMs += what.ms;
    world.monotonicMs += what.ms;
  }
  if (what.kind === 'suspend') world.nowMs += what.hours * HOUR_MS;
  if (what.kind === 'crash') {
    await service.crash();
    world.monotonicMs += 1000;
    world.nowMs += 1000;
    await service.start();
  }
  for (let second = 0; what.kind === 'pass' && second < what.seconds; second += 1) {
    world.nowMs += 1000;
    world.monotonicMs += 1000;
    await service.tick();
  }
  if (what.kind === 'again') for (const webhook of sent) await service.send(webhook);
  await service.tick();
  await service.keepHouse();
}

/** All numbers, and the samples that wait, after this history. */
async function endOf(deliveries: readonly Webhook[], history: History) {
  using folder = openTemporaryFolder();
  const startMs = deliveryTimeMs(deliveries[0]?.guid ?? '') ?? 0;
  const world: World = { nowMs: startMs, aheadMs: 0, monotonicMs: 77 };
  const first = history.find(({ before, what }) => before === 0 && what.kind === 'set')?.what;
  if (first?.kind === 'set') world.aheadMs = first.aheadMs;
  await using service = new SkewedService(`sqlite:${folder.path}/state.db`, world);
  await service.start();
  for (const [place, webhook] of deliveries.entries()) {
    for (const { before, what } of history)
      if (before === place) await happen(what, world, service, deliveries.slice(0, place));
    const sentMs = Math.max(world.nowMs, (deliveryTimeMs(webhook.guid) ?? 0) + 1000);
    world.monotonicMs += sentMs - world.nowMs;
    world.nowMs = sentMs;
    await service.tick();
    await service.send(webhook);
    await service.keepHouse();
  }
  world.aheadMs = 0;
  await service.tick();
  await service.pipeline.settle();
  return { text: await service.pipeline.text(), samples: await service.waiting() };
}

test('however the clock is set, and wherever the process ends, the numbers are those of a right clock', async () => {
  await fc.assert(
    fc.asyncProperty(smallWorlds, histories, async (deliveries, history) => {
      assert.deepEqual(await endOf(deliveries, history), await endOf(deliveries, rightClock(history)));
    }),
    { numRuns: Math.ceil(50 * CASES) },
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { disturb } from '../../simulator/disturbance.ts';
import { pastWorld } from '../../simulator/world.ts';
import { COMPAT_NAMES } from '../../src/compat/names.ts';
import { COMPAT_SETS } from '../../src/compat/sets.ts';
import { deliveryOf, openPipeline } from '../pipeline.ts';
import { linesOfText } from './old-numbers.ts';
import { compatTruth } from './truth.ts';

/*
 * A whole simulated world, badly delivered: what is shown under names of others equals the world's own count.
 */

const HOUR_MS = 3_600_000;
const END = Date.UTC(2026, 10, 20, 12);

for (const seed of ['ants', 'mites', 'fleas']) {
  const world = pastWorld({
    seed,
    runs: 150,
    inFlight: 0.15,
    refusals: 0.1,
    endMs: END,
    spanMs: 36 * HOUR_MS,
  });
  for (const name of COMPAT_NAMES) {
    test(`world ${seed}: what ${name} shows is the truth, line by line, badly delivered`, async () => {
      const clock = { nowMs: END };
      await using pipeline = await openPipeline({ clock, compat: [name] });
      const faults = { seed, duplicates: 0.3, reordering: 0.5, loss: 0, windowMs: HOUR_MS };
      const sent = [...disturb(deliveriesOf(world), faults, { duplicated: 0, delayed: 0, lost: 0 })];
      await pipeline.accept(
        sent.map(({ guid, event, body }) => deliveryOf({ guid, event, body: body() }, END)),
      );
      await pipeline.settle();
      const lines = linesOfText(await pipeline.compatText(name));
      assert.deepEqual(lines, compatTruth(name, world, clock.nowMs));
      const shown = new Set(lines.map((line) => line.replace(/\{.*$/, '')));
      const { counted } = COMPAT_SETS[name];
      const missing = counted.filter((each) => !shown.has(each.name) && !shown.has(`${each.name}_sum`));
      assert.deepEqual(missing, [], 'the world was rich enough');
    });
  }
}

import assert from 'node:assert/strict';
import { deliveriesOf, type SimulatedDelivery } from '../simulator/deliveries.ts';
import { disturb } from '../simulator/disturbance.ts';
import type { World } from '../simulator/world.ts';
import type { Samples } from './samples.ts';
import type { Service } from './service.ts';

/* Simulated worlds, posted to a service. */

const AT_ONCE = 20;
const HOUR_MS = 3_600_000;

/** Posts them, some at the same time, and waits until they are counted. */
export async function deliver(service: Service, deliveries: Iterable<SimulatedDelivery>): Promise<Samples> {
  const left = Iterator.from(deliveries);
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const { event, guid, body } of left) await service.post(event, body(), { guid });
    }),
  );
  return service.settled();
}

/** What GitHub sent about a world, with duplicates and out of order. */
export function disordered(world: World): readonly SimulatedDelivery[] {
  const faults = { seed: world.seed, duplicates: 0.2, reordering: 0.4, loss: 0, windowMs: HOUR_MS };
  const counts = { duplicated: 0, delayed: 0, lost: 0 };
  const deliveries = [...disturb(deliveriesOf(world), faults, counts)];
  assert.ok(counts.duplicated > 50 && counts.delayed > 50, JSON.stringify(counts));
  return deliveries;
}

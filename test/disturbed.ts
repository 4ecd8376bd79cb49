import fc from 'fast-check';
import { createRandom } from '../simulator/random.ts';
import type { Webhook } from './pipeline.ts';
import { readable } from './readable.ts';
import { underOtherId } from './small-worlds.ts';

/* Deliveries of a world in any order, and some of them repeatedly. */

interface Disturbance {
  readonly shuffle: number;
  readonly moves: readonly (readonly [number, number])[];
  readonly copies: readonly { readonly of: number; readonly to: number; readonly otherId: boolean }[];
}

/** An order of arrival: a shuffle, then moves of single deliveries, then copies inserted somewhere. */
export const disturbances: fc.Arbitrary<Disturbance> = fc.record({
  shuffle: fc.nat(),
  moves: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 8 }),
  copies: fc.array(fc.record({ of: fc.nat(), to: fc.nat(), otherId: fc.boolean() }), { maxLength: 8 }),
});

export function disturbed(world: readonly Webhook[], how: Disturbance): readonly Webhook[] {
  const order = [...world];
  if (how.shuffle > 0) shuffle(order, how.shuffle);
  for (const [from, to] of how.moves) {
    const [moved] = order.splice(from % order.length, 1);
    if (moved) order.splice(to % (order.length + 1), 0, moved);
  }
  for (const { of, to, otherId } of world.length > 0 ? how.copies : []) {
    const original = order[of % order.length] as Webhook;
    // A dispatch has no id of its own: under another delivery id it is another dispatch.
    const isOther = otherId && original.event !== 'workflow_dispatch';
    order.splice(to % (order.length + 1), 0, isOther ? underOtherId(original) : original);
  }
  return readable(order);
}

function shuffle(order: Webhook[], seed: number): void {
  const random = createRandom(`${seed}`);
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = random.int(0, at);
    [order[at], order[other]] = [order[other] as Webhook, order[at] as Webhook];
  }
}

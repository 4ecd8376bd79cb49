import type { SimulatedDelivery } from './deliveries.ts';
import { createRandom } from './random.ts';
import { createTimeQueue } from './time-queue.ts';

/** What goes wrong between GitHub and the receiver. Shares are from 0 to 1. */
export interface Disturbance {
  readonly seed: string;
  /** Arrive a second time, under the same id. */
  readonly duplicates: number;
  /** Arrive later than others that were sent after them. */
  readonly reordering: number;
  /** Never arrive: GitHub did not reach the receiver, and its delivery log shows that. */
  readonly loss: number;
  /** Never arrive either, and GitHub's delivery log does not know of them. */
  readonly silence?: number;
  /** The longest delay of late ones and duplicates, in world time. */
  readonly windowMs: number;
}

/** How often each happened. */
export interface DisturbanceCounts {
  duplicated: number;
  delayed: number;
  lost: number;
}

/**
 * `deliveries` (in order of `atMs`) with the disturbance applied, again in that order. Adds to
 * `counts`, and passes lost ones to `onLost`.
 */
export function* disturb(
  deliveries: Iterable<SimulatedDelivery>,
  disturbance: Disturbance,
  counts: DisturbanceCounts,
  onLost: (delivery: SimulatedDelivery) => void = () => {},
): Generator<SimulatedDelivery> {
  const random = createRandom(`${disturbance.seed}/disturbance`);
  const { silence = 0 } = disturbance;
  const held = createTimeQueue<SimulatedDelivery>();
  const later = (delivery: SimulatedDelivery): SimulatedDelivery => ({
    ...delivery,
    atMs: delivery.atMs + random.int(1, disturbance.windowMs),
  });
  for (const delivery of deliveries) {
    yield* held.due(delivery.atMs);
    if (random.chance(disturbance.loss)) {
      counts.lost++;
      onLost(delivery);
      continue;
    }
    // Unless requested it draws no random numbers: disturbances without it stay what they were.
    if (silence > 0 && random.chance(silence)) {
      counts.lost++;
      continue;
    }
    const isLate = random.chance(disturbance.reordering);
    if (isLate) counts.delayed++;
    const sent = isLate ? later(delivery) : delivery;
    held.add(sent.atMs, sent);
    if (random.chance(disturbance.duplicates)) {
      counts.duplicated++;
      const again = later(sent);
      held.add(again.atMs, again);
    }
  }
  yield* held.due(Number.POSITIVE_INFINITY);
}

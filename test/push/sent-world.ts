import { deliveriesOf } from '../../simulator/deliveries.ts';
import { disturb } from '../../simulator/disturbance.ts';
import { truthSamplesOf } from '../../simulator/truth-samples.ts';
import { pastWorld } from '../../simulator/world.ts';
import type { Letter } from '../resender.ts';
import { type ExpectedSample, readExpected } from './expected-samples.ts';

const HOUR_MS = 3_600_000;

/**
 * A simulated GitHub: what it sends, some of it twice and much of it late, and the samples that must result.
 */
export interface SentWorld {
  readonly letters: readonly Letter[];
  readonly expected: readonly ExpectedSample[];
}

/** The same seed gives another world each hour, because it ends now. `reordering`: the share that is late. */
export function sentWorld(seed: string, runs: number, reordering = 0.3): SentWorld {
  const world = pastWorld({ seed, runs, inFlight: 0.1, endMs: Date.now(), spanMs: 12 * HOUR_MS });
  const how = { seed, duplicates: 0.1, reordering, loss: 0, windowMs: HOUR_MS };
  const deliveries = disturb(deliveriesOf(world), how, { duplicated: 0, delayed: 0, lost: 0 });
  return {
    letters: Array.from(deliveries, ({ event, guid, body }) => ({ event, guid, body: body() })),
    expected: readExpected(truthSamplesOf(world)),
  };
}

import { deliveriesOf } from '../../simulator/deliveries.ts';
import { disturb } from '../../simulator/disturbance.ts';
import { truthOf } from '../../simulator/truth.ts';
import { truthSamplesOf } from '../../simulator/truth-samples.ts';
import { pastWorld } from '../../simulator/world.ts';
import { type ExpectedSample, readExpected } from '../push/expected-samples.ts';
import type { Letter } from '../resender.ts';
import { parseExposition, type Samples } from '../samples.ts';

const HOUR_MS = 3_600_000;

/** What GitHub sends of a world, much of it late and some of it twice, and what must come of it. */
export interface ChaosWorld {
  readonly letters: readonly Letter[];
  /** How many different ids they have. */
  readonly ids: number;
  /** As of now. */
  truth(): Samples;
  readonly samples: readonly ExpectedSample[];
}

export function chaosWorld(seed: string, runs: number): ChaosWorld {
  const world = pastWorld({
    ...{ seed, runs, inFlight: 0.1, endMs: Date.now(), spanMs: 36 * HOUR_MS },
    deployments: true,
  });
  const counts = { duplicated: 0, delayed: 0, lost: 0 };
  const how = { seed, duplicates: 0.2, reordering: 0.4, loss: 0, windowMs: HOUR_MS };
  const letters = Array.from(disturb(deliveriesOf(world), how, counts), ({ event, guid, body }) => ({
    event,
    guid,
    body: body(),
  }));
  return {
    letters,
    ids: new Set(letters.map(({ guid }) => guid)).size,
    truth: () => parseExposition(truthOf(world, Date.now())),
    samples: readExpected(truthSamplesOf(world)),
  };
}

import type { Window } from './openapi-types.ts';

/** The length of one point of an answer. */
export type Step = NonNullable<Window['step']>;

const MINUTE_MS = 60_000;
export const STEP_MS: Readonly<Record<Step, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '6h': 360 * MINUTE_MS,
  '1d': 1440 * MINUTE_MS,
};

/** When the step begins that a time is in. Steps count from midnight, UTC. */
export function stepStart(atMs: number, step: Step): number {
  return atMs - (atMs % STEP_MS[step]);
}

import type { Window } from '../../src/domain/openapi-types.ts';
import { STEP_MS, stepStart } from '../../src/domain/steps.ts';

/*
 * Answers leave out the steps in which nothing was; charts need all of them. Pure: no browser.
 */

/** The beginnings of all steps of an answer's window, in seconds since 1970. */
export function gridOf({ from, to, step }: Window): number[] {
  if (step === null) return [];
  const times: number[] = [];
  for (let ms = stepStart(Date.parse(from), step); ms < Date.parse(to); ms += STEP_MS[step])
    times.push(ms / 1000);
  return times;
}

/** A point of an answer: the step's beginning, and its values. */
export type Point = readonly [time: string, ...values: number[]];

/**
 * One value of each point on the grid; `missing` where there is no point: null for a percentile of nothing, 0
 * for a count. `index` 1 is the first value.
 */
export function onGrid<T extends number | null>(
  grid: readonly number[],
  points: readonly Point[],
  index: number,
  missing: T,
): (number | T)[] {
  const byTime = new Map(points.map((point) => [Date.parse(point[0]) / 1000, point[index]]));
  return grid.map((time) => {
    const value = byTime.get(time);
    return typeof value === 'number' ? value : missing;
  });
}

import { nearestIndex } from '../domain/nearest-rank.ts';
import { selected } from './select.ts';

/**
 * The nearest ranks of values, `shares` in ascending order; NaN of none. Moves the values, and takes a small
 * part of the time of sorting.
 */
export function nearestRanks(values: Float64Array, shares: readonly number[]): number[] {
  // What comes before a rank that is found is not above it.
  let from = 0;
  return shares.map((share) => {
    const index = nearestIndex(values.length, share);
    const found = selected(values.subarray(from), index - from);
    from = index;
    return found;
  });
}

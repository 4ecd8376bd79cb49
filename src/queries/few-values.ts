/** Percentiles of fewer values say little. */
const FEW = 5;

/** The values themselves, in seconds, where there are few; else null. */
export function fewValues(ascendingMs: Float64Array): number[] | null {
  return ascendingMs.length < FEW ? Array.from(ascendingMs, (each) => each / 1000) : null;
}

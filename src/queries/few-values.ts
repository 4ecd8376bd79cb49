/** Percentiles of fewer values say little. */
const FEW = 5;

/** The values themselves, in seconds and in ascending order, where there are few; else null. */
export function fewValues(valuesMs: Float64Array): number[] | null {
  return valuesMs.length < FEW ? Array.from(valuesMs.toSorted(), (each) => each / 1000) : null;
}

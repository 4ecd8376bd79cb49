/** The ⌈p·n⌉-th smallest of n values in ascending order: one of them, never one in between. NaN of none. */
export function nearestRank(ascending: ArrayLike<number>, p: number): number {
  return ascending[nearestIndex(ascending.length, p)] ?? Number.NaN;
}

/** Where in `count` values in ascending order the ⌈p·count⌉-th is. */
export function nearestIndex(count: number, p: number): number {
  // A product such as 0.95 * 20 may be a little more than it should be.
  return Math.max(1, Math.ceil(p * count - 1e-9)) - 1;
}

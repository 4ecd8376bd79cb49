/** The ⌈p·n⌉-th smallest of n values in ascending order: one of them, never one in between. NaN of none. */
export function nearestRank(ascending: ArrayLike<number>, p: number): number {
  const { length } = ascending;
  // A product such as 0.95 * 20 may be a little more than it should be.
  const rank = Math.ceil(p * length - 1e-9);
  return ascending[Math.max(1, rank) - 1] ?? Number.NaN;
}

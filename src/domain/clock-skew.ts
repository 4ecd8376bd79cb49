/** Clocks of machines that are synchronized differ by less. */
export const MAX_SKEW_MS = 2000;

/** By how much at least another clock is ahead of ours, negative: behind, if it showed `otherMs` between two looks at ours. */
export function skewMs(
  otherMs: number,
  { beforeMs, afterMs }: { readonly beforeMs: number; readonly afterMs: number },
): number {
  if (otherMs > afterMs) return otherMs - afterMs;
  return otherMs < beforeMs ? otherMs - beforeMs : 0;
}

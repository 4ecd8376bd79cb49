const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;
const PASSES = 3;
/** Below, the sort of the engine is as quick. */
const LEAST = 4096;

/**
 * A sorted copy. For many whole numbers that differ by less than 2^32, as times in milliseconds do, by far
 * quicker than comparing.
 */
export function ascending(values: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(values);
  if (copy.length < LEAST) return copy.sort();
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < copy.length; at += 1) least = Math.min(least, copy[at] ?? least);
  const numbers = new Uint32Array(copy.length);
  for (let at = 0; at < copy.length; at += 1) {
    const more = (copy[at] ?? 0) - least;
    numbers[at] = more;
    if (numbers[at] !== more) return copy.sort();
  }
  const sorted = radixSorted(numbers);
  for (let at = 0; at < copy.length; at += 1) copy[at] = least + (sorted[at] ?? 0);
  return copy;
}

/** From the lowest digit to the highest, each time in the order of the one before. */
function radixSorted(numbers: Uint32Array): Uint32Array {
  let from: Uint32Array = numbers;
  let to: Uint32Array = new Uint32Array(numbers.length);
  for (let pass = 0; pass < PASSES; pass += 1) {
    const shift = pass * DIGIT_BITS;
    const next = new Uint32Array(DIGITS + 1);
    for (let at = 0; at < from.length; at += 1) {
      const digit = ((from[at] ?? 0) >>> shift) & (DIGITS - 1);
      next[digit + 1] = (next[digit + 1] ?? 0) + 1;
    }
    for (let digit = 1; digit <= DIGITS; digit += 1)
      next[digit] = (next[digit] ?? 0) + (next[digit - 1] ?? 0);
    for (let at = 0; at < from.length; at += 1) {
      const value = from[at] ?? 0;
      const digit = (value >>> shift) & (DIGITS - 1);
      const place = next[digit] ?? 0;
      to[place] = value;
      next[digit] = place + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}

/*
 * Bytes as text, a character (below 256) for each: in memory they are half of a `Buffer`, such a text can be the key of a
 * map, and `Buffer.write(text, at, 'latin1')` copies it. What is made once and sent often is kept in this way.
 */

/** The bytes of a text in UTF-8. */
export function byteText(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');
}

const ZERO = 48;
/** Whole numbers below it are exact when they are divided by a power of ten. */
const MOST = 1e15;
/** What is below it is divided as an integer of the machine, which is several times as fast. */
const PART = 1e9;
const PART_DIGITS = 9;

/** Writes a number as JavaScript does, in at most 25 bytes. Returns where it ends. */
export function writeNumberText(bytes: Buffer, value: number, start: number): number {
  // Not -0 as a whole number: it is written `0` all the same.
  if (!(value >= 0 && value < MOST && Math.floor(value) === value))
    return start + bytes.write(String(value), start, 'latin1');
  const high = Math.floor(value / PART);
  if (high === 0) return writeDigits(bytes, value, start, digitsOf(value));
  const middle = writeDigits(bytes, high, start, digitsOf(high));
  return writeDigits(bytes, value - PART * high, middle, PART_DIGITS);
}

function digitsOf(number: number): number {
  let count = 1;
  for (let power = 10; number >= power; power *= 10) count += 1;
  return count;
}

/** With zeros in front. */
function writeDigits(bytes: Buffer, number: number, start: number, count: number): number {
  let rest = number | 0;
  for (let at = start + count - 1; at >= start; at -= 1) {
    const tenth = (rest / 10) | 0;
    bytes[at] = ZERO + rest - 10 * tenth;
    rest = tenth;
  }
  return start + count;
}

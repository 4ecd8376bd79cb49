/*
 * Bytes as text, a character (below 256) for each: in memory they are half of a `Buffer`, such a text can be the key of a
 * map, and `Buffer.write(text, at, 'latin1')` copies it. What is made once and sent often is kept in this way.
 */

/** The bytes of a text in UTF-8. */
export function byteText(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');
}

const ZERO = 48;
/** Whole numbers below it are exact when they are divided by ten. */
const MOST = 1e15;

/** Writes a number as JavaScript does, in at most 25 bytes. Returns where it ends. */
export function writeNumberText(bytes: Buffer, value: number, start: number): number {
  // Not -0 as a whole number: it is written `0` all the same.
  if (!(value >= 0 && value < MOST && Math.floor(value) === value))
    return start + bytes.write(String(value), start, 'latin1');
  let end = start + 1;
  for (let power = 10; value >= power; power *= 10) end += 1;
  let rest = value;
  for (let at = end - 1; at >= start; at -= 1) {
    const tenth = Math.floor(rest / 10);
    bytes[at] = ZERO + rest - 10 * tenth;
    rest = tenth;
  }
  return end;
}

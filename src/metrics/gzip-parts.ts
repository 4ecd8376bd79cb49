import { nodeZlib } from '../http/gzip.ts';

/*
 * Gzip in parts that are compressed each by itself, joined in any order into one stream as every program reads it
 * (several streams one after the other would be as valid, but browsers and curl stop after the first):
 * https://www.rfc-editor.org/rfc/rfc1952. Its checksum is that of the parts, combined.
 */

export interface GzipPart {
  /** Ends at a whole byte, and does not end the stream. */
  readonly deflated: Uint8Array;
  readonly crc: number;
  /** Before it was compressed. */
  readonly length: number;
}

const HEAD = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3] as const;
/** An empty last block. */
const END = [3, 0] as const;
const TRAILER_BYTES = 8;

export function packPart(bytes: Uint8Array): GzipPart {
  const { constants, crc32, deflateRawSync } = nodeZlib();
  // As fast as gzip can: it is read once, over a short distance.
  const deflated = deflateRawSync(bytes, {
    level: constants.Z_BEST_SPEED,
    finishFlush: constants.Z_SYNC_FLUSH,
  });
  // A copy: the buffer behind it is much larger.
  return { deflated: new Uint8Array(deflated), crc: crc32(bytes), length: bytes.length };
}

/** In a buffer that nothing else uses. */
export function joinParts(parts: readonly GzipPart[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, { deflated }) => sum + deflated.length, 0);
  const bytes = Buffer.allocUnsafeSlow(HEAD.length + size + END.length + TRAILER_BYTES);
  bytes.set(HEAD);
  let end: number = HEAD.length;
  let crc = 0;
  let length = 0;
  for (const part of parts) {
    bytes.set(part.deflated, end);
    end += part.deflated.length;
    crc = combinedCrc(crc, part);
    length += part.length;
  }
  bytes.set(END, end);
  end = bytes.writeUInt32LE(crc, end + END.length);
  bytes.writeUInt32LE(length % 2 ** 32, end);
  return bytes;
}

/*
 * CRC-32 as polynomials over the field of two elements, the highest bit first: the checksum of A followed by B is that
 * of A times x to the power of B's bits, plus that of B.
 */

const POLYNOMIAL = 0xedb88320;
const HIGHEST = 0x80000000;
/** x to the powers 1, 2, 4, 8 …: 2^32 is 1 again. */
const POWERS: readonly number[] = powersOfX();
/** A byte has 2^3 bits. */
const OF_BYTE = 3;

function combinedCrc(before: number, { crc, length }: Pick<GzipPart, 'crc' | 'length'>): number {
  let power = HIGHEST;
  for (let rest = length, at = OF_BYTE; rest > 0; rest = Math.floor(rest / 2), at += 1)
    if (rest % 2 === 1) power = product(POWERS[at % POWERS.length] ?? 0, power);
  return (product(power, before) ^ crc) >>> 0;
}

function powersOfX(): number[] {
  const powers = [HIGHEST >>> 1];
  for (let count = 1; count < 32; count += 1) {
    const last = powers.at(-1) ?? 0;
    powers.push(product(last, last));
  }
  return powers;
}

function product(one: number, other: number): number {
  let sum = 0;
  let shifted = other;
  for (let bit = HIGHEST; bit !== 0; bit >>>= 1) {
    if ((one & bit) !== 0) sum ^= shifted;
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
  }
  return sum >>> 0;
}

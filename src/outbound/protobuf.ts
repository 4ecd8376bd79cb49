import { byteText } from '../domain/byte-text.ts';

/*
 * What protobuf messages are made of (https://protobuf.dev/programming-guides/encoding/), for the few formats that are
 * written here by hand. `sized` and `text` give the bytes of one field, as in byte-text.ts; a message is its fields one
 * after the other. Field numbers are at most 15, whose key is one byte.
 */

/**
 * What comes after a field's number in its key: a number follows, eight bytes, or a length and as many bytes.
 */
export const VARINT = 0;
export const EIGHT_BYTES = 1;
export const SIZED = 2;

/** A message, or anything else of which the length comes first, with this in it. */
export function sized(field: number, inside: string): string {
  return String.fromCharCode(keyOf(field, SIZED), ...varint(inside.length)) + inside;
}

export function text(field: number, value: string): string {
  return sized(field, byteText(value));
}

function varint(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(varintLength(value));
  writeVarint(bytes, value, 0);
  return bytes;
}

/**
 * Writes an integer of up to 53 bits that is not negative, so shifting would not work. Returns where it ends.
 */
export function writeVarint(bytes: Buffer, value: number, start: number): number {
  let end = start;
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes[end++] = (rest % 128) | 128;
  bytes[end++] = rest;
  return end;
}

/** How many bytes it takes. */
export function varintLength(value: number): number {
  let count = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) count += 1;
  return count;
}

/** What begins each field. */
export function keyOf(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

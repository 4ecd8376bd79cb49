/*
 * What protobuf messages are made of (https://protobuf.dev/programming-guides/encoding/), for the few formats that are
 * written here by hand. Each function gives the bytes of one field; a message is its fields one after the other. Field
 * numbers are at most 15, whose key is one byte.
 */

/**
 * What comes after a field's number in its key: a number follows, eight bytes, or a length and as many bytes.
 */
export const VARINT = 0;
export const EIGHT_BYTES = 1;
export const SIZED = 2;

/** A message, or anything else of which the length comes first, made of these parts. */
export function sized(field: number, inside: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([headOf(field, inside), ...inside]);
}

/** What comes before the parts of a field that has its length first. */
export function headOf(field: number, inside: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.allocUnsafe(6);
  const length = inside.reduce((sum, part) => sum + part.length, 0);
  return head.subarray(0, writeVarint(head, length, head.writeUInt8(keyOf(field, SIZED))));
}

export function text(field: number, value: string): Uint8Array {
  return sized(field, [Buffer.from(value)]);
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

/** What begins each field. */
export function keyOf(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

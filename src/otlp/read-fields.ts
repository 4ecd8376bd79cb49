/** A number, or the bytes of a text or of a message inside. */
export type FieldValue = number | Buffer;

/**
 * The fields of a small protobuf message by their numbers, the last value of each; null if it is none. Numbers beyond
 * 2^53 are not exact. Eight or four bytes stay bytes. `isCut`: it is the beginning of one, and so may be its last field.
 */
export function readFields(message: Uint8Array, isCut = false): ReadonlyMap<number, FieldValue> | null {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  const fields = new Map<number, FieldValue>();
  let at = 0;
  while (at < bytes.length) {
    const key = readVarint(bytes, at);
    if (key === null || key.value < 8) return null;
    const wireType = key.value % 8;
    const read = wireType === 0 ? readVarint(bytes, key.end) : readBytes(bytes, key.end, wireType, isCut);
    if (read === null) return null;
    fields.set(Math.floor(key.value / 8), read.value);
    at = read.end;
  }
  return fields;
}

interface Read<Value> {
  readonly value: Value;
  readonly end: number;
}

function readBytes(bytes: Buffer, start: number, wireType: number, isCut: boolean): Read<Buffer> | null {
  const sizes = { 1: { value: 8, end: start }, 5: { value: 4, end: start } };
  const size = wireType === 2 ? readVarint(bytes, start) : (sizes[wireType as keyof typeof sizes] ?? null);
  if (size === null) return null;
  const end = Math.min(size.end + size.value, isCut ? bytes.length : Infinity);
  if (end > bytes.length) return null;
  return { value: bytes.subarray(size.end, end), end };
}

const MOST_BYTES = 10;

function readVarint(bytes: Buffer, start: number): Read<number> | null {
  let value = 0;
  for (let at = start; at < Math.min(bytes.length, start + MOST_BYTES); at += 1) {
    const byte = bytes.readUInt8(at);
    value += (byte % 128) * 128 ** (at - start);
    if (byte < 128) return { value, end: at + 1 };
  }
  return null;
}

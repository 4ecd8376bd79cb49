/*
 * Compression in Snappy's block format (https://github.com/google/snappy/blob/main/format_description.txt),
 * which remote write requires: the length, then literals and copies of what came before.
 */

/** A slot of the table holds the last position of its hash. */
const TABLE_BITS = 14;
/** Copies that reach farther would take five bytes. */
const MAX_DISTANCE = 0xffff;
const MIN_COPY = 4;
const MAX_COPY = 64;

/** Input, and what is written so far. */
interface Compression {
  readonly input: Buffer;
  readonly output: Buffer;
  /** How many bytes of `output` are written. */
  end: number;
}

/**
 * One block with all of the bytes; at most 4 GiB. Greedy: uses the most recent repetition that starts here.
 */
export function compressBlock(bytes: Uint8Array): Uint8Array {
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const compression = { input, output: Buffer.allocUnsafe(worstCase(input.length)), end: 0 };
  writeLength(compression, input.length);
  const lastSeen = new Uint32Array(1 << TABLE_BITS);
  let written = 0;
  // An empty slot is 0, so the search starts after it.
  for (let at = 1; at + MIN_COPY <= input.length; ) {
    const word = input.readInt32LE(at);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - TABLE_BITS);
    const before = lastSeen[slot] ?? 0;
    lastSeen[slot] = at;
    if (at - before > MAX_DISTANCE || input.readInt32LE(before) !== word) {
      // The longer nothing repeats, the wider the steps: incompressible data costs little time.
      at += 1 + ((at - written) >> 5);
      continue;
    }
    const length = repetition(input, before, at);
    writeLiteral(compression, written, at);
    writeCopy(compression, at - before, length);
    at += length;
    written = at;
  }
  writeLiteral(compression, written, input.length);
  return compression.output.subarray(0, compression.end);
}

/**
 * The most that a block can take. A copy is at most as long as what it replaces; only literals over 60 bytes
 * need more than one extra byte, and then at most four more.
 */
function worstCase(length: number): number {
  return 32 + length + Math.ceil(length / 6);
}

function repetition(input: Buffer, before: number, at: number): number {
  let length = MIN_COPY;
  while (at + length < input.length && input[before + length] === input[at + length]) length++;
  return length;
}

function writeLength(to: Compression, length: number): void {
  let rest = length;
  for (; rest > 127; rest = Math.floor(rest / 128)) to.output[to.end++] = (rest % 128) | 128;
  to.output[to.end++] = rest;
}

function writeLiteral(to: Compression, start: number, end: number): void {
  if (start === end) return;
  const code = end - start - 1;
  const lengthBytes = code < 60 ? 0 : Math.ceil((32 - Math.clz32(code)) / 8);
  to.output[to.end++] = (lengthBytes === 0 ? code : 59 + lengthBytes) << 2;
  if (lengthBytes > 0) to.end = to.output.writeUIntLE(code, to.end, lengthBytes);
  to.end += to.input.copy(to.output, to.end, start, end);
}

function writeCopy(to: Compression, distance: number, length: number): void {
  let rest = length;
  // The rest must be at least as long as the shortest copy.
  for (; rest >= MAX_COPY + MIN_COPY; rest -= MAX_COPY) writeShortCopy(to, distance, MAX_COPY);
  if (rest > MAX_COPY) {
    writeShortCopy(to, distance, MAX_COPY - MIN_COPY);
    rest -= MAX_COPY - MIN_COPY;
  }
  writeShortCopy(to, distance, rest);
}

function writeShortCopy(to: Compression, distance: number, length: number): void {
  if (length < 12 && distance < 2048) {
    to.output[to.end++] = ((distance >> 8) << 5) | ((length - MIN_COPY) << 2) | 1;
    to.output[to.end++] = distance & 0xff;
  } else {
    to.output[to.end++] = ((length - 1) << 2) | 2;
    to.end = to.output.writeUInt16LE(distance, to.end);
  }
}

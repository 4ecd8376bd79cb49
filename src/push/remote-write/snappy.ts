/*
 * Compression in Snappy's block format (https://github.com/google/snappy/blob/main/format_description.txt),
 * which remote write requires: the length, then literals and copies of what came before.
 */

/** A slot of the table holds the last position of its hash. */
const TABLE_BITS = 13;
/** Copies that reach farther would take five bytes. */
const MAX_DISTANCE = 0xffff;
const MIN_COPY = 4;
const MAX_COPY = 64;
/** The length of a longer literal takes bytes of its own. */
const SHORT_LITERAL = 60;

/**
 * One block with all of the bytes; at most 4 GiB. Greedy: uses the most recent repetition that starts here.
 */
export function compressBlock(bytes: Uint8Array): Uint8Array {
  // Many times as fast as the methods of a Buffer.
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lastSeen = new Uint32Array(1 << TABLE_BITS);
  const output = new Uint8Array(worstCase(bytes.length));
  let end = writeLength(output, bytes.length);
  let written = 0;
  // An empty slot is 0, so the search starts after it.
  for (let at = 1; at + MIN_COPY <= bytes.length; ) {
    const word = words.getInt32(at, true);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - TABLE_BITS);
    const before = lastSeen[slot] as number;
    lastSeen[slot] = at;
    if (at - before > MAX_DISTANCE || words.getInt32(before, true) !== word) {
      // The longer nothing repeats, the wider the steps: incompressible data costs little time.
      at += 1 + ((at - written) >> 5);
      continue;
    }
    const length = repetition(words, before, at);
    end = writeLiteral(output, end, bytes, written, at);
    end = writeCopy(output, end, at - before, length);
    at += length;
    written = at;
  }
  return output.subarray(0, writeLiteral(output, end, bytes, written, bytes.length));
}

/**
 * The most that a block can take. A copy is at most as long as what it replaces; only literals over 60 bytes
 * need more than one extra byte, and then at most four more.
 */
function worstCase(length: number): number {
  return 32 + length + Math.ceil(length / 6);
}

function repetition(words: DataView, before: number, at: number): number {
  const most = words.byteLength - at;
  let length = MIN_COPY;
  while (length + 4 <= most && words.getInt32(before + length, true) === words.getInt32(at + length, true))
    length += 4;
  while (length < most && words.getUint8(before + length) === words.getUint8(at + length)) length += 1;
  return length;
}

// Each of these writes to `output` from `start` on, and returns where it ends.

function writeLength(output: Uint8Array, length: number): number {
  let end = 0;
  let rest = length;
  for (; rest > 127; rest = Math.floor(rest / 128)) output[end++] = (rest % 128) | 128;
  output[end++] = rest;
  return end;
}

function writeLiteral(
  output: Uint8Array,
  start: number,
  input: Uint8Array,
  from: number,
  to: number,
): number {
  if (from === to) return start;
  const code = to - from - 1;
  let end = start;
  if (code < SHORT_LITERAL) {
    output[end++] = code << 2;
    for (let at = from; at < to; at += 1) output[end++] = input[at] as number;
    return end;
  }
  const lengthBytes = Math.ceil((32 - Math.clz32(code)) / 8);
  output[end++] = (SHORT_LITERAL - 1 + lengthBytes) << 2;
  for (let rest = code; end <= start + lengthBytes; rest >>>= 8) output[end++] = rest & 0xff;
  output.set(input.subarray(from, to), end);
  return end + to - from;
}

function writeCopy(output: Uint8Array, start: number, distance: number, length: number): number {
  let end = start;
  let rest = length;
  // The rest must be at least as long as the shortest copy.
  for (; rest >= MAX_COPY + MIN_COPY; rest -= MAX_COPY) end = writeShortCopy(output, end, distance, MAX_COPY);
  if (rest <= MAX_COPY) return writeShortCopy(output, end, distance, rest);
  end = writeShortCopy(output, end, distance, MAX_COPY - MIN_COPY);
  return writeShortCopy(output, end, distance, rest - (MAX_COPY - MIN_COPY));
}

function writeShortCopy(output: Uint8Array, start: number, distance: number, length: number): number {
  let end = start;
  if (length < 12 && distance < 2048) {
    output[end++] = ((distance >> 8) << 5) | ((length - MIN_COPY) << 2) | 1;
    output[end++] = distance & 0xff;
  } else {
    output[end++] = ((length - 1) << 2) | 2;
    output[end++] = distance & 0xff;
    output[end++] = distance >> 8;
  }
  return end;
}

import assert from 'node:assert/strict';

/** Reads a block as the description of the format says, byte for byte, refusing all that it does not allow. */
export function decompress(block: Uint8Array): Uint8Array {
  let at = 0;
  const byte = () => block[at++] ?? assert.fail('the block ends early');
  const littleEndian = (bytes: number) =>
    Array.from({ length: bytes }, byte).reduceRight((sum, each) => sum * 256 + each, 0);
  let length = 0;
  for (let scale = 1, more = true; more; scale *= 128) {
    const next = byte();
    length += (next & 127) * scale;
    more = next > 127;
  }
  const output: number[] = [];
  const copy = (distance: number, count: number) => {
    assert.ok(distance > 0 && distance <= output.length, `a copy from ${distance} before ${output.length}`);
    for (let i = 0; i < count; i++) output.push(output[output.length - distance] ?? assert.fail());
  };
  while (at < block.length) {
    const tag = byte();
    const upper = tag >> 2;
    if ((tag & 3) === 0) {
      const count = upper < 60 ? upper : littleEndian(upper - 59);
      for (let i = 0; i <= count; i++) output.push(byte());
    } else if ((tag & 3) === 1) copy((tag >> 5) * 256 + byte(), (upper & 7) + 4);
    else copy(littleEndian((tag & 3) === 2 ? 2 : 4), upper + 1);
  }
  assert.equal(output.length, length);
  return Uint8Array.from(output);
}

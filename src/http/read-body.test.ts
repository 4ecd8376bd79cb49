import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { createBodyReader } from './read-body.ts';

/** The reader uses a request as a stream only. */
function request(): PassThrough & IncomingMessage {
  return new PassThrough() as unknown as PassThrough & IncomingMessage;
}

test('a body is read whole, however it is split', async () => {
  const chunk = fc.uint8Array({ minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 40 }), async (chunks) => {
      const whole = Buffer.concat(chunks);
      const stream = request();
      const reading = createBodyReader(whole.length, whole.length)(stream);
      for (const each of chunks) stream.write(each);
      stream.end();
      assert.deepEqual(await reading, whole);
    }),
    { numRuns: 200 },
  );
});

test('one byte over the limit is too large', async () => {
  const stream = request();
  const reading = createBodyReader(10, 100)(stream);
  stream.write(Buffer.alloc(10));
  stream.write(Buffer.alloc(1));
  assert.equal(await reading, 'too_large');
});

test('bodies being read share a total, and return their part', async () => {
  const read = createBodyReader(10, 15);
  const [first, second, third] = [request(), request(), request()];
  const readings = [read(first), read(second)] as const;
  first.write(Buffer.alloc(10));
  await new Promise(setImmediate);
  second.write(Buffer.alloc(10));
  assert.equal(await readings[1], 'no_room');
  first.end();
  assert.deepEqual(await readings[0], Buffer.alloc(10));

  const reading = read(third);
  third.end(Buffer.alloc(10));
  assert.deepEqual(await reading, Buffer.alloc(10));
});

test('a small body is read although stalled large ones have taken all the room: the largest is dropped', async () => {
  const read = createBodyReader(100, 200);
  const large = [request(), request(), request()];
  const stalled = large.map((stream) => read(stream));
  for (const stream of large) stream.write(Buffer.alloc(66));
  await new Promise(setImmediate);
  const small = request();
  const reading = read(small);
  small.end(Buffer.alloc(9));
  assert.deepEqual(await reading, Buffer.alloc(9));
  assert.equal(await stalled[2], 'no_room');
});

test('room is returned when the client leaves', async () => {
  const read = createBodyReader(10, 10);
  for (let i = 0; i < 3; i++) {
    const stream = request();
    const reading = read(stream);
    stream.write(Buffer.alloc(10));
    await new Promise(setImmediate);
    stream.destroy();
    assert.equal(await reading, 'aborted');
  }
});

/** Memory of all objects that are still in use. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

test('one-byte chunks take no more memory than their bytes', async () => {
  const count = 400_000;
  const stream = request();
  const reading = createBodyReader(count, 4 * count)(stream);
  const beforeBytes = heapBytes();
  const chunk = Buffer.alloc(1);
  for (let i = 0; i < count; i++) stream.emit('data', chunk);
  // A list of the chunks would take at least 8 bytes for each of them.
  assert.ok(heapBytes() - beforeBytes < 2 * 1024 * 1024);
  stream.end();
  assert.equal((await reading).length, count);
});

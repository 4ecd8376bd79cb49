import type { IncomingMessage } from 'node:http';

/** Why there is no body: it is over the limit, no memory is left for bodies, or the client went away. */
export type UnreadBody = 'too_large' | 'no_room' | 'aborted';

const NOTHING = Buffer.alloc(0);

/**
 * Creates a reader of whole bodies of at most `limitBytes`. All bodies that are being read hold at most
 * `totalBytes` together. The limits apply while reading, whatever the request says about its length and
 * however small its chunks are. When no room is left, the largest body is dropped, so that a few huge ones
 * can't keep out those of usual size. What comes after a limit is discarded; closing the connection is up to
 * the caller.
 */
export function createBodyReader(
  limitBytes: number,
  totalBytes: number,
): (request: IncomingMessage) => Promise<Buffer | UnreadBody> {
  let heldBytes = 0;
  const reading = new Set<{ readonly bytes: number; giveWay(): void }>();

  function makeRoom(): void {
    while (heldBytes > totalBytes) {
      // Of equal ones the last.
      [...reading].reduce((largest, each) => (each.bytes >= largest.bytes ? each : largest)).giveWay();
    }
  }

  return (request) =>
    new Promise((resolve) => {
      let body: Buffer = NOTHING;
      let length = 0;
      let done = false;
      const own = {
        get bytes() {
          return body.length;
        },
        giveWay: () => finish('no_room'),
      };
      reading.add(own);

      request.on('data', (chunk: Buffer) => {
        if (done) return;
        if (length + chunk.length > limitBytes) return finish('too_large');
        const grown = append(body, length, chunk, limitBytes);
        heldBytes += grown.length - body.length;
        body = grown;
        length += chunk.length;
        if (heldBytes > totalBytes) makeRoom();
      });
      request.on('end', () => finish(length === body.length ? body : body.subarray(0, length)));
      request.on('close', () => finish('aborted'));

      function finish(result: Buffer | UnreadBody): void {
        if (done) return;
        done = true;
        reading.delete(own);
        heldBytes -= body.length;
        body = NOTHING;
        resolve(result);
      }
    });
}

/**
 * `chunk` after the first `length` bytes of `body`, which is replaced by a larger buffer when it is full.
 * Most bodies are one chunk and are never copied. A list of chunks would let one-byte chunks take a hundred
 * times their size.
 */
function append(body: Buffer, length: number, chunk: Buffer, limitBytes: number): Buffer {
  if (length === 0) return chunk;
  const needed = length + chunk.length;
  let room = body;
  if (needed > body.length) {
    room = Buffer.allocUnsafeSlow(Math.min(limitBytes, Math.max(needed, 2 * body.length)));
    body.copy(room, 0, 0, length);
  }
  chunk.copy(room, length);
  return room;
}

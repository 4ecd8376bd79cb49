import { hash, timingSafeEqual } from 'node:crypto';

/** A secret, prepared: the block that is hashed before a body, and the one before the hash of both (RFC 2104). */
export interface SignatureKey {
  readonly inner: Uint8Array;
  readonly outer: Uint8Array;
}

/** What SHA-256 takes at once. A longer secret is replaced by its hash. */
const BLOCK_BYTES = 64;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** Prepares secrets for `verifySignature`. Throws for an empty secret, with which anybody could sign. */
export function signatureKeys(secrets: readonly string[]): SignatureKey[] {
  return secrets.map((secret) => {
    if (secret === '') throw new TypeError('A secret is empty.');
    const bytes = Buffer.from(secret, 'utf8');
    const block = Buffer.alloc(BLOCK_BYTES);
    block.set(bytes.length > BLOCK_BYTES ? hash('sha256', bytes, 'buffer') : bytes);
    return { inner: block.map((byte) => byte ^ INNER_PAD), outer: block.map((byte) => byte ^ OUTER_PAD) };
  });
}

/**
 * Whether `signature` (`sha256=` and 64 hex digits) is the HMAC-SHA256 of exactly these bytes under one of
 * the keys. It always tries all keys, so the time it takes reveals neither how close a guess was nor which
 * key matches.
 */
export function verifySignature(body: Uint8Array, signature: string, keys: readonly SignatureKey[]): boolean {
  if (!/^sha256=[0-9a-f]{64}$/i.test(signature)) return false;
  const given = Buffer.from(signature.slice('sha256='.length), 'hex');
  let matches = 0;
  for (const { inner, outer } of keys) {
    const expected = hashAfter(outer, hashAfter(inner, body));
    matches += Number(timingSafeEqual(expected, given));
  }
  return matches > 0;
}

/** Nearly all bodies fit. */
const ROOM = Buffer.alloc(64 * 1024);

/** The hash of a block and a message. `createHmac` makes objects for each body that cost more than this (decision 31). */
function hashAfter(block: Uint8Array, message: Uint8Array): Buffer {
  const length = BLOCK_BYTES + message.length;
  const room = length <= ROOM.length ? ROOM : Buffer.alloc(length);
  room.set(block);
  room.set(message, BLOCK_BYTES);
  // As text, because a buffer of its own would cost more than reading that.
  return Buffer.from(hash('sha256', room.subarray(0, length), 'hex'), 'hex');
}

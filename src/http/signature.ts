import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Prepares secrets for `verifySignature`. Throws for an empty secret, with which anybody could sign. */
export function signatureKeys(secrets: readonly string[]): KeyObject[] {
  return secrets.map((secret) => {
    if (secret === '') throw new TypeError('A secret is empty.');
    return createSecretKey(secret, 'utf8');
  });
}

/**
 * Whether `signature` (`sha256=` and 64 hex digits) is the HMAC-SHA256 of exactly these bytes under one of
 * the keys. It always tries all keys, so the time it takes reveals neither how close a guess was nor which
 * key matches.
 */
export function verifySignature(body: Uint8Array, signature: string, keys: readonly KeyObject[]): boolean {
  if (!/^sha256=[0-9a-f]{64}$/i.test(signature)) return false;
  const given = Buffer.from(signature.slice('sha256='.length), 'hex');
  let matches = 0;
  for (const key of keys) {
    const expected = createHmac('sha256', key).update(body).digest();
    matches += Number(timingSafeEqual(expected, given));
  }
  return matches > 0;
}

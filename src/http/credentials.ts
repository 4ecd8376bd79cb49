import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Checks whether a text is one of the secrets. It compares digests of equal length, and always all of them,
 * so the time it takes reveals nothing about any secret.
 */
function createSecretCheck(secrets: readonly string[]): (text: string) => boolean {
  const digests = secrets.map(digestOf);
  return (text) => {
    const given = digestOf(text);
    let matches = 0;
    for (const digest of digests) matches += Number(timingSafeEqual(digest, given));
    return matches > 0;
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The token in an `Authorization` header, or null. */
export function bearerTokenOf(authorization: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** Checks an `Authorization` header for one of the tokens, in a time that reveals nothing about any. */
export function createBearerCheck(tokens: readonly string[]): (authorization: string | undefined) => boolean {
  const isKnown = createSecretCheck(tokens);
  return (authorization) => {
    const token = bearerTokenOf(authorization);
    return token !== null && isKnown(token);
  };
}

/**
 * Checks an `Authorization` header for one of the `user:password` pairs (RFC 7617, in UTF-8), in a time that
 * reveals nothing about any.
 */
export function createBasicCheck(pairs: readonly string[]): (authorization: string | undefined) => boolean {
  const isKnown = createSecretCheck(pairs);
  return (authorization) => {
    const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization ?? '')?.[1];
    return encoded !== undefined && isKnown(Buffer.from(encoded, 'base64').toString('utf8'));
  };
}

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
 * Checks an `Authorization` header (Basic, RFC 7617, in UTF-8) for one of the `user:password` pairs, or for one of
 * the tokens as password of any user, in a time that reveals nothing about any.
 */
export function createBasicCheck(
  pairs: readonly string[],
  tokens: readonly string[],
): (authorization: string | undefined) => boolean {
  const isPair = createSecretCheck(pairs);
  const isToken = createSecretCheck(tokens);
  return (authorization) => {
    const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization ?? '')?.[1];
    if (encoded === undefined) return false;
    const given = Buffer.from(encoded, 'base64').toString('utf8');
    const [colon, isKnownPair] = [given.indexOf(':'), isPair(given)];
    // Both are checked, always.
    const hasToken = isToken(given.slice(colon + 1)) && colon >= 0;
    return isKnownPair || hasToken;
  };
}

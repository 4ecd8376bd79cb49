import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Answers whether an `Authorization` header carries one of the tokens. Digests of equal length are compared, and all of
 * them every time, so the time it takes tells nothing about any token.
 */
export function createBearerCheck(tokens: readonly string[]): (authorization: string | undefined) => boolean {
  const digests = tokens.map(digestOf);
  return (authorization) => {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return false;
    const given = digestOf(token);
    let matches = 0;
    for (const digest of digests) matches += Number(timingSafeEqual(digest, given));
    return matches > 0;
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

import { createSecretCheck } from './known-secret.ts';

/**
 * Answers whether an `Authorization` header carries one of the `user:password` pairs (RFC 7617, in UTF-8), in
 * a time that tells nothing about any.
 */
export function createBasicCheck(pairs: readonly string[]): (authorization: string | undefined) => boolean {
  const isKnown = createSecretCheck(pairs);
  return (authorization) => {
    const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization ?? '')?.[1];
    return encoded !== undefined && isKnown(Buffer.from(encoded, 'base64').toString('utf8'));
  };
}

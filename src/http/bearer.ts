import { createSecretCheck } from './known-secret.ts';

/** The token in an `Authorization` header; null: it carries none. */
export function bearerTokenOf(authorization: string | undefined): string | null {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? null;
}

/**
 * Answers whether an `Authorization` header carries one of the tokens, in a time that tells nothing about
 * any.
 */
export function createBearerCheck(tokens: readonly string[]): (authorization: string | undefined) => boolean {
  const isKnown = createSecretCheck(tokens);
  return (authorization) => {
    const token = bearerTokenOf(authorization);
    return token !== null && isKnown(token);
  };
}

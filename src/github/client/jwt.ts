import { createPrivateKey, type KeyObject } from 'node:crypto';

/** GitHub accepts at most 10 minutes; a minute is left for clock skew. */
const LIFETIME_S = 9 * 60;
/** GitHub's advice against clock skew. */
const BACKDATED_S = 60;

/** The minimum for RS256 (https://www.rfc-editor.org/rfc/rfc7518#section-3.3), which GitHub's keys meet. */
const MIN_BITS = 2048;

/**
 * An RSA private key from PEM, PKCS#1 (as GitHub makes them) or PKCS#8; null if it is none, or too short.
 */
export function readAppKey(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    const isRsa = key.asymmetricKeyType === 'rsa';
    return isRsa && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_BITS ? key : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

/**
 * The JWT (RS256) that an App logs in with, valid from a minute before `nowMs` to nine minutes after it
 * (https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app).
 * `appId` is its id or its client id.
 */
export async function signAppJwt(appId: string, key: KeyObject, nowMs: number): Promise<string> {
  const { SignJWT } = await import('jose');
  const now = Math.floor(nowMs / 1000);
  return new SignJWT({ iat: now - BACKDATED_S, exp: now + LIFETIME_S, iss: appId })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .sign(key);
}

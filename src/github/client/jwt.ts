import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';

/** GitHub takes at most 10 minutes; a minute is left for what clocks differ. */
const LIFETIME_S = 9 * 60;
/** GitHub's advice against clocks that differ. */
const BACKDATED_S = 60;

/** What RS256 demands (https://www.rfc-editor.org/rfc/rfc7518#section-3.3), and GitHub's keys have. */
const LEAST_BITS = 2048;

/** An RSA private key from PEM, PKCS#1 (as GitHub makes them) or PKCS#8; null when it is none, or one that is too short. */
export function readAppKey(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    const isRsa = key.asymmetricKeyType === 'rsa';
    return isRsa && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= LEAST_BITS ? key : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

/**
 * What an App logs in with: a JWT of RS256, valid from a minute before `nowMs` to nine minutes after it
 * (https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app).
 * `appId` is its id or its client id.
 */
export function signAppJwt(appId: string, key: KeyObject, nowMs: number): Promise<string> {
  const now = Math.floor(nowMs / 1000);
  return new SignJWT({ iat: now - BACKDATED_S, exp: now + LIFETIME_S, iss: appId })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .sign(key);
}

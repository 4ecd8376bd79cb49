import { createPrivateKey, createSign, type KeyObject } from 'node:crypto';

/** GitHub takes at most 10 minutes; a minute is left for what clocks differ. */
const LIFETIME_S = 9 * 60;
/** GitHub's advice against clocks that differ. */
const BACKDATED_S = 60;

/** An RSA private key from PEM, PKCS#1 (as GitHub makes them) or PKCS#8; null when it is none. */
export function readAppKey(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key : null;
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
export function signAppJwt(appId: string, key: KeyObject, nowMs: number): string {
  const now = Math.floor(nowMs / 1000);
  const claims = { iat: now - BACKDATED_S, exp: now + LIFETIME_S, iss: appId };
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

import { redactText } from '../logger/redact.ts';

const MAX_LENGTH = 300;
/** Shorter ones occur in ordinary words, and protect nothing. */
const MIN_SECRET_LENGTH = 4;

/**
 * Makes a receiver's message fit for people: one bounded line without the given secrets, which servers tend
 * to quote, and without what looks like one.
 */
export function reasonWriter(secrets: readonly string[]): (text: string) => string {
  // One secret may be part of another.
  const hidden = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    const plain = hidden.reduce((shown, secret) => shown.replaceAll(secret, '<secret>'), text);
    const line = redactText(plain)
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim();
    // Cut last, so that no half secret remains.
    return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH)}…`;
  };
}

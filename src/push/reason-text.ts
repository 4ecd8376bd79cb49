import { redactText } from '../logger/redact.ts';

const MAX_LENGTH = 300;
/** Shorter ones would be found in ordinary words, and protect nothing. */
const MIN_SECRET_LENGTH = 4;

/**
 * Makes what a receiver says fit for people: one bounded line without the given secrets, which servers like to quote, and
 * without what looks like one.
 */
export function reasonWriter(secrets: readonly string[]): (text: string) => string {
  // A secret may be part of another.
  const hidden = secrets
    .filter((secret) => secret.length >= MIN_SECRET_LENGTH)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    const plain = hidden.reduce((shown, secret) => shown.replaceAll(secret, '<secret>'), text);
    const line = redactText(plain)
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim();
    // Cut last, so that no half secret stays.
    return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH)}…`;
  };
}

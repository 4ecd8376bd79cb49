/*
 * The secrets of the configuration, known by their values: whatever they look like, and wherever they turn
 * up, they are taken out of what people read. Of each thread, and only ever more: a secret that was rotated
 * out is one still.
 */

/** Shorter ones would be found in ordinary words. */
const MIN_LENGTH = 8;

const secrets = new Set<string>();
/** The secrets as they are written in texts, the longest first: one may be part of another. */
let spellings: readonly string[] = [];

/** From now on these are taken out of every text, also where they are encoded. */
export function protectSecrets(values: readonly string[]): void {
  for (const value of values) if (value.length >= MIN_LENGTH) secrets.add(value);
  spellings = [...new Set([...secrets].flatMap(spellingsOf))].sort((a, b) => b.length - a.length);
}

/** Those that are protected, for another thread. */
export function protectedSecrets(): readonly string[] {
  return [...secrets];
}

/** The text with `placeholder` in place of every protected secret. */
export function withoutKnownSecrets(text: string, placeholder: string): string {
  return spellings.reduce((shown, spelling) => shown.replaceAll(spelling, placeholder), text);
}

function spellingsOf(value: string): string[] {
  const secret = value.toWellFormed();
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64');
  return [
    secret,
    value,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ];
}

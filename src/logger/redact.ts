/*
 * Keeps secrets out of what people read. Two nets: keys whose values are secrets whatever they look like,
 * and texts that look like a secret wherever they stand.
 */

const PLACEHOLDER = '<secret>';

/** Compared with keys in lower case without `-` and `_`: `X-Hub-Signature-256` ends in `signature256`. */
const SECRET_KEY =
  /(secret|secrets|token|tokens|password|passwd|passphrase|authorization|cookie|signature|signature256|privatekey|apikey)$/;

/** Each with what to put instead. Lengths are open because GitHub changes those of its tokens. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, PLACEHOLDER],
  [/\b(?:gh[opusr]|github_pat)_[A-Za-z0-9_.-]{8,}/g, PLACEHOLDER],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, PLACEHOLDER],
  [/\b(sha(?:1|256)=)[0-9a-f]{40,}/gi, `$1${PLACEHOLDER}`],
  [/\b(authorization["']?\s*[:=]\s*)[^\r\n]+/gi, `$1${PLACEHOLDER}`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{16,}/gi, `$1 ${PLACEHOLDER}`],
  // `user:password@` and `token@`; a password may hold an unescaped slash, but `host:port/path@x` has none.
  // The bounds keep the time linear in texts that only look like a URL.
  [
    /\b([a-z][a-z0-9+.-]{0,20}:\/\/)(?:[^\s/?#@:"']{0,500}:(?!\d{1,5}[/?#])[^\s"']{0,500}|[^\s/?#"']{0,500})@/gi,
    `$1${PLACEHOLDER}@`,
  ],
];

/** The text with everything replaced that looks like a token, a private key, a signature or a password in a URL. */
export function redactText(text: string): string {
  let redacted = text;
  for (const [pattern, replacement] of SECRET_TEXTS) redacted = redacted.replace(pattern, replacement);
  return redacted;
}

/** Whether the value of that key or header is a secret by its name. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key.toLowerCase().replace(/[-_]/g, ''));
}

/** What stands in a log line for a value of a secret key; what can hold no secret stays. */
export function redactSecret(value: unknown): unknown {
  return value === null || value === undefined || typeof value === 'boolean' ? value : PLACEHOLDER;
}

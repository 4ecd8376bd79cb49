import { withoutKnownSecrets } from './known-secrets.ts';

/*
 * Keeps secrets out of what people read. Three nets: keys whose values are secrets whatever they look like,
 * the configured secrets themselves, and texts that look like a secret wherever they stand.
 *
 * Every pattern takes time in proportion to the text: no two parts beside each other can match the same
 * characters, and what may begin anywhere is bounded, or can't begin within itself.
 */

const PLACEHOLDER = '<secret>';

/** Compared with keys in lower case without `-` and `_`: `X-Hub-Signature-256` ends in `signature256`. */
const SECRET_KEY =
  /(secret|secrets|token|tokens|password|passwd|passphrase|authorization|cookie|signature|signature256|privatekey|apikey)$/;

/**
 * How names of parameters end whose values are secrets, as in `api_key=…`, `access-token=…` and
 * `X-Amz-Signature=…`.
 */
const SECRET_NAME = '(?:key|token|secret|password|passwd|signature|sig)';
const SECRET_PARAMETER = new RegExp(`${SECRET_NAME}$`, 'i');
/**
 * Up to where no value goes on: it may hold a comma, unless another URL follows, and a backslash, unless it
 * is a quote's.
 */
const SECRET_VALUE = String.raw`(?:[^\s&"'<>,\\]|\\(?!["'])|,(?!(?:[a-z][\w-]{0,39}=)?https?://))+`;
const NAMED_SECRET = new RegExp(`(${SECRET_NAME}=(?:\\\\?["'])?)${SECRET_VALUE}`, 'gi');
const QUERY_SECRET = new RegExp(`([?&][\\w.~%+-]{0,100}${SECRET_NAME}=)${SECRET_VALUE}`, 'gi');

/** Each with what to put instead. Lengths are open because GitHub changes those of its tokens. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g, PLACEHOLDER],
  [/\b(?:gh[opusr]|github_pat)_[A-Za-z0-9_.-]{8,}/g, PLACEHOLDER],
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, PLACEHOLDER],
  [/\b(sha(?:1|256)=)[0-9a-f]{40,}/gi, `$1${PLACEHOLDER}`],
  [
    /\b((?:authorization|x-hub-signature(?:-256)?|cookie|x-api-key)\\?["']?\s*[:=]\s*)[^\r\n]+/gi,
    `$1${PLACEHOLDER}`,
  ],
  [/\b(bearer|basic)\s+[\w.~+/=-]{16,}/gi, `$1 ${PLACEHOLDER}`],
  // `user:password@` and `token@`; a password may hold an unescaped slash, but `host:port/path@x` has none.
  // The bounds keep the time linear in texts that only look like a URL.
  [
    /\b([a-z][a-z0-9+.-]{0,20}:\/\/)(?:[^\s/?#@:"']{0,500}:(?!\d{1,5}[/?#])[^\s"']{0,500}|[^\s/?#"']{0,500})@/gi,
    `$1${PLACEHOLDER}@`,
  ],
];

/**
 * The text with everything replaced that looks like a token, a private key, a signature, a password, or a
 * value named as one.
 */
export function redactText(text: string): string {
  return redactTokens(text).replace(NAMED_SECRET, `$1${PLACEHOLDER}`);
}

/**
 * As `redactText`, but that `NAME=VALUE` is a secret in URLs only: settings such as labels and prices are
 * written so, too.
 */
export function redactSetting(text: string): string {
  return redactTokens(text).replace(QUERY_SECRET, `$1${PLACEHOLDER}`);
}

function redactTokens(text: string): string {
  let redacted = withoutKnownSecrets(text, PLACEHOLDER);
  for (const [pattern, replacement] of SECRET_TEXTS) redacted = redacted.replace(pattern, replacement);
  return redacted;
}

/** Whether the value of that key or header is a secret by its name. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key.toLowerCase().replace(/[-_]/g, ''));
}

/** Whether the value of that parameter of a URL is a secret by its name. */
export function isSecretParameter(name: string): boolean {
  return SECRET_PARAMETER.test(name);
}

/** What stands in a log line for a value of a secret key; what can hold no secret stays. */
export function redactSecret(value: unknown): unknown {
  return value === null || value === undefined || typeof value === 'boolean' ? value : PLACEHOLDER;
}

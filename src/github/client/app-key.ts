import { createPrivateKey, type KeyObject } from 'node:crypto';

/** The key in PEM format, or how to get one. */
export type AppKeyText = { readonly pem: string } | { readonly hint: string };

const ENVELOPE = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/;
const LINE = 64;

const WHOLE_FILE = 'take the whole file as GitHub has made it, from BEGIN to END, with its line ends';
const DOWNLOADED =
  "it is the .pem file that was downloaded when the key was made on the App's page at GitHub";

/** What people mistake for the key, by the first line of its text. */
const OTHER_LABELS: readonly (readonly [RegExp, string])[] = [
  [/ENCRYPTED/, 'it is encrypted: openssl rsa -in KEY.pem -out PLAIN.pem writes it without its password'],
  [/PUBLIC KEY/, `it is the public key, and the private one is needed: ${DOWNLOADED}`],
  [/CERTIFICATE/, `it is a certificate, and a private key is needed: ${DOWNLOADED}`],
  [/OPENSSH|EC |DSA/, `it is a key of another kind (SSH, EC or DSA): ${DOWNLOADED}`],
];

/** The same, for texts that are not PEM. */
const OTHER_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/^SHA256:/i, `it is the fingerprint of the key: ${DOWNLOADED}`],
  [/^[0-9a-f]{40,42}$/i, `it looks like the App's client secret: ${DOWNLOADED}`],
  [/^(gh[opusr]|github_pat)_/, 'it is a token: set it as github.token'],
  [
    /^[^\n]*\.pem$|^\.{0,2}\/[^\n]*$/,
    'it is the path of a file: set it as ANT_WATCHER_GITHUB_APP_PRIVATE_KEY_FILE',
  ],
];

/**
 * Reads the private key of an App as people store it: in quotes, indented, on one line, with escaped or
 * Windows line breaks, or everything as base64. PKCS#1 and PKCS#8. The hint contains no part of the text.
 */
export function readAppKeyText(text: string): AppKeyText {
  // What is not UTF-8 was read as U+FFFD.
  if (/[\0\uFFFD]/.test(text)) return { hint: `it is not text in UTF-8: save it as UTF-8. ${WHOLE_FILE}` };
  const plain = unquoted(text);
  if (plain.includes('-----BEGIN')) return ofPem(plain);
  const other = OTHER_TEXTS.find(([form]) => form.test(plain))?.[1];
  if (other !== undefined) return { hint: other };
  const bytes = base64Of(plain);
  if (bytes === null)
    return { hint: 'set the variable that ends in _FILE to the path of the file, or put its text here' };
  const decoded = unquoted(bytes.toString('utf8'));
  return decoded.includes('-----BEGIN') ? ofPem(decoded) : ofDer(bytes);
}

function unquoted(text: string): string {
  const [, , inner = text] = /^\s*(["'`])([\s\S]*)\1\s*$/.exec(text) ?? [];
  return inner
    .replaceAll('\uFEFF', '')
    .replace(/(\\\\?r)?\\\\?n|\\\\?r|\r\n?/g, '\n')
    .trim();
}

/** The body is wrapped again: spaces and line breaks in it mean nothing. */
function ofPem(text: string): AppKeyText {
  const [, label = '', body = ''] = ENVELOPE.exec(text) ?? [];
  const begun = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1] ?? '';
  // In front of an encrypted key are headers. The key itself may contain any letters.
  const headers = body.includes(':') ? body : '';
  const other = OTHER_LABELS.find(([form]) => form.test(begun) || form.test(headers))?.[1];
  if (other !== undefined) return { hint: other };
  if (label === '') return { hint: `the line -----END … is missing: ${WHOLE_FILE}` };
  const lines = body.replaceAll(/\s/g, '').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  const pem = [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
  const key = keyOf(pem);
  if (key === null) return { hint: WHOLE_FILE };
  return key.asymmetricKeyType === 'rsa' ? { pem } : { hint: `it is no RSA key: ${DOWNLOADED}` };
}

/** For a text without BEGIN and END lines. Node.js distinguishes the two forms itself. */
function ofDer(key: Buffer): AppKeyText {
  const read = keyOf({ key, format: 'der', type: 'pkcs8' }) ?? keyOf({ key, format: 'der', type: 'pkcs1' });
  if (read?.asymmetricKeyType !== 'rsa') return { hint: WHOLE_FILE };
  return { pem: read.export({ type: 'pkcs1', format: 'pem' }).toString() };
}

function base64Of(text: string): Buffer | null {
  const joined = text.replaceAll(/\s/g, '');
  return /^[A-Za-z0-9+/_-]{100,}={0,2}$/.test(joined) ? Buffer.from(joined, 'base64') : null;
}

function keyOf(input: Parameters<typeof createPrivateKey>[0]): KeyObject | null {
  try {
    return createPrivateKey(input);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

import { generateKeyPairSync, randomBytes } from 'node:crypto';

/*
 * Secrets that are recognised wherever they turn up, whole or in part, plain or encoded.
 */

/** Shorter pieces of a secret are ignored: 12 random hexadecimal characters appear nowhere by chance. */
const PIECE = 12;

/** By purpose. */
export interface Marks {
  readonly secrets: Readonly<Record<string, string>>;
  readonly privateKey: string;
}

export function newMarks(names: readonly string[]): Marks {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    secrets: Object.fromEntries(names.map((name) => [name, randomBytes(20).toString('hex')])),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The parts of secrets in the bytes, as `name: how it is written`. */
export function foundMarks(bytes: string | Buffer, { secrets, privateKey }: Marks): string[] {
  const text = bytes.toString('latin1');
  const lower = text.toLowerCase();
  const found = Object.entries(secrets).flatMap(([name, secret]) => {
    const hex = Buffer.from(secret).toString('hex');
    return [
      ...(piecesOf(secret).some((piece) => lower.includes(piece)) ? [`${name}: plain`] : []),
      ...(lower.includes(hex) ? [`${name}: hexadecimal`] : []),
      ...(base64Of(secret).some((piece) => text.includes(piece)) ? [`${name}: base64`] : []),
    ];
  });
  const keyLines = privateKey.split('\n').filter((line) => /^[\w+/=]{20,}$/.test(line));
  if (keyLines.some((line) => piecesOf(line).some((piece) => text.includes(piece))))
    found.push('private key');
  // Values derived from a secret, such as GitHub's installation tokens.
  if (/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/.test(text)) found.push('JWT');
  if (/\b(?:gh[opusr]|github_pat)_\w{8,}/.test(text)) found.push('a token of GitHub');
  return found;
}

function piecesOf(secret: string): string[] {
  return Array.from({ length: secret.length - PIECE + 1 }, (_, at) => secret.slice(at, at + PIECE));
}

/** The part of its base64 that is the same wherever in other text it is encoded, in both alphabets. */
function base64Of(secret: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]).toString('base64');
    const stable = encoded.slice(Math.ceil((before * 4) / 3), Math.floor(((before + secret.length) * 4) / 3));
    return [stable, stable.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

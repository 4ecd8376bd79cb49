import type { FoundValue } from './found-value.ts';
import type { Setting } from './setting.ts';

/** The first line and the last of a private key: everybody knows them. */
const ENVELOPE = /^-----.*-----$/;

/**
 * What nobody may see of a value, whether it is right or wrong: each line of a secret, and of `NAME: VALUE` and `user:password` the second
 * part too; of a URL, its password.
 */
export function secretsIn({ secret }: Setting<unknown>, { texts }: FoundValue): string[] {
  return secret ? texts.flatMap(secretParts) : texts.flatMap(passwordsIn);
}

function secretParts(text: string): string[] {
  return text
    .split(/\r?\n|\\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !ENVELOPE.test(line))
    .flatMap((line) => [line, line.slice(line.indexOf(':') + 1).trim()]);
}

function passwordsIn(text: string): string[] {
  return Array.from(text.matchAll(/https?:\/\/[^\s,]+/g), ([url]) => URL.parse(url)?.password ?? '').flatMap(
    (password) => [password, decoded(password)],
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

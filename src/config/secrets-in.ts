import { isSecretParameter } from '../logger/redact.ts';
import type { FoundValue, Setting } from './setting.ts';

/** The first and the last line of a private key are no secret. */
const ENVELOPE = /^-----.*-----$/;

/**
 * The parts of a value that nobody may see, whether it is valid or not: each line of a secret, and the second
 * part of `NAME: VALUE` and `user:password`; of a URL, its password and the values of parameters such as
 * `token`.
 */
export function secretsIn({ secret }: Setting<unknown>, { texts }: FoundValue): string[] {
  return secret ? texts.flatMap(secretParts) : texts.flatMap(secretsInUrls);
}

function secretParts(text: string): string[] {
  return text
    .split(/\r?\n|\\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !ENVELOPE.test(line))
    .flatMap((line) => [line, line.slice(line.indexOf(':') + 1).trim()]);
}

function secretsInUrls(text: string): string[] {
  return Array.from(text.matchAll(/https?:\/\/[^\s,]+/g), ([url]) => secretsInUrl(URL.parse(url))).flat();
}

function secretsInUrl(url: URL | null): string[] {
  if (url === null) return [];
  const parameters = [...url.searchParams].filter(([name]) => isSecretParameter(name));
  return [url.password, decoded(url.password), ...parameters.map(([, value]) => value)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

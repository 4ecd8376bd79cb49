import { isSecretParameter } from '../logger/redact.ts';
import type { Kind } from './kinds.ts';
import type { FoundValue } from './setting.ts';

/*
 * The kinds of values that nobody may see, and which parts of any value these are.
 */

/** What `print-config` shows in place of a secret; never accepted as one. */
export const SECRET_PLACEHOLDER = '<secret>';

/** Secrets, one per line, as they are except for line breaks. */
export function secretLines(): Kind<readonly string[]> {
  return {
    expects: 'a secret, or several, one per line',
    example: SECRET_PLACEHOLDER,
    items: linesIn,
    joint: '\n',
    read(texts) {
      const secrets = linesIn(texts);
      return secrets.some((line) => faultOfSecret(line) !== undefined) ? undefined : secrets;
    },
    advise: (text) =>
      text
        .split(/\r?\n/)
        .map(faultOfSecret)
        .find((fault) => fault !== undefined),
  };
}

function linesIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.split(/\r?\n/)).filter((line) => line !== '');
}

/** What no secret contains, but files of secrets do: the other side would never send it. */
function faultOfSecret(line: string): string | undefined {
  if (line === SECRET_PLACEHOLDER)
    return `${SECRET_PLACEHOLDER} is only what print-config shows: put the secret itself`;
  if (line.includes('\0') || line.includes('\uFFFD'))
    return 'it is not in UTF-8: save the file as UTF-8, without NUL bytes';
  if (/(?!\t)[\p{Cc}\p{Cf}]/u.test(line))
    return 'it contains an invisible character, such as a byte order mark: type it again';
  return /^\s|\s$/.test(line) ? 'a line of it begins or ends with a blank: remove that' : undefined;
}

/** Tokens, one per line, as they are sent after `Bearer`. */
export function tokenLines(): Kind<readonly string[]> {
  const lines = secretLines();
  return {
    ...lines,
    read(texts) {
      const tokens = lines.read(texts);
      return tokens?.some((token) => WITH_SCHEME.test(token)) ? undefined : tokens;
    },
    advise: (text) =>
      lines.advise?.(text) ??
      (text.split(/\r?\n/).some((line) => WITH_SCHEME.test(line))
        ? 'put the token alone, without the word Bearer before it'
        : undefined),
  };
}

const WITH_SCHEME = /^(bearer|token|basic)\s/i;

/** Users with their passwords, one per line. A password may contain colons, a user name can't. */
export function userPasswords(): Kind<readonly string[]> {
  const lines = secretLines();
  return {
    ...lines,
    expects: 'user:password, or several, one per line',
    read(texts) {
      const users = lines.read(texts);
      return users?.every((line) => /^[^:]+:./.test(line)) ? users : undefined;
    },
    advise: (text) => lines.advise?.(text) ?? 'write user:password',
  };
}

/** At most one of such lines; null for none. `understand` may refuse it. */
export function oneLine<T>(
  { read, advise, example }: Kind<readonly string[]>,
  expects: string,
  understand: (line: string) => T | undefined,
): Kind<T | null> {
  return {
    expects,
    example,
    read(texts) {
      const [line, ...more] = read(texts) ?? [undefined, ''];
      if (more.length > 0) return undefined;
      return line === undefined ? null : understand(line);
    },
    ...(advise && { advise }),
  };
}

/** One secret, or null. */
export function secretText(): Kind<string | null> {
  const lines = tokenLines();
  const advise = (text: string) =>
    lines.advise?.(text) ??
    (/^["'].*["']$/.test(text.trim())
      ? 'put it without quotes'
      : 'it is one line without blanks: is there more than the token in it?');
  return oneLine({ ...lines, advise }, 'one secret of visible characters', (line) =>
    /^(?!["'])[\x21-\x7e]+$/.test(line) ? line : undefined,
  );
}

/** The first and the last line of a private key are no secret. */
const ENVELOPE = /^-----.*-----$/;

/**
 * The parts of a value that nobody may see, whether it is valid or not: each line of a secret, and the second
 * part of `NAME: VALUE` and `user:password`; of a URL, its password and the values of parameters such as
 * `token`.
 */
export function secretsIn({ setting, texts }: FoundValue): string[] {
  return setting.secret ? texts.flatMap(secretParts) : texts.flatMap(secretsInUrls);
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

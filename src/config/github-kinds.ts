import { completeApiUrl } from '../github/client/api-url.ts';
import type { RepositoryPattern } from '../sync/targets.ts';
import { readAppKeyText } from './app-key.ts';
import { itemsIn, type Kind, SECRET_PLACEHOLDER, single, tokenLines } from './kinds.ts';

/*
 * The kinds of values that say how GitHub's API is used.
 */

const REPOSITORY = /^([A-Za-z0-9][A-Za-z0-9_-]*)\/(\*|[A-Za-z0-9._-]+)$/;
/** An id, or a client id as GitHub writes them. */
const APP_ID = /^(|\d{1,15}|Iv[A-Za-z0-9.]{8,60})$/;

/** The base URL of the API, completed. */
export function apiUrl(): Kind<string> {
  return single({
    expects: 'the https:// URL of GitHub, of Enterprise Server or of their API',
    example: 'https://github.example.com',
    read(text) {
      const completed = completeApiUrl(text);
      return 'url' in completed ? completed.url : undefined;
    },
    advise(text) {
      const completed = completeApiUrl(text);
      return 'problem' in completed ? `it ${completed.problem}` : undefined;
    },
  });
}

/** One secret, or null. */
export function secretText(): Kind<string | null> {
  const lines = tokenLines();
  return {
    ...lines,
    expects: 'one secret of visible characters',
    read(texts) {
      const secrets = lines.read(texts);
      const [secret = null, ...more] = secrets ?? [];
      const isGood = secret === null || /^(?!["'])[\x21-\x7e]+$/.test(secret);
      return secrets === undefined || more.length > 0 || !isGood ? undefined : secret;
    },
    advise: (text) =>
      lines.advise?.(text) ??
      (/^["'].*["']$/.test(text.trim())
        ? 'put it without quotes'
        : 'it is one line without blanks: is there more than the token in it?'),
  };
}

/** The private key of an App, or null: in PEM format, as `readAppKeyText` returns it. */
export function privateKey(): Kind<string | null> {
  return {
    expects: 'an RSA private key in PEM form, as GitHub has made it',
    example: SECRET_PLACEHOLDER,
    read(texts) {
      const text = texts.join('\n');
      if (text.trim() === '') return null;
      const read = readAppKeyText(text);
      return 'pem' in read ? read.pem : undefined;
    },
    advise(text) {
      const read = readAppKeyText(text);
      return 'hint' in read ? read.hint : undefined;
    },
  };
}

export function appId(): Kind<string> {
  return single({
    expects: 'the id of a GitHub App, or its client id',
    example: 'Iv23liAbCdEfGhIjKlMn',
    read: (text) => (APP_ID.test(text) ? text : undefined),
  });
}

export function repositories(): Kind<readonly RepositoryPattern[]> {
  return {
    expects: 'repositories as OWNER/NAME or OWNER/*, separated by commas',
    example: 'octo/*, ants/hill',
    items: (texts) => itemsIn(texts, ','),
    read(texts) {
      const matches = itemsIn(texts, ',').map((part) => REPOSITORY.exec(part));
      const read = matches.map((match) => match !== null && patternOf(match[1] ?? '', match[2] ?? ''));
      return read.every((pattern) => pattern !== false) ? read : undefined;
    },
    advise: (text) => (/^[\w-]+$/.test(text.trim()) ? `write ${text.trim()}/* for all of them` : undefined),
  };
}

function patternOf(owner: string, name: string): RepositoryPattern | false {
  return !/^\.{1,2}$/.test(name) && { owner, name: name === '*' ? null : name };
}

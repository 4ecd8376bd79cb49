import { itemsIn, type Kind, single } from './kinds.ts';

/*
 * The kinds of values that say which jobs may push numbers.
 */

/** GitHub's ids of accounts or repositories. */
export function ids(): Kind<readonly string[]> {
  return {
    expects: 'ids (whole numbers), separated by commas',
    example: '9919, 583231',
    items: words,
    read(texts) {
      const ids = words(texts);
      return ids.every((word) => /^[1-9]\d{0,18}$/.test(word)) ? [...new Set(ids)] : undefined;
    },
    advise: (text) =>
      /[a-z]/i.test(text) ? 'names can change owners: gh api users/NAME --jq .id shows the id' : undefined,
  };
}

function words(texts: readonly string[]): string[] {
  return itemsIn(texts, /[\s,]+/);
}

/** The audience of a token, or empty. */
export function audience(): Kind<string> {
  return {
    expects: 'an audience: a text without spaces, such as the URL of this service',
    example: 'https://ant-watcher.example',
    read: ([text = '', ...more]) =>
      more.length === 0 && /^[\x21-\x7e]{0,500}$/.test(text) ? text : undefined,
  };
}

/** The URL of an issuer. For trials on this machine it may be without TLS. */
export function issuer(): Kind<string> {
  return single({
    expects: 'an https:// URL',
    example: 'https://token.actions.githubusercontent.com',
    read(text) {
      const url = URL.parse(text);
      const isLocal = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
      const isPlain =
        url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
      return isPlain && (url.protocol === 'https:' || isLocal) ? text : undefined;
    },
  });
}

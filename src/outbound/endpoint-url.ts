/** Where requests of a protocol are sent. */
export interface EndpointUrl {
  /** Complete, without user info. */
  readonly url: URL;
  /** The user info of the URL that was given. */
  readonly basicAuth: BasicAuth | null;
  /** For people: without user info and without the values of the query, which may be keys. */
  readonly shown: string;
}

export interface BasicAuth {
  readonly username: string;
  readonly password: string;
}

/** The whole path for one that may name no endpoint yet; it has no slash at its end. */
export type CompletePath = (path: string) => { readonly path: string } | { readonly problem: string };

/**
 * The URL to send to: its path is completed, its query stays. Otherwise the problem, as the end of a sentence
 * that starts with the setting's name; it contains no part of the text.
 */
export function completeUrl(
  text: string,
  completePath: CompletePath,
): EndpointUrl | { readonly problem: string } {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return { problem: 'must be a URL that begins with http:// or https://, as in http://vm:8428' };
  }
  const basicAuth = userInfoOf(url);
  if (basicAuth === undefined) return { problem: 'has user info with a % that begins no escape: write %25' };
  url.username = '';
  url.password = '';
  url.hash = '';
  const completed = completePath(url.pathname.replace(/\/+$/, ''));
  if ('problem' in completed) return completed;
  url.pathname = completed.path;
  return { url, basicAuth, shown: `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}` };
}

/** Undefined when it can't be read. */
function userInfoOf({ username, password }: URL): BasicAuth | null | undefined {
  if (username === '' && password === '') return null;
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return undefined;
  }
}

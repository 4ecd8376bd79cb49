/**
 * The URL of a route: its placeholders filled from `params`, the other params as its query. Null for a value
 * that can't be a path segment: empty, `.` or `..`.
 */
export function urlOf(
  base: string,
  route: string,
  params: Readonly<Record<string, string | number>>,
): URL | null {
  const rest = new Map(Object.entries(params));
  let isPossible = true;
  const path = route.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`${route} needs ${name}`);
    rest.delete(name);
    if (/^\.{0,2}$/.test(String(value))) isPossible = false;
    return encodeURIComponent(value);
  });
  if (!isPossible) return null;
  const url = new URL(base + path);
  for (const [name, value] of rest) url.searchParams.set(name, String(value));
  return url;
}

/** Whether credentials may be sent to that URL. */
export function isWithin(base: string, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, username, password } = new URL(url);
  return origin === new URL(base).origin && username === '' && password === '';
}

const LINK = /<([^<>]*)>\s*((?:;[^,<]*)*)/g;
const NEXT = /;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\s*(?:;|$))/i;

/**
 * The URL of the next page in a `Link` header
 * (https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api), or null if there is
 * none. Never throws: an invalid URL counts as none.
 */
export function nextOf(link: string | null): string | null {
  for (const [, url = '', params = ''] of (link ?? '').matchAll(LINK)) {
    if (NEXT.test(params) && URL.canParse(url)) return url;
  }
  return null;
}

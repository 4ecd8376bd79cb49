const LINK = /<([^<>]*)>\s*((?:;[^,<]*)*)/g;
const NEXT = /;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\s*(?:;|$))/i;

/**
 * The URL of the next page by a `Link` header (https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api),
 * or null when there is none. Throws nothing: what is no URL is none.
 */
export function nextOf(link: string | null): string | null {
  for (const [, url = '', params = ''] of (link ?? '').matchAll(LINK)) {
    if (NEXT.test(params) && URL.canParse(url)) return url;
  }
  return null;
}

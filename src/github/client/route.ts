/**
 * The URL of a route: its placeholders filled from `params`, the other params as its query. Null where a value can be
 * none: an empty one, or one that a URL takes for a way to another path.
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

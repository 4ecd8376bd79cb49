/** Already in that spelling. */
const PLAIN = /^(?:\/[A-Za-z0-9._~-]+)+$/;
const UNRESERVED = /^[A-Za-z0-9._~-]$/;

/**
 * The path of a request target in one spelling: without query, and without scheme and host, which proxies may
 * put in front. Repeated slashes, a trailing slash and unnecessary encoding make no difference
 * (https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2).
 */
export function pathOf(target: string): string {
  if (PLAIN.test(target)) return target;
  const [, path = ''] = /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i.exec(target) ?? [];
  const spelled = path.replace(/%[0-9a-f]{2}/gi, plain);
  return `/${spelled
    .split('/')
    .filter((segment) => segment !== '')
    .join('/')}`;
}

/** In a list of paths: any path. No path is spelled so. */
export const ANY_PATH = '*';

/** Whether a path, spelled as `pathOf` does, is one of these, in whatever spelling they are. */
export function pathMatcher(paths: readonly string[]): (path: string) => boolean {
  if (paths.includes(ANY_PATH)) return () => true;
  const spelled = new Set(paths.map(pathOf));
  return (path) => spelled.has(path);
}

/** The first of these that is a path of its own; `otherwise` if they are only `*`. */
export function firstPath(paths: readonly string[], otherwise: string): string {
  return paths.find((path) => path !== ANY_PATH) ?? otherwise;
}

function plain(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return UNRESERVED.test(character) ? character : encoded.toUpperCase();
}

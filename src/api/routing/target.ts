/** A request target, taken apart and decoded. */
export interface Target {
  /** Encoded slashes and other delimiters stay encoded, so that none is taken for one. */
  readonly path: string;
  /** `path` up to its last slash, which it includes. */
  readonly parent: string;
  /** What follows, all of it decoded. */
  readonly last: string;
  /** What follows the question mark, as it came. */
  readonly search: string;
}

/** Scheme and host, which proxies may put in front; the path; what follows a question mark, or a fragment. */
const FORM = /^(?:https?:\/\/[^/?#]*)?([^?#]*)[?#]?(.*)$/is;

/** Null: something in the path is not encoded as URLs are. Slashes count: `/a/` and `//a` are other paths than `/a`. */
export function readTarget(target: string): Target | null {
  const [, given, search = ''] = FORM.exec(target) ?? [];
  const path = given || '/';
  const slash = path.lastIndexOf('/') + 1;
  try {
    return {
      path: decodeURI(path),
      parent: decodeURI(path.slice(0, slash)),
      last: decodeURIComponent(path.slice(slash)),
      search,
    };
  } catch {
    return null;
  }
}

/** The parameters of a query, each with all its values. */
export function readQuery(search: string): Readonly<Record<string, readonly string[]>> {
  const query: Record<string, string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(`?${search}`)) {
    query[name] ??= [];
    query[name].push(value);
  }
  return query;
}

const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:?\d{2})?)?$/;
const DAY_MS = 86_400_000;

/**
 * Reads a `created` filter in the syntax of GitHub's search for dates: `>=T`, `>T`, `<=T`, `<T`, `T..T`,
 * `T..*`, `*..T`, or `T` alone. Undefined for other texts.
 * https://docs.github.com/en/search-github/getting-started-with-searching-on-github/understanding-the-search-syntax#query-for-dates
 */
export function readCreatedFilter(text: string): ((createdMs: number) => boolean) | undefined {
  const [, compare = '', bound = ''] = /^(>=|<=|>|<)(.*)$/.exec(text) ?? [];
  if (compare !== '') {
    const span = spanOf(bound);
    return span && comparisons[compare]?.(span);
  }
  const [from = '', to = from] = text.split('..');
  const [first, last] = [boundOf(from), boundOf(to)];
  return first && last && ((ms) => ms >= first.beginMs && ms <= last.endMs);
}

/** A time covers a second, a date a day. */
interface Span {
  readonly beginMs: number;
  readonly endMs: number;
}

const comparisons: Readonly<Record<string, (span: Span) => (ms: number) => boolean>> = {
  '>=': (span) => (ms) => ms >= span.beginMs,
  '<=': (span) => (ms) => ms <= span.endMs,
  '>': (span) => (ms) => ms > span.endMs,
  '<': (span) => (ms) => ms < span.beginMs,
};

function boundOf(text: string): Span | undefined {
  if (text === '*') return { beginMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY };
  return spanOf(text);
}

function spanOf(text: string): Span | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, time, , zone] = match;
  const beginMs = Date.parse(time !== undefined && zone === undefined ? `${text}Z` : text);
  if (Number.isNaN(beginMs)) return undefined;
  return { beginMs, endMs: beginMs + (time === undefined ? DAY_MS : 1000) - 1 };
}

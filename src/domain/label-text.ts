import type { LabelPair } from './sample.ts';

/** The characters that both exposition formats escape in a label value. */
const NEEDS_ESCAPE = /["\\\n]/;

/**
 * Label names and values as both exposition formats write them between the braces: `a="x",b="y"`, or an empty
 * string without labels. A label without a value is omitted, which means the same. Otherwise different values
 * never give the same text, so it also serves as the key of a series. A value more than there are names is such
 * a text itself: the labels that this series alone has (repository-labels.ts).
 */
export function labelText(names: readonly string[], values: readonly string[]): string {
  let text = '';
  for (let i = 0; i < names.length; i++) {
    const value = values[i] ?? '';
    if (value === '') continue;
    text += `${text === '' ? '' : ','}${names[i]}="${NEEDS_ESCAPE.test(value) ? escapeQuoted(value) : value}"`;
  }
  const own = values[names.length] ?? '';
  return text === '' || own === '' ? text + own : `${text},${own}`;
}

/** The labels of a series with their names, as in `labelText`. For a value without a name, `unknown` names it. */
export function namedLabels(
  names: readonly string[],
  values: readonly string[],
  unknown: (index: number) => string = (index) => `label_${index}`,
): LabelPair[] {
  const pairs: LabelPair[] = [];
  for (const [index, value] of values.entries()) {
    const name = names[index];
    const own = name === undefined && index === names.length ? pairsIn(value) : null;
    pairs.push(...(own ?? [[name ?? unknown(index), value] as const]));
  }
  return pairs;
}

const PAIR = /(?:^|,)([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/gy;

/** The labels that such a text has; null if it is none. An empty text has none. */
export function pairsIn(text: string): LabelPair[] | null {
  const found = [...text.matchAll(PAIR)];
  const length = found.reduce((sum, [all]) => sum + all.length, 0);
  return length === text.length
    ? found.map(([, name = '', value = '']) => [name, unescaped(value)] as const)
    : null;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

/** Escapes backslash, double quote and line feed. */
export function escapeQuoted(text: string): string {
  return escapeLine(text).replaceAll('"', '\\"');
}

/** Escapes backslash and line feed. */
export function escapeLine(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

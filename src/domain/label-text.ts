/** The characters that both exposition formats escape in a label value. */
const NEEDS_ESCAPE = /["\\\n]/;

/**
 * Label names and values as both exposition formats write them between the braces: `a="x",b="y"`, or an empty
 * string without labels. A label without a value is omitted, which means the same. Otherwise different values
 * never give the same text, so it also serves as the key of a series.
 */
export function labelText(names: readonly string[], values: readonly string[]): string {
  let text = '';
  for (let i = 0; i < names.length; i++) {
    const value = values[i] ?? '';
    if (value === '') continue;
    text += `${text === '' ? '' : ','}${names[i]}="${NEEDS_ESCAPE.test(value) ? escapeQuoted(value) : value}"`;
  }
  return text;
}

/** Escapes backslash, double quote and line feed. */
export function escapeQuoted(text: string): string {
  return escapeLine(text).replaceAll('"', '\\"');
}

/** Escapes backslash and line feed. */
export function escapeLine(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

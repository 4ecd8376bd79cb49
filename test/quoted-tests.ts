/*
 * Tests that a document quotes, as “name” ([text](path of the file)).
 */

export interface QuotedTest {
  readonly name: string;
  /** From the folder of the document. */
  readonly file: string;
}

const QUOTE = /“([^”]+)”\s+\(\[[^\]]*\]\(([^)]+)\)\)/g;
const TEST = /\b(?:test|longTest)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;

/** The tests that a Markdown text quotes. Throws on a quote that names no file. */
export function quotedTests(markdown: string): QuotedTest[] {
  const quotes = Array.from(markdown.matchAll(QUOTE), ([, name = '', file = '']) => ({
    name: name.replace(/\s+/g, ' '),
    file,
  }));
  const marks = markdown.match(/“/g)?.length ?? 0;
  if (quotes.length !== marks) throw new Error(`${marks - quotes.length} quotes name no file`);
  return quotes;
}

/** Whether the source of a test file has a test of that name. A `${…}` in a title matches anything. */
export function hasTest(source: string, name: string): boolean {
  return Array.from(source.matchAll(TEST)).some(([, single, double, template]) => {
    const plain = single ?? double;
    if (plain !== undefined) return plain.replace(/\\(.)/g, '$1') === name;
    const parts = (template ?? '').split(/\$\{[^}]*\}/).map((part) => RegExp.escape(part));
    return new RegExp(`^${parts.join('.+')}$`).test(name);
  });
}

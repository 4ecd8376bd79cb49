import { isVariableName, type OldValue, type OldValues } from './old-value.ts';

/** A line of a file of variables; a value in quotes may go over several lines. */
const LINE =
  /[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_]\w*)[^\S\n]*=[^\S\n]*(?:"((?:[^"\\]|\\[\s\S])*)"[^\S\n]*(?:#.*)?|'([^']*)'[^\S\n]*(?:#.*)?|(.*))(?:\n|$)/y;
const IGNORED = /[^\S\n]*(?:#.*)?(?:\n|$)/y;

/** The variables of a file as Docker, Compose and systemd read it. A later line wins. */
export function readEnvFile(text: string, file: string): OldValues {
  const values: OldValue[] = [];
  const unread: string[] = [];
  const source = text.replaceAll('\r\n', '\n');
  let [at, line] = [0, 1];
  while (at < source.length) {
    const ignored = matchAt(IGNORED, source, at);
    const [whole, name = '', double, single, plain = ''] = ignored ?? matchAt(LINE, source, at) ?? [];
    const end = whole === undefined ? source.indexOf('\n', at) + 1 || source.length + 1 : at + whole.length;
    if (ignored === null && isVariableName(name))
      values.unshift({
        name,
        value: unescaped(double) ?? single ?? plain.trim(),
        from: `${file} line ${line}`,
      });
    else if (ignored === null) unread.push(`${file} line ${line} has no variable`);
    line += source.slice(at, end).split('\n').length - 1;
    at = end;
  }
  return { values, unread };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function unescaped(text: string | undefined): string | undefined {
  return text?.replace(/\\(["\\$`])/g, '$1');
}

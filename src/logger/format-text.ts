type Fields = Readonly<Record<string, unknown>>;

/**
 * One readable line from one JSON line: `2026-11-23T19:22:11.123Z INFO  Ready api.port=9876`. An error of
 * ours in the field `err` is a sentence with its hint on the line below; any other error, which is a bug, has
 * its stack there. Control characters are escaped, and lines after the first are indented, so that no data can
 * forge a line or control a terminal.
 */
export function formatText(jsonLine: string): string {
  const { time, level, msg, ...fields } = JSON.parse(jsonLine) as Record<string, unknown>;
  const [message, below] = isError(fields['err']) ? describe(String(msg), fields['err']) : [String(msg), []];
  const words = [String(time), String(level).toUpperCase().padEnd(5), escapeControls(message)];
  for (const [key, value] of Object.entries(fields))
    if (key !== 'err' || !isError(value)) words.push(...flatten(key, value));
  return [words.join(' '), ...below.map((line) => `${INDENT}${escapeControls(line)}`), ''].join('\n');
}

const INDENT = ' '.repeat(4);
/** What the logger says of an error with a code of ours. */
const EXPECTED = 'AntError';

function isError(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && 'type' in value && 'message' in value;
}

/** What stands in the line, and what below it. */
function describe(msg: string, err: Fields): [message: string, below: string[]] {
  const { type, message, code, hint, stack, cause } = err;
  const sentence = `${msg}: ${message}${code === undefined ? '' : ` (${code})`}`;
  if (type === EXPECTED) return [sentence, hint === undefined ? [] : [`hint: ${hint}`]];
  const causes = isError(cause) ? describe('caused by', cause) : null;
  return [
    sentence,
    [...String(stack ?? '').split('\n'), ...(causes === null ? [] : [causes[0], ...causes[1]])],
  ];
}

function flatten(key: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`${spell(key)}=${spell(String(value))}`];
  return Object.entries(value).flatMap(([inner, each]) => flatten(`${key}.${inner}`, each));
}

function spell(text: string): string {
  return /^[^\s"=\p{Cc}]+$/u.test(text) ? text : escapeControls(JSON.stringify(text));
}

function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

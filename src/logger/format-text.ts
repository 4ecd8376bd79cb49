/**
 * One readable line from one JSON line: `2026-11-23T19:22:11.123Z INFO  Ready api.port=9876`. Control characters are
 * escaped, so that nobody's data can forge a line or steer a terminal.
 */
export function formatText(jsonLine: string): string {
  const { time, level, msg, ...fields } = JSON.parse(jsonLine) as Record<string, unknown>;
  const words = [String(time), String(level).toUpperCase().padEnd(5), escapeControls(String(msg))];
  for (const [key, value] of Object.entries(fields)) words.push(...flatten(key, value));
  return `${words.join(' ')}\n`;
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

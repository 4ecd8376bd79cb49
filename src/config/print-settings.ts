import { stringify } from 'yaml';
import { redactSetting } from '../logger/redact.ts';
import type { Loaded } from './load-settings.ts';
import { SECRET_PLACEHOLDER } from './secrets.ts';
import { environmentNameOf, type FoundValue, flagOf, type Setting } from './setting.ts';
import { listSettings } from './settings.ts';

/** What is invisible in a line, or would end it. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A text in YAML, on one line. Numbers need no quotes. */
export function yamlScalar(text: string): string {
  if (/^\d{1,15}$/.test(text)) return text;
  return INVISIBLE.test(text)
    ? quoted(text)
    : stringify(text, { lineWidth: 0, defaultStringType: 'PLAIN' }).trimEnd();
}

/** A text in JSON, which YAML can read. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(new RegExp(INVISIBLE, 'gu'), (char) =>
    Array.from({ length: char.length }, (_, at) => char.charCodeAt(at))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** One text as it is, several as a list. */
function yamlValue(texts: readonly string[]): string {
  const [text = '', ...more] = texts;
  return more.length === 0 ? yamlScalar(text) : `[${texts.map(quoted).join(', ')}]`;
}

/**
 * The settings as YAML, each with its source. As a configuration file it has the same meaning, once the
 * secrets are added: each is replaced by a placeholder, which is refused unless another source has the value.
 */
export function printSettings(origins: Loaded['origins']): string {
  return printGroups((setting) => {
    const origin = origins.get(setting.name);
    return origin === undefined || origin.texts.length === 0
      ? [`# ${keyOf(setting.name)}: not set`]
      : printValue(origin);
  });
}

/** Of a secret in a file, the file is no secret. */
function printValue({ setting, texts, from, file, items }: FoundValue): string[] {
  const key = keyOf(setting.name);
  const origin = `# ${from.replace(/\p{Cc}/gu, '?')}`;
  if (items !== undefined)
    return items.length === 0 ? [`${key}: [] ${origin}`] : [`${key}: ${origin}`, ...items.flatMap(printItem)];
  if (file !== undefined) return [`${key}_file: ${yamlScalar(file)} ${origin}`];
  return [`${key}: ${yamlValue(setting.secret ? [SECRET_PLACEHOLDER] : texts.map(redactSetting))} ${origin}`];
}

function printItem(item: ReadonlyMap<string, FoundValue>): string[] {
  const lines = [...item.values()].flatMap(printValue);
  return lines.map((line, at) => (at === 0 ? `  - ${line}` : `    ${line}`));
}

/** `push.url` → `url`, `sinks[1].url` → `url`. */
function keyOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Every setting with its flag, or its variable if it has none, for the help of a command. */
export function settingsHelp(): string {
  const lines = listSettings().map((setting) => {
    const name = setting.secret
      ? `${environmentNameOf(setting.name)}[_FILE]`
      : `${flagOf(setting.name)} VALUE`;
    const byDefault = setting.default === null ? '' : ` (${setting.default})`;
    return `  ${name}${byDefault}\n      ${setting.about}`;
  });
  return `Settings, with their defaults:\n  --config FILE (config/config.json, when it exists)\n${lines.join('\n')}\n`;
}

/** Lays out settings by group, and those of none beside them. `linesOf` returns the lines of one setting. */
export function printGroups(linesOf: (setting: Setting<unknown>) => string[]): string {
  const lines: string[] = [];
  let last = '';
  for (const setting of listSettings()) {
    const [group = '', key] = setting.name.split('.');
    if (group !== last && key !== undefined) lines.push(`${group}:`);
    last = group;
    for (const line of linesOf(setting)) lines.push(key === undefined ? line : `  ${line}`);
  }
  return `${lines.join('\n')}\n`;
}

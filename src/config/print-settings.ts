import { stringify } from 'yaml';
import { redactSetting } from '../logger/redact.ts';
import { SECRET_PLACEHOLDER } from './kinds.ts';
import type { Loaded } from './load-settings.ts';
import { environmentNameOf, flagOf, type Setting } from './setting.ts';
import { listSettings } from './settings.ts';

/** A text as YAML spells it; numbers stay bare. */
export function yamlScalar(text: string): string {
  return /^\d{1,15}$/.test(text)
    ? text
    : stringify(text, { lineWidth: 0, defaultStringType: 'PLAIN' }).trimEnd();
}

/** The settings as YAML, each with where it comes from; no secret is in it. */
export function printSettings(origins: Loaded['origins']): string {
  return printGroups((setting) => {
    const [, key] = setting.name.split('.');
    const origin = origins.get(setting.name);
    if (origin === undefined || origin.texts.length === 0) return [`# ${key}: not set`];
    const text = setting.secret ? SECRET_PLACEHOLDER : redactSetting(origin.texts.join('\n'));
    return [`${key}: ${yamlScalar(text)} # ${origin.from}`];
  });
}

/** Every setting with its flag, or its variable where it has none, for the help of a command. */
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

/** Lays out settings by group; `linesOf` writes one setting's lines. */
export function printGroups(linesOf: (setting: Setting<unknown>) => string[]): string {
  const lines: string[] = [];
  let last = '';
  for (const setting of listSettings()) {
    const [group = ''] = setting.name.split('.');
    if (group !== last) lines.push(`${group}:`);
    last = group;
    for (const line of linesOf(setting)) lines.push(`  ${line}`);
  }
  return `${lines.join('\n')}\n`;
}

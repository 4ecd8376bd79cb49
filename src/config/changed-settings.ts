import { isDeepStrictEqual } from 'node:util';
import type { Setting } from './setting.ts';
import { SETTINGS, type Settings } from './settings.ts';

/** What becomes of a running service that is given other settings. */
export interface ChangedSettings {
  /** What is to be in force: the new values of what can change, the old ones of the rest. */
  readonly settings: Settings;
  /** Names of the settings that change, in the order of the documentation. */
  readonly applied: readonly string[];
  /** Names of those that would, but for a restart. */
  readonly needsRestart: readonly string[];
}

/**
 * Compares the settings in force with those that are wished, by value: another way to write the same changes
 * nothing.
 */
export function changeSettings(inForce: Settings, wished: Settings): ChangedSettings {
  const applied: string[] = [];
  const needsRestart: string[] = [];
  const groups = Object.entries(SETTINGS).map(([group, members]) => {
    const before = valuesOf(inForce, group);
    const after = valuesOf(wished, group);
    const entries = Object.entries(members).map(([key, setting]: [string, Setting<unknown>]) => {
      if (isDeepStrictEqual(before[key], after[key])) return [key, before[key]];
      const isApplied = canApply(setting, before[key], after[key]);
      (isApplied ? applied : needsRestart).push(setting.name);
      return [key, isApplied ? after[key] : before[key]];
    });
    return [group, Object.freeze(Object.fromEntries(entries))];
  });
  // Each group has the keys of both, and each value is one of theirs.
  const settings = Object.freeze({ ...Object.fromEntries(groups), proxies: inForce.proxies }) as Settings;
  return { settings, applied, needsRestart };
}

function canApply({ applies }: Setting<unknown>, before: unknown, after: unknown): boolean {
  if (applies === 'reload if set') return !isEmpty(before) && !isEmpty(after);
  return applies === 'reload';
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function valuesOf(settings: Settings, group: string): Readonly<Record<string, unknown>> {
  return settings[group as keyof typeof SETTINGS];
}

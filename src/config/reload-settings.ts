import { isDeepStrictEqual } from 'node:util';
import { ConfigFiles } from './config-files.ts';
import { type LoadOptions, loadSettings } from './load-settings.ts';
import { fileLocation, hasConfigFile } from './read-config-file.ts';
import { readFlags } from './read-flags.ts';
import type { Setting } from './setting.ts';
import { buildSettings, SETTINGS, type Settings } from './settings.ts';

const GONE = {
  what: 'held settings before, and is missing, empty or unreadable now',
  hint: 'put it back; to go on without it, restart the service',
};

/**
 * Reads the settings repeatedly, like `loadSettings`. If there was a file that was not empty, there must be
 * one from then on: while somebody replaces it, every default would apply, which could drop receivers and let
 * everybody in.
 */
export function openSettingsReader(options: LoadOptions): () => ReturnType<typeof loadSettings> {
  const { configFile } = readFlags(options.flags);
  const { cwd, files = new ConfigFiles() } = options;
  // What changed since the start is still to be seen as changed.
  let hadFile = hasConfigFile(configFile, { cwd, files: new ConfigFiles() });
  return () => {
    const hasFile = hasConfigFile(configFile, { cwd, files });
    if (hadFile && !hasFile) return { problems: [{ where: fileLocation(configFile), ...GONE }] };
    hadFile = hasFile;
    return loadSettings(options);
  };
}

/** What new settings change in a running service. */
export interface ChangedSettings {
  /** The settings to apply: the new values of what can change, the old values of the rest. */
  readonly settings: Settings;
  /** Names of the settings that change, in the order of the documentation. */
  readonly applied: readonly string[];
  /** Names of those that only change after a restart. */
  readonly needsRestart: readonly string[];
}

/**
 * Compares the current settings with the new ones, by value: writing the same value differently changes
 * nothing.
 */
export function changeSettings(current: Settings, next: Settings): ChangedSettings {
  const applied: string[] = [];
  const needsRestart: string[] = [];
  const beside = { proxies: current.proxies, labelFile: next.labelFile };
  const settings = buildSettings(beside, (setting, group, key) => {
    const before = valueIn(current, group, key);
    const after = valueIn(next, group, key);
    const isOfFile = setting === SETTINGS.metrics.repositoryLabelsFile;
    const isSameFile = !isOfFile || isDeepStrictEqual(current.labelFile, next.labelFile);
    if (isDeepStrictEqual(before, after) && isSameFile) return before;
    const isApplied = canApply(setting, before, after);
    (isApplied ? applied : needsRestart).push(setting.name);
    return isApplied ? after : before;
  });
  return { settings, applied, needsRestart };
}

function canApply({ applies }: Setting<unknown>, before: unknown, after: unknown): boolean {
  if (applies === 'reload if set') return !isEmpty(before) && !isEmpty(after);
  return applies === 'reload';
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function valueIn(settings: Settings, group: keyof typeof SETTINGS, key: string): unknown {
  const values: Readonly<Record<string, unknown>> = settings[group];
  return values[key];
}

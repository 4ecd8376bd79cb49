import { type LoadOptions, loadSettings } from './load-settings.ts';
import type { ConfigProblem } from './problem.ts';
import { fileLocation, hasConfigFile } from './read-config-file.ts';
import { readFlags } from './read-flags.ts';

/**
 * Reads the settings repeatedly, like `loadSettings`. If there was a file that was not empty, there must be
 * one from then on: while somebody replaces it, every default would apply, which could drop receivers and let
 * everybody in.
 */
export function openRereading(options: LoadOptions): () => ReturnType<typeof loadSettings> {
  const { configFile } = readFlags(options.flags);
  let hadFile = hasConfigFile(configFile, options.cwd);
  return () => {
    const hasFile = hasConfigFile(configFile, options.cwd);
    if (hadFile && !hasFile) return { problems: [gone(fileLocation(configFile))] };
    hadFile = hasFile;
    return loadSettings(options);
  };
}

function gone(where: string): ConfigProblem {
  return {
    where,
    what: 'held settings before, and is missing, empty or unreadable now',
    hint: 'put it back; to go on without it, restart the service',
  };
}

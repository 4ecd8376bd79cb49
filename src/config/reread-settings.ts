import { type LoadOptions, loadSettings } from './load-settings.ts';
import type { Problem } from './problem.ts';
import { hasConfigFile, placeOfFile } from './read-config-file.ts';
import { readFlags } from './read-flags.ts';

/**
 * Reads the settings again and again, as `loadSettings`. Where there was a file with something in it there
 * must be one from then on: while somebody replaces it, every default would come into force, which can forget
 * receivers and let everybody in.
 */
export function openRereading(options: LoadOptions): () => ReturnType<typeof loadSettings> {
  const { configFile } = readFlags(options.flags);
  let hadFile = hasConfigFile(configFile, options.cwd);
  return () => {
    const hasFile = hasConfigFile(configFile, options.cwd);
    if (hadFile && !hasFile) return { problems: [gone(placeOfFile(configFile))] };
    hadFile = hasFile;
    return loadSettings(options);
  };
}

function gone(where: string): Problem {
  return {
    where,
    what: 'held settings before, and is missing, empty or unreadable now',
    hint: 'put it back; to go on without it, restart the service',
  };
}

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The checkout. */
export const ROOT = join(import.meta.dirname, '../..');

export interface Packed {
  /** The tarball. */
  readonly file: string;
  /** The files in it, by their paths in the package. */
  readonly paths: readonly string[];
}

/** Packs the checkout as it is into the folder. */
export function pack(folder: string): Packed {
  const output = npm(['pack', '--json', '--loglevel', 'error', '--pack-destination', folder], ROOT);
  // What the build prints comes before.
  const json: unknown = JSON.parse(output.slice(output.search(/^[[{]/m)));
  // npm 12 answers by the package's name.
  const [answer] = Object.values(json as Record<string, { filename: string; files: { path: string }[] }>);
  if (answer === undefined) throw new Error(`npm packed nothing: ${output}`);
  return { file: join(folder, answer.filename), paths: answer.files.map(({ path }) => path) };
}

/** Installs the tarball as `npm install --global` does, but into `prefix`; returns npm's output. */
export function installGlobally(file: string, prefix: string, flags: readonly string[] = []): string {
  const args = ['install', '--global', '--prefix', prefix, '--prefer-offline', '--no-fund', ...flags, file];
  return npm(args, prefix);
}

/** Runs npm in that folder and returns what it printed. Throws when it fails. */
export function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

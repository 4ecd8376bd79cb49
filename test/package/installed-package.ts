import { join } from 'node:path';
import { runProgram } from '../../scripts/release/run-program.ts';

/** The checkout. */
export const ROOT = join(import.meta.dirname, '../..');

/** Installs the tarball as `npm install --global` does, but into `prefix`; returns npm's output. */
export function installGlobally(file: string, prefix: string, flags: readonly string[] = []): string {
  const args = ['install', '--global', '--prefix', prefix, '--prefer-offline', '--no-fund', ...flags, file];
  return npm(args, prefix);
}

/** Runs npm in that folder and returns what it printed. Throws when it fails. */
export function npm(args: readonly string[], cwd: string): string {
  return runProgram('npm', args, { cwd });
}

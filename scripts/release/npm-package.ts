import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ARCHITECTURES, type Architecture } from './architectures.ts';
import { runProgram } from './run-program.ts';

export interface Packed {
  /** The path of the tarball. */
  readonly file: string;
  /** The files in it, by their paths in the package. */
  readonly paths: readonly string[];
}

/** Packs the checkout as npm publishes it, into a folder. */
export function packPackage(root: string, folder: string): Packed {
  const args = ['pack', '--json', '--loglevel', 'error', '--pack-destination', folder];
  const output = runProgram('npm', args, { cwd: root });
  // What the scripts print that npm runs before it packs comes first.
  const json: unknown = JSON.parse(output.slice(output.search(/^[[{]/m)));
  // npm 12 answers by the package's name.
  const [answer] = Object.values(json as Record<string, { filename: string; files: { path: string }[] }>);
  if (answer === undefined) throw new Error(`npm packed nothing: ${output}`);
  return { file: join(folder, answer.filename), paths: answer.files.map(({ path }) => path) };
}

/**
 * Installs a packed package for Linux into a new folder: what `npm install` of it gives, but with the versions of the
 * lock file for what packages ask for loosely. Without what only builds need.
 */
export function installPackage(
  tarball: string,
  {
    root,
    folder,
    architecture,
  }: { readonly root: string; readonly folder: string; readonly architecture: Architecture },
): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  runProgram('tar', [
    '--extract',
    '--gzip',
    '--file',
    tarball,
    '--strip-components=1',
    '--directory',
    folder,
  ]);
  // npm sbom misses what is only for development, though it is omitted.
  runProgram('npm', ['pkg', 'delete', 'devDependencies', 'scripts'], { cwd: folder });
  copyFileSync(join(root, 'package-lock.json'), join(folder, 'package-lock.json'));
  const platform = ['--os=linux', `--cpu=${ARCHITECTURES[architecture]}`, '--libc=glibc'];
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  runProgram('npm', ['ci', '--omit=dev', '--ignore-scripts', ...platform, ...quiet], { cwd: folder });
  const runtime = join(folder, runtimeOf(architecture));
  for (const name of ['include', 'share', 'CHANGELOG.md', 'README.md'])
    rmSync(join(runtime, name), { recursive: true, force: true });
}

/** Removes what npm needs to install and to list packages, but nothing that runs. */
export function forgetInstall(folder: string): void {
  for (const name of ['package-lock.json', 'node_modules/.package-lock.json', 'node_modules/.bin'])
    rmSync(join(folder, name), { recursive: true, force: true });
}

/** The folder of the pinned Node.js, below that of an installed package. */
export function runtimeOf(architecture: Architecture): string {
  return join('node_modules', `node-linux-${ARCHITECTURES[architecture]}`);
}

/** The version in a package.json. */
export function versionIn(folder: string): string {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackage } from '../scripts/build-package.ts';
import { type Folder, openFolder } from './servers.ts';

const ROOT = join(import.meta.dirname, '..');

export interface PackageFolder extends Folder {
  /** The command. */
  readonly bin: string;
}

/** The npm package as it is installed, but with links to the packages of this checkout. */
export async function openPackage(): Promise<PackageFolder> {
  const folder = openFolder();
  const modules = join(folder.path, 'node_modules');
  mkdirSync(modules);
  // What is compiled is kept in the folder of the links, not in the checkout's.
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (!name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  for (const name of ['bin', 'package.json'])
    cpSync(join(ROOT, name), join(folder.path, name), { recursive: true });
  await buildPackage(join(folder.path, 'dist'));
  return { ...folder, bin: join(folder.path, 'bin/ant-watcher') };
}

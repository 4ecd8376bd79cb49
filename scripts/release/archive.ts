import { runProgram } from './run-program.ts';

/** A folder, and the name that it has in the archive. */
export interface ArchiveFolder {
  readonly folder: string;
  readonly name: string;
  /** Files in it, relative to it. */
  readonly files: readonly string[];
}

/** Writes a .tar.gz. The same files give the same bytes: all have that time, in seconds, and no owner. */
export function writeArchive(output: string, { folder, name, files }: ArchiveFolder, epoch: number): void {
  const owner = ['--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];
  const order = ['--sort=name', `--mtime=@${epoch}`, '--format=gnu'];
  // gzip writes the time of the archive, unless it is told not to.
  const compress = ['--use-compress-program=gzip -n -9'];
  runProgram(
    'tar',
    ['--create', ...owner, ...order, ...compress, `--transform=s,^,${name}/,`, `--file=${output}`, ...files],
    { cwd: folder },
  );
}

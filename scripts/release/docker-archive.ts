import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/** What of the file is read: https://github.com/moby/docker-image-spec, "Combined Image JSON + Filesystem Changeset". */
interface Manifest {
  readonly Config: string;
  readonly Layers: readonly string[];
}

/**
 * Writes the file that `docker load` reads from an unpacked one of buildah, without what differs from one build to the
 * next: the id and the host name of the container that buildah used. Returns the id of the image.
 */
export function writeDockerArchive(
  folder: string,
  { name, output, epoch }: { readonly name: string; readonly output: string; readonly epoch: number },
): string {
  const [{ Config, Layers }] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as [Manifest];
  const { container, container_config, ...image } = JSON.parse(readFileSync(join(folder, Config), 'utf8'));
  const { Hostname, ...config } = image.config;
  const text = JSON.stringify({ ...image, config });
  const digest = hash('sha256', text);
  const manifest = [{ Config: `${digest}.json`, RepoTags: [name], Layers }];
  writeFileSync(join(folder, `${digest}.json`), text);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const same = ['--owner=0', '--group=0', '--numeric-owner', '--mode=0644', `--mtime=@${epoch}`];
  runProgram(
    'tar',
    ['--create', '--format=gnu', ...same, `--file=${output}`, 'manifest.json', `${digest}.json`, ...Layers],
    { cwd: folder },
  );
  return `sha256:${digest}`;
}

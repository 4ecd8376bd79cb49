import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Architecture } from './architectures.ts';
import { writeDockerArchive } from './docker-archive.ts';
import { forgetInstall, installPackage, runtimeOf } from './npm-package.ts';
import { runProgram } from './run-program.ts';
import { imageSbom, type Sbom } from './sbom.ts';

/*
 * The image, from the packed npm package, so that what is published is what runs. deploy/docker/Dockerfile says what it
 * looks like.
 */

export interface ImageOptions {
  /** The checkout. */
  readonly root: string;
  /** The folder that the Dockerfile copies from. */
  readonly context: string;
  readonly architecture: Architecture;
  /** The time of every file in the image, in seconds. */
  readonly epoch: number;
}

/** Writes what the Dockerfile copies for one architecture. Returns the SBOM of the image. */
export function prepareImage(tarball: string, { root, context, architecture, epoch }: ImageOptions): Sbom {
  const docker = join(root, 'deploy/docker');
  const base = join(context, `base-${architecture}.tar`);
  mkdirSync(context, { recursive: true });
  runProgram(join(docker, 'base.sh'), [architecture, base], { env: { SOURCE_DATE_EPOCH: `${epoch}` } });
  const folder = join(context, `app-${architecture}`);
  installPackage(tarball, { root, folder, architecture });
  const sbom = imageSbom({ folder, base }, { architecture, epoch });
  forgetInstall(folder);
  writePrograms(join(context, `programs-${architecture}`), docker, architecture);
  copyFileSync(join(docker, 'config.json'), join(context, 'config.json'));
  mkdirSync(join(context, 'data'), { recursive: true, mode: 0o700 });
  // Whatever the umask was: others may read all of it, and nobody but root may change it.
  const copied = [folder, join(context, `programs-${architecture}`), join(context, 'config.json')];
  runProgram('chmod', ['-R', 'u=rwX,go=rX', ...copied]);
  chmodSync(join(context, 'data'), 0o700);
  return sbom;
}

function writePrograms(folder: string, docker: string, architecture: Architecture): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  symlinkSync(join('/app', runtimeOf(architecture), 'bin/node'), join(folder, 'node'));
  copyFileSync(join(docker, 'ant-watcher'), join(folder, 'ant-watcher'));
}

/**
 * Builds the image with buildah from a prepared folder, into a file that `docker load` and `podman load` read. Returns
 * its id, which is a digest of everything in it.
 */
export function buildImage(
  { root, context, architecture, epoch }: ImageOptions,
  { name, output, version, revision }: Record<'name' | 'output' | 'version' | 'revision', string>,
): string {
  const work = mkdtempSync(join(tmpdir(), 'ant-watcher-image-'));
  const storage = [`--root=${work}/root`, `--runroot=${work}/run`, '--storage-driver=vfs'];
  const buildah = (...args: readonly string[]) => runProgram('buildah', [...storage, ...args]);
  const values = { TARGETARCH: architecture, VERSION: version, REVISION: revision };
  try {
    buildah(
      // The format of OCI has no health check.
      ...['build', '--format=docker', '--isolation=chroot', `--platform=linux/${architecture}`],
      ...Object.entries(values).map(([key, value]) => `--build-arg=${key}=${value}`),
      ...['--identity-label=false', `--timestamp=${epoch}`, `--tag=${name}`],
      ...[`--file=${join(root, 'deploy/docker/Dockerfile')}`, context],
    );
    buildah('push', '--quiet', name, `docker-archive:${work}/archive.tar`);
    const folder = join(work, 'archive');
    mkdirSync(folder);
    runProgram('tar', ['--extract', `--file=${work}/archive.tar`, `--directory=${folder}`]);
    return writeDockerArchive(folder, { name, output, epoch });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

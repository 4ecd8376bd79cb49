import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTemporaryFolder } from '../temporary-folder.ts';
import type { ImageConfig } from './container.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What a release consists of, in a folder that is removed at the end of the scope. */
export interface Release extends Disposable {
  readonly folder: string;
  /** By the names of the files. */
  readonly checksums: ReadonlyMap<string, string>;
  /** The file whose name matches. */
  find(pattern: string): string;
}

/** An image, unpacked. */
export interface UnpackedImage {
  readonly config: ImageConfig & {
    readonly Healthcheck: { readonly Test: readonly string[] };
    readonly StopSignal: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly ExposedPorts: Readonly<Record<string, object>>;
    readonly Volumes: Readonly<Record<string, object>>;
  };
  readonly architecture: string;
  /** The folder with its files, owned as in the image. */
  readonly rootfs: string;
  /** Of its files, uncompressed. */
  readonly bytes: number;
}

/** Makes a release as the release workflow does. Throws what is missing for it: root, buildah, network. */
export function buildRelease(architectures: readonly string[]): Release {
  if (process.getuid?.() !== 0) throw new Error('Images are built and started as root here: run as root.');
  const folder = openTemporaryFolder();
  const script = join(ROOT, 'scripts/build-release.ts');
  const chosen = architectures.map((name) => `--architecture=${name}`);
  const args = [script, '--output', folder.path, ...chosen];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`No release was built: ${stdout}${stderr}`);
  const lines = readFileSync(join(folder.path, 'SHA256SUMS'), 'utf8').trim().split('\n');
  return {
    folder: folder.path,
    checksums: new Map(lines.map((line) => line.split('  ').toReversed() as [string, string])),
    find(pattern) {
      const [path] = globSync(pattern, { cwd: folder.path });
      if (path === undefined) throw new Error(`The release has no ${pattern}.`);
      return join(folder.path, path);
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** Unpacks the image of an architecture beside the release. */
export function unpackImage(release: Release, architecture: string): UnpackedImage {
  const folder = join(release.folder, `unpacked-${architecture}`);
  const rootfs = join(folder, 'rootfs');
  mkdirSync(rootfs, { recursive: true });
  unpack(release.find(`ant-watcher-image-*-${architecture}.tar`), folder);
  const [{ Config, Layers }] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const image = JSON.parse(readFileSync(join(folder, Config), 'utf8'));
  let bytes = 0;
  for (const layer of Layers as string[]) {
    unpack(join(folder, layer), rootfs);
    bytes += readFileSync(join(folder, layer)).length;
  }
  return { config: image.config, architecture: image.architecture, rootfs, bytes };
}

function unpack(file: string, folder: string): void {
  const args = ['--extract', '--preserve-permissions', '--same-owner', '--numeric-owner'];
  const { status, stderr } = spawnSync('tar', [...args, `--file=${file}`, `--directory=${folder}`]);
  if (status !== 0) throw new Error(`${file} can't be unpacked: ${stderr}`);
}

import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { Architecture } from './architectures.ts';
import { runtimeOf, versionIn } from './npm-package.ts';
import { runProgram } from './run-program.ts';

/** What of CycloneDX 1.5 is read or written here: https://cyclonedx.org/docs/1.5/json. */
export interface Sbom {
  serialNumber: string;
  readonly metadata: { timestamp: string; readonly component: object };
  readonly components: Component[];
}

export interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly cpe?: string;
}

/**
 * The packages that are installed in a folder of an npm package, as npm lists them. The same packages give the same
 * text: npm's time and random number are replaced by `epoch`, in seconds, and by a number made from the content.
 */
export function packageSbom(folder: string, epoch: number): Sbom {
  const sbom: Sbom = JSON.parse(
    runProgram('npm', ['sbom', '--omit=dev', '--sbom-format=cyclonedx'], { cwd: folder }),
  );
  return repeatable(sbom, epoch);
}

/** That of an image: the packages in its folder, the Node.js in one of them, and Debian's packages in its base. */
export function imageSbom(
  { folder, base }: { readonly folder: string; readonly base: string },
  { architecture, epoch }: { readonly architecture: Architecture; readonly epoch: number },
): Sbom {
  const sbom = packageSbom(folder, epoch);
  const components = [
    ...sbom.components,
    nodeComponent(versionIn(join(folder, runtimeOf(architecture)))),
    ...debianComponents(base, architecture),
  ];
  return repeatable({ ...sbom, components }, epoch);
}

function repeatable(sbom: Sbom, epoch: number): Sbom {
  sbom.metadata.timestamp = new Date(epoch * 1000).toISOString();
  sbom.serialNumber = '';
  const digest = hash('sha256', JSON.stringify(sbom));
  // The form of a UUID of version 8, whose content is free: RFC 9562.
  const [, ...parts] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/.exec(digest) ?? [];
  const [a, b, c, d, e] = parts;
  return { ...sbom, serialNumber: `urn:uuid:${a}-${b}-8${c}-8${d}-${e}` };
}

/** Scanners know the weaknesses of Node.js by this name, not by that of the package that brings it. */
function nodeComponent(version: string): Component {
  return {
    'bom-ref': `node@${version}`,
    type: 'application',
    name: 'node',
    version,
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    purl: `pkg:generic/node@${version}`,
  };
}

function debianComponents(base: string, architecture: Architecture): Component[] {
  const entries = ['--wildcards', './var/lib/dpkg/status.d/*'];
  const control = runProgram('tar', ['--extract', '--to-stdout', '--file', base, ...entries]);
  return Array.from(
    control.matchAll(/^Package: (\S+)$[\s\S]*?^Version: (\S+)$/gm),
    ([, name = '', version = '']) => ({
      'bom-ref': `${name}@${version}`,
      type: 'library',
      name,
      version,
      purl: `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-12`,
    }),
  );
}

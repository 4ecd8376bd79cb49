import { hash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ARCHITECTURES, type Architecture } from './release/architectures.ts';
import { writeArchive } from './release/archive.ts';
import { changelogSection } from './release/changelog.ts';
import { buildImage, prepareImage } from './release/image.ts';
import { packPackage, versionIn } from './release/npm-package.ts';
import { runProgram } from './release/run-program.ts';

/*
 * Makes everything that a release publishes, into dist-release/, and publishes nothing; .github/workflows/release.yml
 * does that. The same commit gives the same files, byte for byte. The times in them are that of the commit, or
 * SOURCE_DATE_EPOCH.
 *
 *   bin/node scripts/build-release.ts [--output FOLDER] [--architecture amd64]…
 *
 * Images are made for both architectures unless one is named, with buildah, as root.
 */

const ROOT = join(import.meta.dirname, '..');

/** What people copy to run it: everything in deploy/ but what makes the image and the files. */
const DEPLOY_FILES = [
  'LICENSE',
  'deploy/compose/**/*.yaml',
  'deploy/grafana/dashboards/*.json',
  'deploy/prometheus/*.yaml',
  'deploy/systemd/*',
];

const { values } = parseArgs({
  options: {
    output: { type: 'string' },
    architecture: { type: 'string', multiple: true, default: Object.keys(ARCHITECTURES) },
  },
});
const output = openOutput();
const version = versionIn(ROOT);
const revision = git('rev-parse', 'HEAD');
const epoch = Number(process.env['SOURCE_DATE_EPOCH'] ?? git('log', '-1', '--format=%ct'));

const { file: tarball } = packPackage(ROOT, output);
archive(`ant-watcher-deploy-${version}.tar.gz`, {
  folder: ROOT,
  top: `ant-watcher-${version}`,
  files: DEPLOY_FILES,
});
// As helm packages a chart, but the same bytes each time.
archive(`ant-watcher-chart-${version}.tgz`, {
  folder: join(ROOT, 'deploy/helm/ant-watcher'),
  top: 'ant-watcher',
  files: ['Chart.yaml', 'values.yaml', 'values.schema.json', 'README.md', 'files/**', 'templates/**'],
});
write('RELEASE_NOTES.md', changelogSection(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), version));
for (const architecture of values.architecture.map(checkArchitecture)) image(architecture);
write('SHA256SUMS', checksums());
say(readFileSync(join(output, 'SHA256SUMS'), 'utf8'));

/** A new folder. What is in another one than dist-release/ is not removed. */
function openOutput(): string {
  const folder = resolve(values.output ?? join(ROOT, 'dist-release'));
  if (values.output === undefined) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty.`);
  return folder;
}

function image(architecture: Architecture): void {
  const context = mkdtempSync(join(tmpdir(), 'ant-watcher-context-'));
  const options = { root: ROOT, context, architecture, epoch };
  const name = `ant-watcher:${version}`;
  const file = `ant-watcher-image-${version}-${architecture}`;
  try {
    const sbom = prepareImage(tarball, options);
    write(`${file}.cdx.json`, `${JSON.stringify(sbom, null, 2)}\n`);
    const id = buildImage(options, { name, output: join(output, `${file}.tar`), version, revision });
    say(`${id}  ${name} for ${architecture}, in ${file}.tar`);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** Of every file so far, as sha256sum writes them. */
function checksums(): string {
  const digest = (name: string) => hash('sha256', readFileSync(join(output, name)));
  const names = readdirSync(output).toSorted();
  return names.map((name) => `${digest(name)}  ${name}\n`).join('');
}

function archive(
  name: string,
  { folder, top, files }: { folder: string; top: string; files: readonly string[] },
): void {
  if (!existsSync(folder)) return;
  const found = globSync(files, { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = found.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  writeArchive(join(output, name), { folder, name: top, files: paths.toSorted() }, epoch);
}

function checkArchitecture(name: string): Architecture {
  if (Object.hasOwn(ARCHITECTURES, name)) return name as Architecture;
  throw new Error(`--architecture ${name}: there are ${Object.keys(ARCHITECTURES).join(' and ')}`);
}

function git(...args: readonly string[]): string {
  return runProgram('git', args, { cwd: ROOT }).trim();
}

function write(name: string, text: string): void {
  writeFileSync(join(output, name), text);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

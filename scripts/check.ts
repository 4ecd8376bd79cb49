import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateDocs } from './generate-docs.ts';

/*
 * `npm run check`: everything that can be checked without running the code. All steps are run and all
 * faults are shown.
 */

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['src', 'simulator', 'dashboard', 'deploy', 'scripts', 'bench', 'test'];
/** One for each world that code runs in: Node.js, a browser, and the tests of the page, which see both. */
const PROJECTS = ['.', 'dashboard', 'test/page'];
const MAX_LINES = 300;
const GENERATED = [
  'src/domain/openapi-types.ts',
  'src/api/read-api/operations.ts',
  'dashboard/answers/operations.ts',
];

/** The steps by name; each returns the faults it found. */
const STEPS: Readonly<Record<string, () => string>> = {
  types: () => PROJECTS.map(typeFaults).filter(Boolean).join('\n'),
  'lint and format': lint,
  'file length': tooLong,
  'generated documents': outOfDate,
};

const failed = Object.entries(STEPS).filter(([name, findFaults]) => {
  const startMs = performance.now();
  const faults = findFaults().trim();
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  say(`${faults === '' ? 'ok    ' : 'FAULTY'} ${name} (${seconds} s)`);
  if (faults !== '') say(`${faults}\n`);
  return faults !== '';
});
if (failed.length > 0) {
  say(`Failed: ${failed.map(([name]) => name).join(', ')}.`);
  process.exitCode = 1;
}

function typeFaults(project: string): string {
  return faultsOf(join('node_modules', 'typescript', 'bin', 'tsc'), [
    '--project',
    project,
    '--pretty',
    'false',
  ]);
}

/** Biome without its launcher, which would need another package. */
function lint(): string {
  const folder = join('node_modules', '@biomejs', `cli-${process.platform}-${process.arch}`);
  if (!existsSync(join(ROOT, folder))) {
    return `${folder} is missing: npm ci installs it where tools/package.json lists it for this platform`;
  }
  return faultsOf(join(folder, 'biome'), [
    'check',
    '--error-on-warnings',
    '--max-diagnostics=none',
    ...FOLDERS,
  ]);
}

function tooLong(): string {
  return globSync(`{${FOLDERS}}/**/*.{ts,tsx,css}`, { cwd: ROOT, exclude: ['dashboard/dist'] })
    .filter((file) => !GENERATED.includes(file))
    .map((file) => ({ file, lines: readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > MAX_LINES)
    .map(
      ({ file, lines }) => `${file} has ${lines} lines, more than ${MAX_LINES}: it holds more than one thing`,
    )
    .join('\n');
}

function outOfDate(): string {
  return generateDocs({ check: true })
    .map((file) => `${file} is out of date: npm run docs writes it`)
    .join('\n');
}

/** The output of a script in this folder when it fails. */
function faultsOf(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(join(ROOT, program), args, {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (error !== undefined) return `${program} does not start: ${error.message}`;
  if (status === 0) return '';
  return `${stdout}${stderr}`.trim() || `${program} ended with ${status}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

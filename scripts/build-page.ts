import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { type BuildOptions, build, type OutputFile } from 'esbuild';

/*
 * `npm run build`: makes the page (dashboard/) into files that a browser loads, in dashboard/dist: index.html,
 * and assets/ with a hash of its content in each name, also compressed. npm runs it after the install. What
 * is there already is left alone, so that a running service is not disturbed.
 */

const ROOT = join(import.meta.dirname, '..');
const SOURCES = join(ROOT, 'dashboard');
const ENTRIES = { main: 'main.tsx', theme: 'theme-at-once.ts', styles: 'styles.css', icon: 'icon.svg' };

const OPTIONS = {
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  absWorkingDir: SOURCES,
  outdir: 'dist/assets',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  target: ['es2022', 'chrome123', 'firefox121', 'safari17.5'],
  legalComments: 'none',
  logLevel: 'warning',
  tsconfig: 'tsconfig.json',
} satisfies BuildOptions;

export interface BuiltPage {
  /** Gzip bytes of what the first view loads, and of everything. */
  readonly firstViewBytes: number;
  readonly allBytes: number;
}

/** Builds the page into `folder`. Throws what esbuild finds wrong. */
export async function buildPage(folder = join(SOURCES, 'dist')): Promise<BuiltPage> {
  const results = await Promise.all([
    build({ ...OPTIONS, entryPoints: [ENTRIES.main], format: 'esm', splitting: true }),
    build({ ...OPTIONS, entryPoints: [ENTRIES.theme], format: 'iife' }),
    build({ ...OPTIONS, entryPoints: [ENTRIES.styles] }),
    build({ ...OPTIONS, entryPoints: [ENTRIES.icon], loader: { '.svg': 'copy' } }),
  ]);
  const files = results.flatMap(({ outputFiles }) => outputFiles);
  const names = files.map(({ path }) => basename(path));
  const index = indexOf(names);
  writeMissing(folder, files);
  replaceFile(join(folder, 'index.html'), Buffer.from(index));
  removeOthers(join(folder, 'assets'), names);
  const [main] = results;
  const first = firstView(main.metafile.outputs, names);
  const sizes = files.map(({ path, contents }) => ({ name: basename(path), bytes: zipped(contents) }));
  const sum = (each: typeof sizes) => each.reduce((total, { bytes }) => total + bytes, 0);
  return { firstViewBytes: sum(sizes.filter(({ name }) => first.has(name))), allBytes: sum(sizes) };
}

/** The page's document, with the hashed names of the files that it loads. */
function indexOf(names: readonly string[]): string {
  const template = readFileSync(join(SOURCES, 'index.html'), 'utf8');
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, entry: string) => {
    const name = names.find((each) => each.startsWith(`${entry}-`));
    if (name === undefined) throw new Error(`index.html names ${entry}, which is not built.`);
    return `/assets/${name}`;
  });
}

type Outputs = Readonly<
  Record<
    string,
    { readonly imports: readonly { path: string; kind: string }[]; readonly entryPoint?: string }
  >
>;

/** What the view at `/` needs: the entry, its view, what both import, and the files of the document. */
function firstView(outputs: Outputs, names: readonly string[]): Set<string> {
  const isFirst = ([, { entryPoint = '' }]: [string, Outputs[string]]) =>
    [ENTRIES.main, 'views/now.tsx'].includes(entryPoint);
  const needed = new Set(
    Object.entries(outputs)
      .filter(isFirst)
      .map(([path]) => path),
  );
  for (const path of needed) {
    for (const { path: imported, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement') needed.add(imported);
  }
  const ofDocument = names.filter((name) => /^(styles|theme)-/.test(name));
  return new Set([...Array.from(needed, (path) => basename(path)), ...ofDocument]);
}

function writeMissing(folder: string, files: readonly OutputFile[]): void {
  const assets = join(folder, 'assets');
  mkdirSync(assets, { recursive: true });
  const there = new Set(readdirSync(assets));
  for (const { path, contents } of files) {
    const name = basename(path);
    if (there.has(`${name}.br`)) continue;
    replaceFile(join(assets, name), contents);
    replaceFile(join(assets, `${name}.gz`), gzipSync(contents, { level: 9 }));
    replaceFile(join(assets, `${name}.br`), compressed(contents));
  }
}

function compressed(contents: Uint8Array): Buffer {
  return brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: contents.length } });
}

function zipped(contents: Uint8Array): number {
  return gzipSync(contents, { level: 9 }).length;
}

/** Whole or not at all: another build, or a service, may look at the same moment. */
function replaceFile(path: string, contents: Uint8Array): void {
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, contents);
  renameSync(partial, path);
}

function removeOthers(assets: string, names: readonly string[]): void {
  const kept = new Set(names.flatMap((name) => [name, `${name}.gz`, `${name}.br`]));
  const isOld = (name: string) => !kept.has(name) && !/\.\d+$/.test(name);
  for (const name of readdirSync(assets).filter(isOld)) rmSync(join(assets, name), { force: true });
}

if (import.meta.main) {
  const { firstViewBytes, allBytes } = await buildPage();
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  process.stdout.write(
    `The page is built: ${kilobytes(firstViewBytes)} for the first view, ${kilobytes(allBytes)} in all (gzip).\n`,
  );
}

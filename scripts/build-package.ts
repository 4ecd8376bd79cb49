import {
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { build, type Plugin } from 'esbuild';
import { buildPage } from './build-page.ts';

/*
 * Makes dist/, which is what the npm package runs: Node.js strips no types below node_modules. Our modules
 * become a few files of JavaScript, readable, so that a stack trace is; dependencies stay packages. What is
 * read while it runs lies beside them. npm runs it before it packs (`prepack`).
 */

const ROOT = join(import.meta.dirname, '..');

/**
 * What is started by its name, with its name in dist/, without an ending: the program, which may begin at either, and
 * the threads. Each thread is built by itself. What it shares with others is there twice; but the engine loads 4 files
 * instead of 53, and each costs its start.
 */
const THREADS: readonly Readonly<Record<string, string>>[] = [
  { 'src/launch.ts': 'launch', 'src/main.ts': 'main' },
  { 'src/engine-thread/worker.ts': 'engine-thread' },
  { 'src/read-thread/worker.ts': 'read-thread' },
  { 'src/store/sqlite/copy-thread.ts': 'copy-thread' },
];
const ENTRIES: Readonly<Record<string, string>> = Object.assign({}, ...THREADS);

/** What may be loaded with whatever the program loads later: most of it is there, and all that is later needs the rest. */
const FIRST = [
  'src/app/run-service.ts',
  'src/config/reload-settings.ts',
  'src/app/engine-options.ts',
  'src/outbound/exchange.ts',
  'src/http/http-server.ts',
];
/** Loaded by the service alone, and what it has loaded then. */
const OF_SERVICE = ['src/engine-thread/same-thread.ts', 'src/queries/all-queries.ts'];
const SERVICE = ['src/app/app.ts', 'src/app/parts.ts'];

/** What is read while the service runs, with its name in dist/. */
const FILES: Readonly<Record<string, string>> = {
  'src/api/openapi.yaml': 'openapi.yaml',
  'src/store/postgres/migrations': 'postgres-migrations',
  'src/store/sqlite/migrations': 'sqlite-migrations',
  'dashboard/dist': 'page',
};

/** Kept where it is: these names mean the same from dist/. */
const BESIDE_DIST = ['node_modules/.cache/compiled'];

const OWN_ADDRESS = /new URL\('([^']+)', import\.meta\.url\)/g;

/**
 * Makes the folder what it must be, and leaves it alone if it is: somebody may be packing it. Throws what
 * esbuild finds wrong, and when a module reads a file that is not listed.
 */
export async function buildPackage(folder = join(ROOT, 'dist')): Promise<void> {
  const built = `${folder}.${process.pid}`;
  try {
    await buildInto(built);
    if (isSame(built, folder)) return;
    rmSync(folder, { recursive: true, force: true });
    renameSync(built, folder);
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
}

function isSame(one: string, other: string): boolean {
  const [files, others] = [one, other].map((cwd) => globSync('**', { cwd }).sort());
  const isFile = (path: string) => statSync(join(one, path)).isFile();
  const isEqual = (path: string) => readFileSync(join(one, path)).equals(readFileSync(join(other, path)));
  return isDeepStrictEqual(files, others) && (files ?? []).filter(isFile).every(isEqual);
}

async function buildInto(folder: string): Promise<void> {
  await buildPage();
  mkdirSync(folder);
  for (const entries of THREADS) await bundle(entries, folder);
  for (const [path, name] of Object.entries(FILES))
    cpSync(join(ROOT, path), join(folder, name), { recursive: true });
}

async function bundle(entries: Readonly<Record<string, string>>, folder: string): Promise<void> {
  const options = {
    absWorkingDir: ROOT,
    entryPoints: Object.entries(entries).map(([path, name]) => ({ in: path, out: name })),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    target: 'node24.15',
    chunkNames: '[name]-[hash]',
    logLevel: 'warning',
    write: false,
    metafile: true,
  } as const;
  const { metafile } = await build({ ...options, plugins: [modules([])] });
  const loaded = Object.values(metafile.outputs).flatMap(({ entryPoint = [] }) => entryPoint);
  const later = loaded.filter((path) => 'src/main.ts' in entries && !(path in entries));
  const { outputFiles } = await build({ ...options, plugins: [modules(later)] });
  for (const { path, text } of outputFiles) writeFileSync(path, onlyWhatIsNamed(text));
}

/** As esbuild writes it. */
const BUILT_IN = /^import \{([^}]+)\} from "(node:.+)";$/gm;

/** Large, and not needed by all that name it: loaded when a function of it is first called. */
const LARGE = ['node:crypto', 'node:fs/promises'];

/** An import reads all that a module of Node.js exports, some of which it loads only then; this reads what is named. */
function onlyWhatIsNamed(code: string): string {
  return code.replaceAll(BUILT_IN, (_, names: string, module: string) => {
    const named = names.split(',').map((each) => each.trim().split(' as '));
    return named.map(([name = '', own = name]) => builtIn(module, name, own)).join('\n');
  });
}

function builtIn(module: string, name: string, own: string): string {
  const loaded = `process.getBuiltinModule("${module}").${name}`;
  const isClass = /^[A-Z]/.test(name);
  if (isClass || !LARGE.includes(module)) return `const ${own} = ${loaded};`;
  return `let ${own} = (...args) => (${own} = ${loaded})(...args);`;
}

/**
 * Modules name files relative to themselves; here to dist/, where all of them lie. Those in `later` are loaded when
 * others are there: esbuild is told so, and else makes a file of its own for each set of them that need a module.
 */
function modules(later: readonly string[]): Plugin {
  return {
    name: 'modules',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /\/package\.json$/ }, () => ({ path: '../package.json', external: true }));
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const code = readFileSync(path, 'utf8').replaceAll(OWN_ADDRESS, (_, name: string) => {
          return `new URL('${nameInDist(path, name)}', import.meta.url)`;
        });
        const imports = loadedBefore(relative(ROOT, path), later).map((each) => {
          return `import ${JSON.stringify(join(ROOT, each))};`;
        });
        return { contents: [code, ...imports].join('\n'), loader: 'ts' };
      });
    },
  };
}

function loadedBefore(path: string, later: readonly string[]): readonly string[] {
  if (!later.includes(path)) return [];
  return [...FIRST, ...(OF_SERVICE.includes(path) ? SERVICE : [])].filter((each) => each !== path);
}

function nameInDist(module: string, name: string): string {
  const path = relative(ROOT, resolve(dirname(module), name));
  const [entry, file] = [ENTRIES[path], FILES[path]];
  if (entry !== undefined) return `${entry}.js`;
  if (file !== undefined) return statSync(join(ROOT, path)).isDirectory() ? `${file}/` : file;
  if (BESIDE_DIST.includes(path)) return `../${path}`;
  throw new Error(`${relative(ROOT, module)} reads ${path}: list it in scripts/build-package.ts`);
}

if (import.meta.main) await buildPackage();

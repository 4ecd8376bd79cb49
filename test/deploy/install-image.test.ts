import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { openTemporaryFolder } from '../temporary-folder.ts';
import { expectGoodSettings } from './known-settings.ts';

/* What docs/install-image.md tells to type, as far as it needs no container engine. */

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/install-image.md'), 'utf8');
const BLOCKS = Array.from(DOCUMENT.matchAll(/^```sh\n([\s\S]*?)^```/gm), ([, block = '']) => block);

test('the secrets are different, long, and readable for a container but not for others on the machine', () => {
  using folder = openTemporaryFolder();
  execFileSync('/bin/sh', ['-euc', `umask 077\n${blockWith('openssl rand')}`], { cwd: folder.path });
  const secrets = join(folder.path, 'secrets');
  assert.equal(statSync(secrets).mode & 0o777, 0o700);
  const files = readdirSync(secrets).map((name) => join(secrets, name));
  assert.equal(new Set(files.map((file) => readFileSync(file, 'utf8'))).size, 3);
  for (const file of files) {
    assert.equal(statSync(file).mode & 0o777, 0o644);
    assert.match(readFileSync(file, 'utf8'), /^[0-9a-f]{64}\n$/);
  }
});

test('the container gets good settings, secrets as files that exist, and an image of this version', () => {
  const command = blockWith('docker run');
  const env = Object.fromEntries(
    Array.from(command.matchAll(/--env (\w+)=(\S+)/g), ([, name = '', value = '']) => [name, value]),
  );
  expectGoodSettings(env);
  const mounted = Array.from(command.matchAll(/secrets\/([\w-]+):(\S+):ro/g), ([, name, path]) => [
    name,
    path,
  ]);
  assert.deepEqual(
    mounted.map(([, path]) => path),
    Object.values(env),
  );
  for (const [name = ''] of mounted) assert.ok(blockWith('openssl rand').includes(name), name);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const named = [...DOCUMENT.matchAll(/ant-watcher(?:-image|-deploy)?[:-](\d+\.\d+\.\d+)/g)];
  assert.ok(named.length >= 5);
  for (const [text, each] of named) assert.equal(each, version, text);
});

test('the files of compose that it names exist', () => {
  const files = new Set(BLOCKS.flatMap((block) => block.match(/compose\.[\w.]*yaml/g) ?? []));
  assert.deepEqual([...files].toSorted(), ['compose.demo.yaml', 'compose.github.yaml', 'compose.yaml']);
  for (const file of files) assert.ok(existsSync(join(ROOT, 'deploy/compose', file)), file);
});

test('the override of compose has good settings', () => {
  const [, override = ''] = /^```yaml\n([\s\S]*?)^```/m.exec(DOCUMENT) ?? [];
  const { environment } = parse(override).services['ant-watcher'];
  expectGoodSettings(environment);
});

function blockWith(text: string): string {
  const block = BLOCKS.find((each) => each.includes(text));
  assert.ok(block, `no block with ${text}`);
  return block;
}

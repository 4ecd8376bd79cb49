import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSettings } from '../../src/config/load-settings.ts';
import { openTemporaryFolder } from '../temporary-folder.ts';

/*
 * What can be said of the image without building it; test/deploy/image.test.ts builds it.
 */

const ROOT = join(import.meta.dirname, '../..');
const DOCKERFILE = read('deploy/docker/Dockerfile');
const PREPARING = read('scripts/release/image.ts');

test('the image has its settings in a file, where flags, variables and a file of the user win over them', async () => {
  assert.doesNotMatch(DOCKERFILE, /ANT_WATCHER_/);
  using folder = openTemporaryFolder({ 'config/config.json': read('deploy/docker/config.json') });
  const load = (env: Readonly<Record<string, string>>, flags: readonly string[] = []) => {
    const loaded = loadSettings({ flags, env, cwd: folder.path, forServing: true, withoutSecrets: true });
    assert.ok('settings' in loaded, JSON.stringify(loaded));
    return loaded.settings;
  };
  assert.equal(load({}).api.host, '0.0.0.0');
  assert.equal(load({}).storage.url, 'sqlite:/data/ant-watcher.db');
  assert.equal(load({ ANT_WATCHER_API_HOST: '::' }).api.host, '::');
  writeFileSync(join(folder.path, 'own.json'), '{"storage": {"url": "memory:"}}');
  assert.equal(load({}, ['--config', 'own.json']).storage.url, 'memory:');
});

test('what the Dockerfile copies is what scripts/release/image.ts prepares', () => {
  const sources = [...DOCKERFILE.matchAll(/^(?:ADD|COPY)(?: --\S+)? (\S+) /gm)];
  assert.equal(sources.length, 5);
  for (const [, source = ''] of sources) {
    // In a template string of the script, or in a plain one.
    const name = RegExp.escape(source).replace(/\\\$\\\{\w+\\\}/, '\\$\\{architecture\\}');
    assert.match(PREPARING, new RegExp(`[\`']${name}[\`']`), source);
  }
});

test('the image has no step that runs a program, and no base of somebody else', () => {
  assert.doesNotMatch(DOCKERFILE, /^RUN /m);
  assert.deepEqual(
    Array.from(DOCKERFILE.matchAll(/^FROM (.*)$/gm), ([, name]) => name),
    ['scratch'],
  );
});

test('the documents that the image names exist', () => {
  const named = Array.from(DOCKERFILE.matchAll(/docs\/[\w-]+\.md/g), ([path]) => path);
  assert.ok(named.length >= 2);
  assert.deepEqual(
    named.filter((path) => !existsSync(join(ROOT, path))),
    [],
  );
});

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

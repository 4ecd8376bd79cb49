import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadSettings } from '../src/config/load-settings.ts';
import { blocksIn, type ConfigurationBlock, readerOf } from './document-configurations.ts';
import { peerPath } from './peers.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

const ROOT = join(import.meta.dirname, '..');
const BLOCKS = globSync(['*.md', '{docs,config,deploy}/**/*.md'], { cwd: ROOT }).flatMap((path) =>
  blocksIn(path, readFileSync(join(ROOT, path), 'utf8')),
);
const YAML = BLOCKS.filter(({ language }) => language === 'yaml');
const SCRAPE = `scrape_configs:
  - job_name: ant-watcher
    static_configs:
      - targets: ['127.0.0.1:9876']
`;

function blocksFor(...readers: readonly string[]): ConfigurationBlock[] {
  return YAML.filter((block) => readers.includes(readerOf(block) ?? ''));
}

/** As `check-config --without-secrets` finds them; `labels`: what is in the file of labels. */
function settingProblems(text: string, labels = 'team: {web: octo/*}'): string[] {
  using folder = openTemporaryFolder({ 'c.yaml': text });
  mkdirSync(join(folder.path, 'config'));
  writeFileSync(join(folder.path, 'config/teams.yaml'), labels);
  const options = { flags: ['--config', 'c.yaml'], env: {}, cwd: folder.path };
  const loaded = loadSettings({ ...options, forServing: true, withoutSecrets: true });
  return 'problems' in loaded ? loaded.problems.map(({ what, where }) => `${where}: ${what}`) : [];
}

test('of every YAML block in the documents it is known what reads it', () => {
  const unknown = YAML.filter((block) => readerOf(block) === null);
  assert.deepEqual(unknown, []);
  assert.ok(blocksFor('ant-watcher').length >= 6);
});

test('every JSON block is JSON', () => {
  for (const { path, language, text } of BLOCKS)
    if (language === 'json') assert.doesNotThrow(() => JSON.parse(text), path);
});

test('every configuration of ant-watcher in the documents is valid', () => {
  for (const { path, text } of blocksFor('ant-watcher')) assert.deepEqual(settingProblems(text), [], path);
  const files = blocksFor('labels');
  assert.ok(files.length >= 1);
  for (const { path, text } of files)
    assert.deepEqual(settingProblems('metrics: {repository_labels_file: config/teams.yaml}', text), [], path);
  assert.match(settingProblems('webhook: {prot: 1}').join(), /prot/);
  assert.match(
    settingProblems('metrics: {repository_labels_file: config/teams.yaml}', 'team: [octo/*]').join(),
    /team/,
  );
});

test('promtool accepts every configuration of Prometheus in the documents', () => {
  const blocks = blocksFor('prometheus', 'part');
  assert.ok(blocks.length >= 4);
  using folder = openTemporaryFolder();
  cpSync(join(ROOT, 'deploy/prometheus'), folder.path, { recursive: true });
  mkdirSync(join(folder.path, 'secrets'));
  const files = blocks.map((block, at) => {
    const text = readerOf(block) === 'part' ? `${SCRAPE}${block.text}` : block.text;
    // Where secrets are on the machine of a reader does not matter.
    const file = join(folder.path, `${at}.yml`);
    writeFileSync(file, text.replace(/\b(\w+_file): \/[^\s}]+/g, '$1: secret'));
    return file;
  });
  writeFileSync(join(folder.path, 'secret'), 'x');
  const run = (...args: string[]) =>
    spawnSync(peerPath('promtool'), ['check', 'config', ...args], { encoding: 'utf8' });
  const { status, stdout, stderr } = run(...files);
  assert.equal(status, 0, `${stdout}${stderr}`);
  const wrong = join(folder.path, 'wrong.yml');
  writeFileSync(wrong, `${SCRAPE}    basic_oauth: {}\n`);
  assert.notEqual(run(wrong).status, 0);
});

test('the rest is YAML at least', () => {
  for (const { path, text } of blocksFor('other')) assert.doesNotThrow(() => parse(text), path);
});
